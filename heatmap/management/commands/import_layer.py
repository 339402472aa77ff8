"""Loads a layer from the shell, through the same service and the same rows as the page."""

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from heatmap.choices import JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest.kinds import BROUGHT
from heatmap.ingest.reading import bundled
from heatmap.models import Municipality, Upload
from heatmap.services import layer_work, merging, quality, uploads
from heatmap.services.municipalities import get_municipality

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Load a layer from a file: zipped shapefile, GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, "
        "KML, GML, DXF, CSV or XLSX with coordinates, GeoTIFF, or an OpenStreetMap extract."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("municipality")
        parser.add_argument("kind", choices=BROUGHT)
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", default="", help="which layer, if the file has several")
        parser.add_argument("--srid", type=int, help="EPSG code, if the file does not say")
        parser.add_argument("--encoding", default="", help="encoding of texts, e.g. cp1252")
        parser.add_argument(
            "--map", nargs="+", default=[], metavar="FIELD=COLUMN[:UNIT]",
            help="e.g. ref=FLURSTUECK heat_demand_mwh_per_a=WAERME:kWh; an empty column leaves the "
            "field out; x, y, lonlat or wkt name coordinates, time the stamps of a series",
        )  # fmt: skip
        parser.add_argument("--swap-axes", action="store_true", help="x and y are exchanged")
        parser.add_argument("--timezone", default="", help="of a series, e.g. Europe/Berlin")
        parser.add_argument(
            "--merge", action="store_true",
            help="change the layer in use by ids: what the file does not hold stays",
        )  # fmt: skip
        parser.add_argument(
            "--remove-missing", action="store_true",
            help="with --merge: remove features that are not in the file",
        )  # fmt: skip
        parser.add_argument("--source", default="", help="where the data comes from")
        parser.add_argument("--licence", default="", help="licence of the data")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            upload = self._upload(path, options)
        except Refusal as refusal:
            cause, remedy = quality.parts(refusal.message, refusal.values)
            answer = _refused(path, cause, remedy)
        else:
            answer = _answer(upload)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif answer["status"] == "accepted":
            self._tell(answer)
        if answer["status"] == "refused":
            first = answer["errors"][0]
            raise CommandError(f"{first['message']} {first['remedy']}".strip())

    def _upload(self, path: Path, options: dict[str, Any]) -> Upload:
        if not path.is_file():
            raise Refusal(f"There is no file {path}.\nCheck its name and folder.")
        with tempfile.TemporaryDirectory(prefix="heathub-parts-") as folder:
            if path.suffix.lower() == ".shp":
                path = bundled(path, Path(folder))
            with acting_as(municipality=options["municipality"]), path.open("rb") as handle:
                town = get_municipality(options["municipality"])
                received = uploads.receive(
                    town,
                    None,
                    kind=options["kind"],
                    file=File(handle),
                    name=path.name,
                    source=options["source"],
                    licence=options["licence"],
                    srid=options["srid"],
                    encoding=options["encoding"],
                    columns=_columns(options["map"]),
                    layer=options["layer"],
                    swap_axes=options["swap_axes"],
                    timezone=options["timezone"],
                    **_merging(town, options),
                )
        upload = uploads.process(received.job_id)
        layer_work.derive_what_follows(received.job_id)
        return upload

    def _tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(
            f"{answer['rows_used']} of {answer['rows_read']} rows are now version "
            f"{answer['version']} ({answer['features']} features)"
        )
        for warning in answer["warnings"][:SHOWN]:
            row = f"row {warning['row']}: " if warning["row"] else ""
            self.stdout.write(f"  {row}{warning['message']} {warning['remedy']}".rstrip())
        if len(answer["warnings"]) > SHOWN:
            self.stdout.write(f"  and {len(answer['warnings']) - SHOWN} more; see --json")


def _merging(town: Municipality, options: dict[str, Any]) -> dict[str, Any]:
    if not options["merge"]:
        return {}
    base = merging.base_in_use(town, options["kind"])
    if base is None:
        raise Refusal("There is no layer of this kind that could be changed by ids.")
    return {"merge": base.pk, "missing": "remove" if options["remove_missing"] else "keep"}


def _columns(pairs: list[str]) -> dict[str, dict[str, str]]:
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals:
            raise Refusal(
                "--map takes FIELD=COLUMN or FIELD=COLUMN:UNIT.\nFor example ref=FLURSTUECK."
            )
        name, colon, unit = column.rpartition(":")
        columns[field] = {"column": name, "unit": unit} if colon else {"column": column}
    return columns


def _refused(path: Path, message: str, remedy: str) -> dict[str, Any]:
    error = {
        "file": path.name, "row": None, "ref": "", "column": "", "value": "",
        "message": message, "remedy": remedy,
    }  # fmt: skip
    return _document("refused", {}, None, None, [error], [])


def _answer(upload: Upload) -> dict[str, Any]:
    said = quality.warnings(upload.report)
    if upload.job.state == JobState.DONE:
        return _document("accepted", upload.report, upload, upload.version, [], said)
    cause, remedy = quality.parts(upload.job.message, upload.job.message_values)
    error = {
        "file": upload.original_name, "row": None, "ref": "", "column": "", "value": "",
        "message": cause, "remedy": remedy,
    }  # fmt: skip
    return _document("refused", upload.report, upload, None, [error, *said], [])


def _document(
    status: str,
    report: dict[str, Any],
    upload: Upload | None,
    version: Any,
    errors: list[dict[str, Any]],
    warnings: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "status": status,
        "kind": upload.kind if upload else "",
        "version": version.number if version else None,
        **{key: report.get(key, 0) for key in
           ("rows_read", "rows_used", "rows_refused", "features", "repaired")},
        **{key: report.get(key, "") for key in ("layer", "format", "crs", "crs_from", "encoding")},
        "columns": report.get("columns", []),
        "missing": report.get("missing", []),
        "double_shapes": report.get("double_shapes"),
        "overlaps": report.get("overlaps"),
        "series": report.get("series"),
        "against": report.get("against"),
        "errors": errors,
        "warnings": warnings,
    }  # fmt: skip
