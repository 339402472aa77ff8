"""What the pages of the wizard show of an upload, and what they make of the answers.

The state is the row of the upload alone: what looking at the file showed (`proposal`), what was
answered, and what came of it (`report`).
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy, gettext_noop

from heatmap.choices import DataClass, LayerKind, SeriesQuantity, UploadStep
from heatmap.errors import Refusal
from heatmap.ingest.kinds import BY_NAME, SERIES_NAMES, Field
from heatmap.ingest.reading import file_format
from heatmap.ingest.units import OFFERED_UNITS, convert
from heatmap.models import Upload
from heatmap.services.quality import parts
from heatmap.services.towns import OSM_KINDS
from heatmap.services.upload_steps import KEEP, REMOVE, usual_class
from heatmap.version_words import attribute_labels, attribute_text

TABLES = ("csv", "xlsx")
PLACE_FIELDS = (
    ("x", gettext_lazy("East (x, longitude)")),
    ("y", gettext_lazy("North (y, latitude)")),
    ("lonlat", gettext_lazy("Both in one column")),
    ("wkt", gettext_lazy("Shape as WKT")),
)
CRS_SOURCES = {
    "file": gettext_lazy("the file says so"),
    "guessed": gettext_lazy("the only one with which it lies in the town"),
    "stated": gettext_lazy("as you said"),
}
STEPS = (
    ("what", gettext_lazy("What is it?")),
    ("where", gettext_lazy("Where is it?")),
    ("columns", gettext_lazy("What do the columns mean?")),
    ("report", gettext_lazy("Report")),
    ("done", gettext_lazy("Done")),
)
AS_FOUND, OTHER_PLACE, ALL_MONTHS = "found", "other", "*"
SHOWN_SAMPLES = 3
SHOWN_COLUMNS = 14


NO_PLACE = gettext_noop("Choose a coordinate system, or write its EPSG code, for example 25832.")


class AboutForm(forms.Form):
    """What a file cannot say of itself."""

    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=300,
        help_text=gettext_lazy("Who made the data, for example “Cadastre office, city of Aachen”."),
        error_messages={"required": gettext_lazy("Say who made the data.")},
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        max_length=200,
        help_text=gettext_lazy("For example “dl-de/by-2-0” or “internal”."),
        error_messages={"required": gettext_lazy("Say under which licence, or “internal”.")},
    )
    data_date = forms.CharField(
        label=gettext_lazy("As of"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("The date the data describe, for example 2025-12-31."),
    )
    data_class = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=DataClass.choices,
        help_text=gettext_lazy(
            "Restricted layers are kept from viewers and left out of maps to mail."
        ),
    )
    encoding = forms.CharField(
        label=gettext_lazy("Character encoding"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Only needed when umlauts come out wrong, for example “cp1252”."),
    )


@dataclass
class FieldRow:
    """One field of the kind, and what the file has for it."""

    field: Field
    chosen: str
    columns: Sequence[str]
    found: Mapping[str, Any] = field(default_factory=dict)
    units: Sequence[str] = ()
    unit: str = ""
    months: bool = False

    @property
    def samples(self) -> Sequence[Mapping[str, Any]]:
        return self.found.get("samples", [])[:SHOWN_SAMPLES]

    @property
    def unit_found(self) -> str:
        """Return the unit that was found, written as in the list to choose from."""
        unit, target = self.found.get("unit"), self.found.get("target_unit")
        if not unit or not target:
            return ""
        same = (known for known in self.units if convert(known, target) == convert(unit, target))
        return next(same, str(unit))

    @property
    def is_assumed(self) -> bool:
        return self.found.get("unit_from") == "assumed"


def is_osm(upload: Upload) -> bool:
    return file_format(upload.original_name) == "osm"


def layer_of(upload: Upload, wanted: str = "") -> dict[str, Any]:
    """Return what was found of the chosen layer; an extract has none."""
    layers: list[dict[str, Any]] = upload.proposal.get("layers", [])
    name = wanted or upload.answers.get("layer") or ""
    return next((layer for layer in layers if layer["name"] == name), layers[0] if layers else {})


def answer_of(upload: Upload, key: str) -> Any:
    """Return an answer: given now, else the one of the last file with the same columns."""
    given = getattr(upload, key) if hasattr(upload, key) else upload.answers.get(key)
    return given or upload.proposal.get("remembered", {}).get(key)


def kinds_of(upload: Upload, layer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the kinds that a layer may be, likeliest first."""
    if is_osm(upload):
        return [{"kind": LayerKind(kind), "percent": None} for kind in OSM_KINDS]
    guesses = [
        {"kind": LayerKind(guess["kind"]), "percent": round(100 * guess["confidence"])}
        for guess in layer.get("kinds", [])
    ]
    named = {guess["kind"] for guess in guesses}
    guesses += [
        {"kind": LayerKind(kind), "percent": 0}
        for kind in layer.get("mappings", {})
        if kind not in named
    ]
    if upload.proposal.get("format") in TABLES:
        series = {"kind": LayerKind.SERIES, "percent": 0}
        placeless = not layer.get("crs", {}).get("extent") and all(
            not guess["percent"] for guess in guesses
        )
        guesses.insert(0 if placeless else len(guesses), series)
    return guesses


def chosen_kind(upload: Upload, layer: Mapping[str, Any], wanted: str = "") -> str:
    offered = [str(guess["kind"].value) for guess in kinds_of(upload, layer)]
    for kind in (wanted, answer_of(upload, "kind")):
        if kind in offered:
            return str(kind)
    return offered[0] if offered else ""


def field_rows(upload: Upload, layer: Mapping[str, Any], kind: str) -> list[FieldRow]:
    """Return one row for each field of the kind, with the guess, the answer and the samples."""
    mapping = layer.get("mappings", {}).get(kind, {})
    found = {column["field"]: column for column in mapping.get("columns", [])}
    answers = answer_of(upload, "columns") or {}
    rows = []
    for record in BY_NAME[kind].fields:
        guess, answer = found.get(record.name, {}), answers.get(record.name, {})
        if isinstance(answer, str):
            answer = {"column": answer}
        asked = answer.get("column", guess.get("column", ""))
        months = record.type == "months"
        if months:
            asked = ALL_MONTHS if guess and (not answer or answer.get("columns")) else ""
        rows.append(
            FieldRow(
                record,
                asked,
                layer.get("columns", []),
                guess,
                [
                    u
                    for target in (record.unit, *record.units)
                    for u in OFFERED_UNITS.get(target, ())
                ],
                answer.get("unit", ""),
                months,
            )
        )
    return rows


def places_of(upload: Upload, layer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the reference systems to choose from, with where the file would lie in each."""
    crs = layer.get("crs") or {}
    options = []
    if crs.get("name"):
        options.append({
            "value": AS_FOUND, "name": crs["name"], "from": CRS_SOURCES.get(crs["from"], ""),
            "extent": crs.get("extent"), "swapped": crs.get("swapped", False),
            "percent": round(100 * crs.get("inside_share", 0)),
        })  # fmt: skip
    options += [
        {
            "value": f"{option['srid']}-{int(option['swapped'])}",
            "name": f"{option['name']} (EPSG:{option['srid']})", "from": "",
            "extent": option["extent"], "swapped": option["swapped"],
            "percent": round(100 * option["inside_share"]),
        }
        for option in crs.get("candidates", [])
    ]  # fmt: skip
    return options


def chosen_place(upload: Upload, layer: Mapping[str, Any]) -> str:
    """Return what is chosen of `places_of` as long as nobody has said otherwise."""
    options = places_of(upload, layer)
    crs = layer.get("crs") or {}
    remembered = upload.proposal.get("remembered", {}).get("srid")
    srid, swap = upload.srid or remembered, answer_of(upload, "swap_axes")
    if srid and srid != crs.get("srid"):
        value = f"{srid}-{int(bool(swap))}"
        return value if value in [option["value"] for option in options] else OTHER_PLACE
    found = [option for option in options if option["percent"] > 0]
    return str((found or options or [{"value": OTHER_PLACE}])[0]["value"])


def about_initial(upload: Upload, kind: str) -> dict[str, Any]:
    known = {
        key: answer_of(upload, key)
        for key in ("source", "licence", "data_date", "data_class", "encoding")
    }
    if kind and not known["data_class"]:
        known["data_class"] = usual_class(kind)
    return known


def answers_from(data: QueryDict, upload: Upload) -> dict[str, Any]:
    """Read the answers of the form; what it does not know is a sentence, not a guess.

    Raises
    ------
    Refusal
        If a layer, a kind or a coordinate system is none of those offered.
    """
    layer = layer_of(upload, data.get("layer", ""))
    kind = data.get("kind", "")
    if kind not in [guess["kind"].value for guess in kinds_of(upload, layer)]:
        raise Refusal(gettext_noop("Say what the file holds."))
    answers: dict[str, Any] = {"kind": kind, "layer": layer.get("name", ""), "guess": False}
    if is_osm(upload):
        return answers
    if kind == LayerKind.SERIES:
        return answers | _series_from(data)
    place = {} if needs_no_place(upload, layer) else _place_from(data, upload, layer)
    return answers | place | {"columns": _columns_from(data, layer, kind)}


def needs_no_place(upload: Upload, layer: Mapping[str, Any]) -> bool:
    """Whether the file holds attributes only, for features whose shape is known."""
    return bool(upload.answers.get("merge")) and not layer.get("geometry")


def _place_from(data: QueryDict, upload: Upload, layer: Mapping[str, Any]) -> dict[str, Any]:
    chosen = data.get("place", "")
    if chosen == AS_FOUND:
        if (layer.get("crs") or {}).get("from") == "stated":
            return {}
        return {"srid": None, "swap_axes": False}
    if chosen in [option["value"] for option in places_of(upload, layer)]:
        srid, swap = chosen.split("-")
        return {"srid": int(srid), "swap_axes": swap == "1"}
    code = data.get("srid", "").upper().removeprefix("EPSG:").strip()
    if not code.isdecimal() or not 1024 <= int(code) <= 999_999:
        raise Refusal(
            gettext_noop("Choose a coordinate system, or write its EPSG code, for example 25832.")
        )
    return {"srid": int(code), "swap_axes": bool(data.get("swap_axes"))}


def _columns_from(data: QueryDict, layer: Mapping[str, Any], kind: str) -> dict[str, Any]:
    found = {
        column["field"]: column
        for column in layer.get("mappings", {}).get(kind, {}).get("columns", [])
    }
    columns: dict[str, Any] = {}
    for record in BY_NAME[kind].fields:
        column = data.get(f"column-{record.name}", "")
        answer: dict[str, Any] = {"column": column}
        if column == ALL_MONTHS and record.name in found:
            answer = {"columns": found[record.name]["columns"]}
        if column and data.get(f"unit-{record.name}"):
            answer["unit"] = data[f"unit-{record.name}"]
        columns[record.name] = answer
    for name, _label in PLACE_FIELDS:
        if data.get(f"column-{name}"):
            columns[name] = {"column": data[f"column-{name}"]}
    return columns


def _series_from(data: QueryDict) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if data.get("column-time"):
        columns["time"] = {"column": data["column-time"]}
    if data.get("column-station"):
        columns["station"] = {"column": data["column-station"]}
    quantity = data.get("quantity", "")
    if quantity in SERIES_NAMES and data.get("column-value"):
        columns[quantity] = {"column": data["column-value"], "unit": data.get("unit-value", "")}
    elif data.get("column-value"):
        raise Refusal(gettext_noop("Say what the values of the series are."))
    stamps = data.get("stamps", "")
    return {
        "columns": columns,
        "timezone": data.get("timezone", "")[:60],
        "stamps": stamps if stamps in ("start", "end") else "",
    }


def changes_from(act: str, data: QueryDict, upload: Upload) -> dict[str, Any]:
    """Return what was decided on the report: the whole layer, or changes by ids, and the rest."""
    if act == "whole":
        return {"merge": None}
    if act == "by_id":
        return {"merge": (upload.report.get("against") or {}).get("version")}
    return {"missing": REMOVE if data.get("missing") == REMOVE else KEEP}


def against(upload: Upload) -> dict[str, Any] | None:
    """Return how the file differs from the layer in use, in words."""
    found: dict[str, Any] | None = upload.report.get("against")
    if not found:
        return None
    labels = attribute_labels(upload.kind)
    rows = [
        {
            "act": row["act"],
            "ref": row["ref"],
            "reshaped": row["reshaped"],
            "attributes": [
                {
                    "label": labels.get(one["column"], one["column"]),
                    "before": attribute_text(upload.kind, one["column"], one["before"]),
                    "after": attribute_text(upload.kind, one["column"], one["after"]),
                }
                for one in row["attributes"]
            ],
        }
        for row in found["rows"]
        if row["act"] != "removed"
    ]
    gone = [row["ref"] for row in found["rows"] if row["act"] == "removed"]
    return found | {"rows": rows, "gone": gone}


def series_answers(upload: Upload) -> dict[str, Any]:
    """Return what was answered about a series, for its form."""
    columns = answer_of(upload, "columns") or {}
    quantity = next((name for name in SERIES_NAMES if name in columns), "")
    return {
        "time": (columns.get("time") or {}).get("column", ""),
        "station": (columns.get("station") or {}).get("column", ""),
        "quantity": quantity,
        "value": (columns.get(quantity) or {}).get("column", ""),
        "unit": (columns.get(quantity) or {}).get("unit", ""),
        "timezone": answer_of(upload, "timezone") or "",
        "stamps": answer_of(upload, "stamps") or "",
        "quantities": SeriesQuantity.choices,
        "units": [
            unit for target in ("EUR/MWh", "degC", "kW", "t/MWh") for unit in OFFERED_UNITS[target]
        ],
    }


def place_columns(upload: Upload) -> list[dict[str, Any]]:
    answers = answer_of(upload, "columns") or {}
    return [
        {"name": name, "label": label, "chosen": (answers.get(name) or {}).get("column", "")}
        for name, label in PLACE_FIELDS
    ]


def first_rows(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first rows of the file as a table, as they stand in it."""
    names = layer.get("columns", [])[:SHOWN_COLUMNS]
    rows = [[row.get(name, "") for name in names] for row in layer.get("rows", [])]
    return {"names": names, "rows": rows, "left_out": len(layer.get("columns", [])) - len(names)}


def steps_of(upload: Upload, *, answers_shown: bool) -> list[dict[str, Any]]:
    """Return the steps with where she is; the first three are one page."""
    if upload.version_id:
        now = 4
    elif answers_shown or upload.step == UploadStep.INSPECT:
        now = 0
    else:
        now = 3
    return [
        {"label": label, "is_done": place < now, "is_now": place == now or (now == 0 and place < 3)}
        for place, (_name, label) in enumerate(STEPS)
    ]


def leave_out_what_extracts_say(form: AboutForm) -> None:
    """An extract of OpenStreetMap names its own licence, encoding and class."""
    for name in ("licence", "data_date", "data_class", "encoding"):
        del form.fields[name]


def reasons(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Count the refused rows by reason; a reason is told by the first row that has it."""
    first: dict[str, Mapping[str, Any]] = {}
    for row in report.get("refused", []):
        first.setdefault(row["message"], row)
    return [
        {"count": count, "said": parts(message, first[message]["values"])[0]}
        for message, count in report.get("refused_counts", {}).items()
        if message in first
    ]


def month_means(values_by_day: Sequence[float]) -> list[float]:
    """Return the mean of each month of a year of 365 days."""
    means, start = [], 0
    for month in range(1, 13):
        days = monthrange(2023, month)[1]
        part = values_by_day[start : start + days]
        means.append(sum(part) / len(part) if part else 0.0)
        start += days
    return means
