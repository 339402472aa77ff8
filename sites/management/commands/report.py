"""Writes the report of a run from the shell, through the same service and rows as a worker."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heatmap.choices import JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from sites.services import reports
from sites.services.reports import LANGUAGES
from sites.services.scoring import find_run


class Command(BaseCommand):
    help = "Write the PDF of a run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = find_run(options["run"])
            with acting_as(municipality=run.municipality.slug):
                report = reports.create_report(run, None, options["language"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        report = reports.execute(report.job_id)
        if report.job.state != JobState.DONE:
            raise CommandError(report.job.sentence)
        options["out"].write_bytes(report.file.read())
        self.stdout.write(f"{options['out']}: sha256 {report.sha256}")
