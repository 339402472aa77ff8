"""Writes a run as a file for others."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heatmap.errors import Refusal
from sites.services.exports import folium_map
from sites.services.reports import LANGUAGES
from sites.services.scoring import find_run

FORMATS = ("html",)


class Command(BaseCommand):
    help = "Export a run: html is a map in one file that opens without a network."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = find_run(options["run"])
            content = folium_map(run, options["language"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        options["out"].write_text(content, encoding="utf-8")
        self.stdout.write(str(options["out"]))
