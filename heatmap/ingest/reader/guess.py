"""Guesses what a layer is and which column means what. Every guess is told, none is silent."""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from heatmap.ingest.kinds import KINDS, Field, Kind
from heatmap.ingest.reader.layers import LayerInfo
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.numbers import is_missing, number_and_unit
from heatmap.ingest.reader.values import Choice, decide_comma, is_number, texts
from heatmap.ingest.units import FACTORS, plain, skeleton, unit_in_name

SHAPEFILE_NAME = 10
ENOUGH = 0.6
BOILING = 200.0
MONTHS = (
    "jan", "feb", "mar mrz maer", "apr", "may mai maj", "jun", "jul", "aug", "sep", "oct okt",
    "nov", "dec dez",
)  # fmt: skip
PLACE_FIELDS = {"x", "y", "lonlat", "wkt"}
GEOMETRY_DIMENSION = {"Point": 0, "LineString": 1, "Polygon": 2, "Curve": 1, "Surface": 2}


def match(field: Field, column: str) -> float:
    """Return how well a column's name fits a field, 0 to 1."""
    name = skeleton(column)
    if not name:
        return 0.0
    bare = skeleton(_without_unit(column, field.unit)) or name
    best = 0.0
    for alias in (field.name, *field.aliases.split()):
        known = skeleton(alias)
        if name == known:
            return 1.0
        if bare == known:
            best = max(best, 0.95)
        elif (
            len(column) == SHAPEFILE_NAME
            and len(known) > SHAPEFILE_NAME - 2
            and known.startswith(name)
        ):
            best = max(best, 0.85)
        elif len(known) >= 6 and known in name:
            best = max(best, 0.7 * len(known) / len(name) + 0.2)
    return best


def _without_unit(column: str, unit: str) -> str:
    name = re.sub(r"[\[(].*?[\])]", "", column)
    if not unit:
        return name
    units = {part for known in FACTORS[unit] for part in known.split("/")} | {
        "a",
        "yr",
        "jahr",
        "pro",
    }
    parts = [part for part in re.split(r"[^0-9A-Za-zÀ-ÿ%°]+", name) if part]
    kept = [part for part in parts if plain(part) not in units]
    return "_".join(kept or parts)


def choose_columns(
    kind: Kind,
    info: LayerInfo,
    asked: Mapping[str, Mapping[str, Any]],
    sample: dict[str, pa.Array],
    *,
    guess: bool,
) -> list[Choice]:
    """Return the column for each field: as asked, else by name and content, else none."""
    names = {field.name for field in kind.fields}
    unknown = sorted(set(asked) - names - PLACE_FIELDS)
    if unknown:
        raise FileRefused(
            gettext_noop(
                "There is no field %(field)s in this kind of layer; it has %(fields)s.\n"
                "Use one of these names."
            ),
            field=unknown[0],
            fields=", ".join(field.name for field in kind.fields),
        )
    by_lower = {name.casefold(): name for name in info.columns}
    choices, taken = [], set()
    for field in kind.fields:
        if field.name in asked:
            choice = _asked(field, asked[field.name], by_lower, info)
            if choice:
                taken.update(choice.columns)
                choices.append(choice)
    if guess:
        choices += _guessed(kind, info, sample, taken, {choice.field.name for choice in choices})
    order = {field.name: place for place, field in enumerate(kind.fields)}
    for choice in choices:
        _settle_unit(choice, sample)
    return sorted(choices, key=lambda choice: order[choice.field.name])


def _asked(
    field: Field, answer: Mapping[str, Any], by_lower: Mapping[str, str], info: LayerInfo
) -> Choice | None:
    wanted = answer.get("columns") or ([answer["column"]] if answer.get("column") else [])
    if not wanted:
        return None
    missing = [name for name in wanted if str(name).casefold() not in by_lower]
    if missing:
        raise FileRefused(
            gettext_noop(
                "There is no column %(column)s for %(field)s.\nThe file has the columns "
                "%(columns)s."
            ),
            column=missing[0],
            field=field.name,
            columns=", ".join(info.columns[:60]) or "–",
        )
    choice = Choice(field, [by_lower[str(name).casefold()] for name in wanted])
    unit = str(answer.get("unit") or "")
    if unit and not choice.set_unit(unit, "stated"):
        raise FileRefused(
            gettext_noop(
                "%(unit)s cannot be turned into %(target)s, in which %(field)s is kept.\n"
                "State the unit of the column."
            ),
            unit=unit,
            target=field.unit or "–",
            field=field.name,
        )
    return choice


def _guessed(
    kind: Kind, info: LayerInfo, sample: dict[str, pa.Array], taken: set[str], have: set[str]
) -> list[Choice]:
    found = []
    pairs = []
    for field in kind.fields:
        if field.name in have:
            continue
        if field.type == "months":
            months = _month_columns(field, info.columns)
            if months:
                found.append(Choice(field, months, confidence=0.9))
                taken.update(months)
                continue
        for place, column in enumerate(info.columns):
            score = match(field, column)
            if score >= ENOUGH and column not in taken and _content_fits(field, sample.get(column)):
                rank = (
                    field.aliases.split().index(column.lower())
                    if column.lower() in field.aliases.split()
                    else 99
                )
                pairs.append((-score, rank, place, field, column))
    for score, _rank, _place, field, column in sorted(pairs, key=lambda pair: pair[:3]):
        if column in taken or any(choice.field.name == field.name for choice in found):
            continue
        taken.add(column)
        found.append(Choice(field, [column], confidence=-score))
    return found


def _month_columns(field: Field, columns: list[str]) -> list[str]:
    found: dict[int, str] = {}
    for column in columns:
        parts = re.split(r"[^a-z0-9]+", plain(column))
        tail = parts[-1] if parts else ""
        stem = _without_unit("_".join(parts[:-1]), field.unit)
        month = next((i for i, names in enumerate(MONTHS) if tail[:3] in names.split()), None)
        if month is None and tail.isdigit() and 1 <= int(tail) <= 12:
            month = int(tail) - 1
        if month is not None and stem and match(field, stem) >= ENOUGH:
            found.setdefault(month, column)
    return [found[month] for month in range(12)] if len(found) == 12 else []


def _content_fits(field: Field, column: pa.Array | None) -> bool:
    if column is None or len(column) == 0:
        return True
    if field.type == "id":
        cells = [cell for cell in texts(column) if cell and cell.strip()]
        return len(set(cells)) >= 0.5 * len(column)
    if field.type in ("number", "whole", "months"):
        if pa.types.is_boolean(column.type) or pa.types.is_temporal(column.type):
            return False
        if is_number(column.type):
            return True
        cells = [cell for cell in texts(column) if cell and not is_missing(cell)]
        good = sum(number_and_unit(cell) is not None for cell in cells)
        return not cells or good >= 0.6 * len(cells)
    return not pa.types.is_nested(column.type)


def _settle_unit(choice: Choice, sample: dict[str, pa.Array]) -> None:
    """Give a number its unit: as stated, as its name or cells say, else assumed and told."""
    if choice.field.type not in ("number", "whole", "months"):
        return
    column = sample.get(choice.columns[0])
    if column is not None:
        decide_comma(column, choice)
    if not choice.field.unit or choice.unit:
        return
    targets = (choice.field.unit, *choice.field.units)
    for target in reversed(targets):
        unit = unit_in_name(choice.columns[0], target)
        if unit and choice.set_unit(unit, "name"):
            return
    unit = choice.field.unit
    if unit == "degC" and column is not None and is_number(column.type) and _mean(column) > BOILING:
        unit = "K"
    choice.set_unit(unit, "assumed")
    choice.target = choice.field.unit


def _mean(column: pa.Array) -> float:
    return float(pc.mean(column).as_py() or 0.0)


def dimension_of(geometry: str) -> int | None:
    """Return the dimension of a geometry type as GDAL names it; None if it is not fixed."""
    for word, dimension in GEOMETRY_DIMENSION.items():
        if word in geometry:
            return dimension
    return None


def kind_guesses(
    info: LayerInfo, file_name: str, sample: dict[str, pa.Array], dimension: int | None
) -> list[dict[str, Any]]:
    """Return the kinds that a layer may be, likeliest first, each with a confidence."""
    guesses = []
    words = {skeleton(part) for name in (file_name, info.name)
             for part in re.split(r"[^0-9A-Za-zÀ-ÿ]+", name) if part}  # fmt: skip
    whole = skeleton(f"{file_name}{info.name}")
    for kind in KINDS:
        if dimension is not None and dimension not in kind.shapes:
            continue
        aliases = {skeleton(alias) for alias in kind.aliases.split()}
        by_name = (
            1.0
            if words & aliases
            else 0.7 * any(len(alias) > 4 and alias in whole for alias in aliases)
        )
        own = [field for field in kind.fields if field.name not in ("ref", "name")]
        scores = [
            max((match(f, c) for c in info.columns if _content_fits(f, sample.get(c))), default=0.0)
            for f in own
        ]
        strong = sorted((score for score in scores if score >= ENOUGH), reverse=True)[:3]
        score = 0.5 * by_name + 0.5 * sum(strong) / max(2, len(strong))
        needed = [place for place, field in enumerate(own) if field.needed]
        if any(scores[place] < ENOUGH for place in needed):
            score = score * 0.3 - 0.01
        guesses.append((min(score, 1.0), kind))
    total = sum(score for score, _kind in guesses)
    guesses.sort(key=lambda pair: -pair[0])
    return [
        {
            "kind": kind.name,
            "confidence": round(
                score * (score / total) ** 0.3 if total > 0 and score > 0 else 0.0, 2
            ),
        }
        for score, kind in guesses
        if score > 0 or total <= 0
    ]
