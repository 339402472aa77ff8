"""The map: the town's layers, coloured by the newest finished run."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from heatmap.layer_documents import layer_documents
from heatmap.layers import BY_KIND, WORDS
from heatmap.local_grid import local_grid
from heatmap.models import LayerVersion, Municipality
from heatmap.selectors import (
    asked_versions,
    bounds_of,
    bounds_of_layers,
    current_versions,
    get_municipality,
    in_drawing_order,
    page_context,
    these_versions,
)
from heatmap.version_selectors import get_version
from sites.map_selectors import (
    SCORES_IN_PAGE,
    all_scores,
    best_rows,
    counts_of,
    needed_kw,
    refused_rows,
    verdicts_of,
)
from sites.map_texts import map_texts
from sites.models import Run
from sites.parcel_selectors import KINDS_SEARCHED, search_of
from sites.selectors import finished_runs, get_run, mark_near_ties, version_ids

MODULES = tuple(
    f"js/{name}.js"
    for name in (
        "map/first_look", "map/main", "map/area", "map/around", "map/coords", "map/drawn",
        "map/fallback", "map/grid", "map/hours", "map/images", "map/inspector", "map/legend",
        "map/measure", "map/paint", "map/panel", "map/parcels", "map/polyline", "map/print",
        "map/search", "map/sheet", "map/state", "map/style", "map/toolbar", "map/tools",
        "map/view", "lib/page", "lib/quantities", "lib/tokens",
    )
)  # fmt: skip
"""What the page needs, fetched at once and not one after the other as the imports are read."""


def _chosen_run(request: HttpRequest, town: Municipality) -> Run | None:
    asked = request.GET.get("run")
    if not asked:
        return finished_runs(town).first()
    try:
        return get_run(town, UUID(asked))
    except ValueError:
        raise Http404 from None


def _chosen_version(request: HttpRequest, town: Municipality) -> LayerVersion | None:
    """Return the version that the address asks to see instead of the newest of its layer."""
    asked = request.GET.get("version")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    version = get_version(town, int(asked))
    if version.layer.kind not in BY_KIND:
        raise Http404
    return version


def _shown_versions(
    request: HttpRequest, town: Municipality, run: Run | None, newest: list[LayerVersion]
) -> list[LayerVersion]:
    """Return what the run was made from, what the address names, or the newest of each layer."""
    if run:
        return these_versions(town, version_ids(run))
    return asked_versions(request, town) if "versions" in request.GET else newest


def _addresses(town: Municipality, run: Run | None) -> dict[str, str]:
    """Where the scripts of the map ask for more."""
    of_town = {
        "area": reverse("area_sums", args=[town.slug]),
        "file": reverse("area_file", args=[town.slug, "KIND.ENDING"]),
        "search": reverse("search", args=[town.slug]),
        "picture": reverse("map_picture", args=[town.slug]),
        "kinds": reverse("kinds", args=[town.slug, 0]),
        "feature": reverse("feature", args=[town.slug, 0, "REF"]),
    }
    if run is None:
        return of_town
    return of_town | {
        "scores": reverse("run_scores", args=[town.slug, run.pk]),
        "hours": reverse("run_hours", args=[town.slug, run.pk]),
        "brief": reverse("parcel_brief", args=[town.slug, run.pk, "REF"]),
        "parcel": reverse("parcel", args=[town.slug, run.pk, "REF"]),
    }


def _first_look(town: Municipality, run: Run | None, layers: list[dict[str, Any]]) -> str:
    """Return the address of what stands until the tiles are there; it names all it draws."""
    asked = {"versions": ",".join(str(layer["version"]) for layer in layers)}
    if run:
        asked["run"] = str(run.pk)
    return f"{reverse('map_first_look', args=[town.slug])}?{urlencode(asked)}"


def _map_data(
    town: Municipality,
    run: Run | None,
    layers: list[dict[str, Any]],
    framed: list[dict[str, Any]],
    ranked: list[dict[str, Any]],
) -> dict[str, Any]:
    extent = bounds_of(town)
    is_small = run is not None and sum(counts_of(run).values()) <= SCORES_IN_PAGE
    return {
        "town": town.name,
        "layers": layers,
        "run": str(run.pk) if run else "",
        "scores": all_scores(run) if run and is_small else None,
        "candidates": [
            [prefix, kind] for prefix, kind in KINDS_SEARCHED[search_of(run.inputs)].items()
        ]
        if run
        else [],
        "places": [[row["ref"], row["lon"], row["lat"]] for row in ranked],
        "bounds": bounds_of_layers(framed) or extent,
        "grid": local_grid(town.srid, tuple(extent)),
        "raster": {
            "tiles": settings.RASTER_BASEMAP,
            "attribution": settings.RASTER_BASEMAP_ATTRIBUTION,
        }
        if settings.RASTER_BASEMAP
        else None,
        "urls": _addresses(town, run),
    }


@require_safe
def map_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    shown = _chosen_version(request, town)
    has_chosen = shown or ("versions" in request.GET and "run" not in request.GET)
    run = None if has_chosen else _chosen_run(request, town)
    if run and run.result is None:
        return redirect("run", slug=slug, run_id=run.pk)
    # the map shows exactly what the run was made from, even when newer versions exist
    newest = current_versions(town)
    versions = _shown_versions(request, town, run, newest)
    if shown:
        others = [version for version in newest if version.layer_id != shown.layer_id]
        versions = in_drawing_order([*others, shown], town)
    layers = layer_documents(versions, newest, needed_kw=needed_kw(run))
    for layer in layers:
        if shown and layer["version"] == shown.pk:
            layer["visible"] = True
    framed = [layer for layer in layers if shown is None or layer["version"] == shown.pk]
    ranked = mark_near_ties(best_rows(run))
    context = page_context(request, town, "map") | {
        "run": run,
        "shown": shown,
        "runs": finished_runs(town).defer("inputs", "result")[:20],
        "ranked": ranked,
        "refused": refused_rows(run),
        "counts": counts_of(run) if run else {},
        "verdicts": verdicts_of(run),
        "outdated": [layer for layer in layers if layer["outdated"]],
        "layers": list(reversed(layers)),
        "map_data": _map_data(town, run, layers, framed, ranked),
        "words": {key: str(word) for key, word in WORDS.items()},
        "texts": map_texts(),
        "first_look": _first_look(town, run, layers) if layers and not shown else "",
        "modules": MODULES,
        "near_ties": any(row["near_tie"] for row in ranked),
    }
    return render(request, "sites/map.html", context)
