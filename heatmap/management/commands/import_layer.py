"""Loads a layer from the shell, through the same service and the same rows as the page."""

import json
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from heatmap.choices import JobState, LayerKind
from heatmap.errors import Refusal, sentence
from heatmap.identity import acting_as
from heatmap.models import Upload
from heatmap.services import uploads
from heatmap.services.municipalities import get_municipality


class Command(BaseCommand):
    help = "Load a layer from a file: a zipped shapefile of parcels, or an OpenStreetMap extract."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("municipality")
        parser.add_argument("kind", choices=LayerKind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--srid", type=int, help="EPSG code, if the file does not say")
        parser.add_argument("--encoding", default="", help="encoding of texts, e.g. cp1252")
        parser.add_argument(
            "--map", nargs="+", default=[], metavar="FIELD=COLUMN", help="e.g. ref=FLURSTUECK"
        )
        parser.add_argument("--source", default="", help="where the data comes from")
        parser.add_argument("--licence", default="", help="licence of the data")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            upload = self._upload(options)
        except Refusal as refusal:
            answer = self._answer(None, [{"message": str(refusal)}])
        else:
            answer = self._answer(upload, [])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif answer["status"] == "accepted":
            self.stdout.write(
                f"{answer['rows_used']} of {answer['rows_read']} rows are now version "
                f"{answer['version']}"
            )
            for warning in answer["warnings"]:
                self.stdout.write(f"  row {warning['row']}: {warning['message']}")
        if answer["status"] == "refused":
            raise CommandError("; ".join(error["message"] for error in answer["errors"]))

    def _upload(self, options: dict[str, Any]) -> Upload:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        columns = dict(pair.split("=", 1) for pair in options["map"] if "=" in pair)
        if len(columns) < len(options["map"]):
            raise CommandError("--map takes FIELD=COLUMN, for example ref=FLURSTUECK.")
        with acting_as(municipality=options["municipality"]), path.open("rb") as handle:
            received = uploads.receive(
                get_municipality(options["municipality"]),
                None,
                kind=options["kind"],
                file=File(handle),
                name=path.name,
                source=options["source"],
                licence=options["licence"],
                srid=options["srid"],
                encoding=options["encoding"],
                columns=columns,
            )
        return uploads.process(received.job_id)

    def _answer(self, upload: Upload | None, errors: list[dict[str, Any]]) -> dict[str, Any]:
        report = upload.report if upload else {}
        rows = [
            {
                "row": row.get("row"),
                "ref": row["ref"],
                "column": row.get("column", ""),
                "message": sentence(row["message"], row["values"]),
            }
            for row in report.get("refused", [])
        ]
        accepted = upload is not None and upload.job.state == JobState.DONE
        if upload and not accepted:
            errors = [{"message": upload.job.sentence}, *rows]
        return {
            "status": "accepted" if accepted else "refused",
            "version": upload.version.number if upload and upload.version else None,
            "rows_read": report.get("rows_read", 0),
            "rows_used": report.get("rows_used", 0),
            "rows_refused": report.get("rows_refused", 0),
            "repaired": report.get("repaired", 0),
            "crs": report.get("crs", ""),
            "encoding": report.get("encoding", ""),
            "errors": errors,
            "warnings": rows if accepted else [],
        }
