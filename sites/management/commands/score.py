"""Scores a town from the shell, through the same service and the same rows as a worker."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engines.errors import EngineError
from heatmap.choices import JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.services.municipalities import get_municipality
from sites.models import Study
from sites.services import scoring
from sites.services.studies import first_study


class Command(BaseCommand):
    help = "Score all candidate parcels of a municipality."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("municipality")
        parser.add_argument("--study", help="name of the study (default: the first one)")
        parser.add_argument(
            "--assumptions",
            type=Path,
            help="JSON file: assumption key to number, or choice of the study to its key",
        )
        parser.add_argument("--json", action="store_true", help="print the whole result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(municipality=options["municipality"]):
                study = self._study(options)
                run = scoring.create_run(study, None)
        except (Refusal, EngineError) as error:
            raise CommandError(str(error)) from error
        run = scoring.execute(run.job_id)
        if run.job.state != JobState.DONE:
            raise CommandError(run.job.sentence)
        with acting_as(municipality=options["municipality"]):
            document = scoring.run_document(run)
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        else:
            self._print(document)

    def _study(self, options: dict[str, Any]) -> Study:
        town = get_municipality(options["municipality"])
        if options["study"]:
            study = Study.objects.filter(municipality=town, name=options["study"]).first()
            if study is None:
                raise CommandError(f"{town.name} has no study named {options['study']!r}.")
        else:
            study = first_study(town)
        if options["assumptions"]:
            for name, value in self._read(options["assumptions"]).items():
                if name in scoring.STUDY_CHOICES:
                    setattr(study, name, value)
                else:
                    study.overrides = study.overrides | {name: value}
        return study

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read as JSON: {error}") from error
        if not isinstance(values, dict):
            raise CommandError(f"{path} must hold an object of assumption keys and numbers.")
        return values

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(f"run {document['run']}")
        status = document["status"]
        self.stdout.write(
            f"{status['candidates']} candidates, {status['ranked']} ranked, "
            f"{status['refused']} refused"
        )
        for parcel in document["parcels"]:
            if parcel["rank"] is None:
                red = next(gate for gate in parcel["gates"] if gate["state"] == "red")
                self.stdout.write(f"   -  {parcel['ref']:8} {red['key']}: {red['hint']}")
            else:
                self.stdout.write(
                    f"{parcel['rank']:4}  {parcel['ref']:8} {parcel['score']:.3f}  "
                    f"{parcel['verdict']}"
                )
