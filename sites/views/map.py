"""The map: the town's layers, coloured by the newest finished run."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from heatmap.layer_documents import layer_documents
from heatmap.layers import BY_KIND, GROUPS, WORDS
from heatmap.models import LayerVersion, Municipality
from heatmap.selectors import (
    bounds_of,
    bounds_of_layers,
    current_versions,
    get_municipality,
    in_drawing_order,
    page_context,
    these_versions,
)
from heatmap.version_selectors import get_version
from sites.map_texts import map_texts
from sites.models import Run
from sites.selectors import (
    finished_runs,
    get_run,
    map_rows,
    mark_near_ties,
    verdict_counts,
    version_ids,
)


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


@require_safe
def map_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    shown = _chosen_version(request, town)
    run = None if shown else _chosen_run(request, town)
    if run and run.result is None:
        return redirect("run", slug=slug, run_id=run.pk)
    rows = mark_near_ties(map_rows(run))
    # the map shows exactly what the run was made from, even when newer versions exist
    newest = current_versions(town)
    versions = these_versions(town, version_ids(run)) if run else newest
    if shown:
        others = [version for version in newest if version.layer_id != shown.layer_id]
        versions = in_drawing_order([*others, shown], town)
    layers = layer_documents(versions, newest)
    for layer in layers:
        if shown and layer["version"] == shown.pk:
            layer["visible"] = True
    framed = [layer for layer in layers if shown is None or layer["version"] == shown.pk]
    groups = [
        {"key": key, "label": label, "layers": [la for la in layers if la["group"] == key]}
        for key, label in GROUPS
    ]
    context = page_context(request, town, "map") | {
        "run": run,
        "shown": shown,
        "runs": finished_runs(town).defer("inputs")[:20],
        "ranked": [row for row in rows if not row["refused"]],
        "refused": [row for row in rows if row["refused"]],
        "verdicts": verdict_counts(rows),
        "near_ties": any(row["near_tie"] for row in rows),
        "outdated": [layer for layer in layers if layer["outdated"]],
        "groups": [group for group in groups if group["layers"]],
        "map_data": {
            "layers": layers,
            "candidates": rows,
            "bounds": bounds_of_layers(framed) or bounds_of(town),
        },
        "words": {key: str(word) for key, word in WORDS.items()},
        "texts": map_texts(),
    }
    return render(request, "sites/map.html", context)
