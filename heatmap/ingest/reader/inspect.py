"""Looks at a file without loading it: layers, kinds, place, columns, problems, as plain JSON."""

from collections.abc import Mapping
from typing import Any

import shapely

from heatmap.ingest.kinds import BY_NAME, KINDS
from heatmap.ingest.reader import place
from heatmap.ingest.reader.guess import choose_columns, dimension_of, kind_guesses
from heatmap.ingest.reader.layers import note
from heatmap.ingest.reader.messages import FileRefused, emit
from heatmap.ingest.reader.opening import Opened, Sample, open_layers, sample_of
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.reader.values import numbers, plain_texts, texts, words

MOST_LAYERS = 30
SHOWN_ROWS = 5


def read(sources: list[Source], request: Mapping[str, Any]) -> None:
    """Print a proposal: one document a layer."""
    layers = open_layers(sources, request.get("encoding") or "")
    town = place.Town(shapely.from_wkb(bytes.fromhex(request["extent_wkb"])), request["town_srid"])
    emit(
        "proposal",
        format=sources[0].format,
        layers=[_layer(opened, town, request) for opened in layers[:MOST_LAYERS]],
        layers_left_out=max(0, len(layers) - MOST_LAYERS),
    )


def _layer(opened: Opened, town: place.Town, request: Mapping[str, Any]) -> dict[str, Any]:
    info = opened.info
    problems: list[dict[str, Any]] = list(info.notes)
    try:
        sample = sample_of(opened, request.get("columns") or {})
    except FileRefused as refusal:
        return {
            "name": info.name, "columns": info.columns, "features": info.features,
            "problems": [note(refusal.message, **refusal.values)], "kinds": [], "crs": None,
        }  # fmt: skip
    dimension = sample.dimension if sample.dimension is not None else dimension_of(info.geometry)
    kinds = kind_guesses(info, str(request["name"]), sample.columns, dimension)
    where = _where(opened, sample, town, request, problems)
    return {
        "name": info.name,
        "geometry": info.geometry,
        "dimension": dimension,
        "features": info.features,
        "columns": info.columns,
        "encoding": info.encoding,
        "crs": where,
        "kinds": kinds,
        "rows": _rows(sample),
        "mappings": {
            kind.name: _mapping(kind.name, opened, sample, request, problems)
            for kind in KINDS
            if dimension is None or dimension in kind.shapes
        },
        "problems": problems,
    }


def _where(
    opened: Opened,
    sample: Sample,
    town: place.Town,
    request: Mapping[str, Any],
    problems: list[dict[str, Any]],
) -> dict[str, Any]:
    points = place.sample_points(sample.shapes)
    answer: dict[str, Any] = {"name": "", "srid": None, "from": "", "candidates": []}
    try:
        found = place.choose(
            opened.info, opened.source.format, opened.reader.can_lack_crs, points, town,
            srid=request.get("srid"), swap=bool(request.get("swap_axes")),
        )  # fmt: skip
    except FileRefused as refusal:
        problems.append(note(refusal.message, **refusal.values))
        answer["candidates"] = place.candidates(points, town) if len(points) else []
        return answer
    problems += found.notes
    answer |= {
        "name": found.name, "srid": found.srid, "from": found.how, "swapped": found.swap,
    }  # fmt: skip
    if len(points):
        placed = found.to_storage(points)
        inside = shapely.contains_xy(town.near, placed[:, 0], placed[:, 1])
        answer["inside_share"] = float(inside.mean())
        finite = placed[(abs(placed) < 1e12).all(axis=1)]
        answer["extent"] = place.extent_degrees(finite) if len(finite) else None
        if not inside.any():
            refusal = place.diagnose(points, found, town)
            problems.append(note(refusal.message, **refusal.values))
            answer["candidates"] = place.candidates(points, town)
    return answer


def _mapping(
    kind_name: str,
    opened: Opened,
    sample: Sample,
    request: Mapping[str, Any],
    problems: list[dict[str, Any]],
) -> dict[str, Any]:
    kind = BY_NAME[kind_name]
    names = {field.name for field in kind.fields}
    asked = {k: v for k, v in (request.get("columns") or {}).items() if k in names}
    try:
        choices = choose_columns(kind, opened.info, asked, sample.columns, guess=True)
    except FileRefused as refusal:
        problems.append(note(refusal.message, **refusal.values))
        return {"columns": [], "missing": []}
    for choice in choices:
        if choice.columns[0] in sample.columns and choice.field.type != "id":
            column = sample.columns[choice.columns[0]]
            if choice.field.type == "words":
                words(column, choice)
            elif choice.field.type == "text":
                plain_texts(column, choice, 1, {})
            else:
                numbers(column, choice, 1)
    have = {choice.field.name for choice in choices}
    return {
        "columns": [choice.document() for choice in choices],
        "missing": [
            {"field": field.name, "label": field.label, "needed": field.needed, "gap": field.gap}
            for field in kind.fields
            if field.name not in have
        ],
    }


def _rows(sample: Sample) -> list[dict[str, str]]:
    """The first rows as they stand in the file, for a person to look at."""
    columns = {name: texts(column[:SHOWN_ROWS]) for name, column in sample.columns.items()}
    count = max((len(cells) for cells in columns.values()), default=0)
    return [
        {name: (cells[row] or "")[:120] for name, cells in columns.items()} for row in range(count)
    ]
