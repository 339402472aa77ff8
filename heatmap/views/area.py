"""A chosen part of the town, its sums, its features to take home; single features, and kinds."""

import csv
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heatmap.area_selectors import (
    NARROWED,
    SUMS,
    Area,
    Narrowing,
    area_around,
    area_of_ring,
    area_sums,
    features_in_area,
    words_in_area,
)
from heatmap.feature_selectors import Grid, counted_words, one_feature, property_columns
from heatmap.layers import BY_KIND, WORDS
from heatmap.limits import limited
from heatmap.models import LayerVersion, Municipality
from heatmap.polyline import UnreadableError, decoded
from heatmap.render.geopackage import geopackage
from heatmap.selectors import asked_versions, get_municipality, these_versions
from heatmap.services.audit import record
from heatmap.spreadsheet import harmless_cell

MOST_METRES = 20_000.0
MOST_TAKEN = 200_000
TYPES = {
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
}


class WrongAreaError(Exception):
    """The area asked for cannot be read; the text is a sentence for the person."""


def _asked_area(request: HttpRequest, town: Municipality, versions: list[LayerVersion]) -> Area:
    """Read a ring, or a feature and a distance.

    Raises
    ------
    WrongAreaError
        If there is neither, or it encloses nothing.
    """
    asked, area = request.GET, None
    if "ring" in asked:
        try:
            area = area_of_ring(town, decoded(asked["ring"]))
        except UnreadableError:
            raise WrongAreaError(_("The area in the address cannot be read.")) from None
    elif "around" in asked:
        layer, _colon, ref = asked["around"].partition(":")
        version = next((v for v in versions if f"{v.layer.kind}-{v.pk}" == layer), None)
        try:
            metres = float(asked.get("metres", ""))
        except ValueError:
            metres = 0.0
        if version is not None and 0 < metres <= MOST_METRES and "\x00" not in ref:
            area = area_around(town, version, ref, metres)
    if area is None:
        raise WrongAreaError(_("The area encloses nothing. Draw it anew."))
    return area


def _narrowing(request: HttpRequest) -> Narrowing:
    """Read what the chips say: kind:word,word;kind:word."""
    words = {}
    for part in request.GET.get("only", "").split(";"):
        kind, _colon, listed = part.partition(":")
        if kind in NARROWED and listed and "\x00" not in listed:
            words[kind] = listed.split(",")[:50]
    return Narrowing(words)


def _sums_of(
    town: Municipality, version: LayerVersion, area: Area, narrowing: Narrowing
) -> dict[str, Any]:
    kind = version.layer.kind
    return {
        "layer": f"{kind}-{version.pk}",
        "kind": kind,
        "name": _(version.layer.name),
        "nature": version.nature,
        "sums": area_sums(town, version, area, narrowing),
        "words": [
            {"word": word, "label": str(WORDS.get(word, word)), "count": n}
            for word, n in words_in_area(town, version, area)
        ],
    }


def _linear_density(found: list[dict[str, Any]]) -> float | None:
    """Heat demand of the buildings for each metre of pipe [MWh/(m a)]; None if one is missing."""
    by_kind = {each["kind"]: each["sums"] for each in found}
    demand = by_kind.get("buildings", {}).get("heat_demand_mwh_per_a")
    length_m = by_kind.get("pipes", {}).get("length_m")
    return demand / length_m if demand is not None and length_m else None


@limited("area", 3000, methods=("GET",))
@require_safe
def area_sums_json(request: HttpRequest, slug: str) -> JsonResponse:
    town = get_municipality(request, slug)
    versions = asked_versions(request, town)
    try:
        area = _asked_area(request, town, versions)
    except WrongAreaError as error:
        return JsonResponse({"error": str(error)}, status=400)
    narrowing = _narrowing(request)
    found = [_sums_of(town, v, area, narrowing) for v in versions if v.layer.kind in SUMS]
    return JsonResponse(
        {
            "area_m2": area.area_m2,
            "outline": json.loads(area.outline) if area.outline else None,
            "linear_density_mwh_per_m_a": _linear_density(found),
            "layers": found,
        }
    )


@limited("take-away", 300, methods=("GET",))
@require_safe
def area_file(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    """Answer with the features of one layer within an area, as the end of the name says."""
    town = get_municipality(request, slug)
    kind, _dot, ending = file.rpartition(".")
    versions = asked_versions(request, town)
    wanted = [v for v in versions if v.layer.kind == kind]
    if not wanted or ending not in TYPES or kind not in BY_KIND:
        raise Http404
    try:
        area = _asked_area(request, town, versions)
    except WrongAreaError as error:
        return JsonResponse({"error": str(error)}, status=400)
    columns = property_columns(kind)
    rows = features_in_area(
        town, wanted[0], area, _narrowing(request),
        columns=columns, as_geojson=ending != "gpkg", most=MOST_TAKEN,
    )  # fmt: skip
    record("downloaded", town, file, features=len(rows))
    response = HttpResponse(content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{town.slug}-{file}"'
    response["X-Content-Type-Options"] = "nosniff"
    WRITERS[ending](response, kind, columns, rows, town)
    return response


@require_safe
def feature_json(request: HttpRequest, slug: str, version: int, ref: str) -> HttpResponse:
    """Answer with all values of one feature: a tile from far away carries few of them."""
    town = get_municipality(request, slug)
    found = these_versions(town, [version])
    known = found and found[0].published_at and found[0].layer.kind in BY_KIND and "\x00" not in ref
    text = one_feature(found[0].layer.kind, version, ref, Grid(4326)) if known else None
    if text is None:
        raise Http404
    headers = {"Cache-Control": "private, max-age=3600"}
    return HttpResponse(text, content_type=TYPES["geojson"], headers=headers)


@require_safe
def kinds_json(request: HttpRequest, slug: str, version: int) -> JsonResponse:
    """Answer with the kinds of features of a version that the map can show or hide."""
    town = get_municipality(request, slug)
    found = these_versions(town, [version])
    record = BY_KIND.get(found[0].layer.kind) if found and found[0].published_at else None
    if record is None or not record.kinds_column:
        raise Http404
    kinds = counted_words(record.kind, version, record.kinds_column)
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return JsonResponse({"column": record.kinds_column, "kinds": kinds}, headers=headers)


def _write_geojson(
    response: HttpResponse, kind: str, columns: list[str], rows: list, town: Municipality
) -> None:
    features = (
        {
            "type": "Feature",
            "id": row[columns.index("ref")],
            "geometry": json.loads(row[-1]),
            "properties": dict(zip(columns, row[:-1], strict=True)),
        }
        for row in rows
    )
    json.dump({"type": "FeatureCollection", "name": kind, "features": list(features)}, response)


def _write_csv(
    response: HttpResponse, kind: str, columns: list[str], rows: list, town: Municipality
) -> None:
    writer = csv.writer(response)
    writer.writerow([*columns, "geojson"])
    for row in rows:
        writer.writerow([harmless_cell(v) if isinstance(v, str) else v for v in row])


def _write_geopackage(
    response: HttpResponse, kind: str, columns: list[str], rows: list, town: Municipality
) -> None:
    response.write(geopackage(kind, columns, rows, town.srid))


WRITERS = {"geojson": _write_geojson, "csv": _write_csv, "gpkg": _write_geopackage}
