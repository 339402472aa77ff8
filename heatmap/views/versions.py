"""The versions of a layer: looked at, compared, brought back, derived anew, deleted for good."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heatmap.choices import Capability, LayerKind
from heatmap.errors import Refusal, sentence
from heatmap.jobs import start_derive, start_restore
from heatmap.layers import BY_KIND
from heatmap.limits import limited
from heatmap.models import Layer, LayerVersion, Municipality
from heatmap.selectors import get_municipality, page_context
from heatmap.services.derived import derivable
from heatmap.services.drawing import DRAWN_KINDS
from heatmap.services.merging import NOT_BY_ID
from heatmap.services.versions import delete_for_good
from heatmap.spreadsheet import harmless_cell
from heatmap.version_selectors import (
    ACTS,
    Comparison,
    compare,
    get_layer,
    get_version,
    inputs_of,
    newer_inputs,
    resting_on,
    shown_versions,
    unfinished_layer_work,
    versions_in_use,
)
from heatmap.version_words import attribute_labels, attribute_text

PER_PAGE = 50


@require_safe
@never_cache
def layer_page(request: HttpRequest, slug: str, layer_id: int) -> HttpResponse:
    """The history of a layer."""
    town = get_municipality(request, slug)
    layer = get_layer(town, layer_id)
    versions = shown_versions(town, layer)
    newest, in_use = versions[0], versions_in_use(town)
    context = page_context(request, town, "data") | {
        "layer": layer,
        "newest": newest,
        "versions": versions,
        "can_draw": layer.kind in DRAWN_KINDS,
        "can_merge": layer.kind not in NOT_BY_ID,
        "has_map": layer.kind in BY_KIND,
        "inputs": inputs_of(newest),
        "newer_inputs": newer_inputs(newest, in_use),
        "made_from_it": [one for one in resting_on(newest) if one.number],
        "can_derive": layer.kind in {recipe.kind for recipe in derivable(town)},
        "work": unfinished_layer_work(town).filter(kind=layer.kind),
    }
    return render(request, "heatmap/layer.html", context)


@require_safe
def compare_page(request: HttpRequest, slug: str, layer_id: int) -> HttpResponse:
    """What differs between two versions."""
    town = get_municipality(request, slug)
    layer = get_layer(town, layer_id)
    before, after = _pair(request, town, layer)
    acts = _acts(request)
    number = int(page) if (page := request.GET.get("page", "1")).isdecimal() else 1
    found = compare(
        before, after, acts=acts, limit=PER_PAGE, offset=PER_PAGE * (max(number, 1) - 1)
    )
    total = sum(found.counts[act] for act in acts)
    context = page_context(request, town, "data") | {
        "layer": layer,
        "versions": shown_versions(town, layer),
        "before": before,
        "after": after,
        "found": found,
        "rows": _told(layer, found),
        "acts": acts,
        "only": acts[0] if len(acts) == 1 else "",
        "page": Paginator(range(total), PER_PAGE).get_page(number),
        "is_series": layer.kind == LayerKind.SERIES,
    }
    return render(request, "heatmap/compare.html", context)


@limited("compare-file", 30, methods=("GET",))
@require_safe
def compare_csv(request: HttpRequest, slug: str, layer_id: int) -> StreamingHttpResponse:
    """All differences as CSV: one line per feature, and per attribute that changed."""
    town = get_municipality(request, slug)
    layer = get_layer(town, layer_id)
    before, after = _pair(request, town, layer)
    found = compare(before, after, acts=_acts(request))
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    name = f"{town.slug}-{layer.kind}-{before.number}-{after.number}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def restore(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    old = get_version(town, version)
    try:
        start_restore(old, request.user)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
    return redirect("layer", slug=slug, layer_id=old.layer_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Ask once more, then delete."""
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    found = get_version(town, version)
    refusal = ""
    if request.method == "POST":
        try:
            delete_for_good(found)
        except Refusal as error:
            refusal = sentence(error.message, error.values)
        else:
            said = _("Version %(number)s was deleted for good.")
            messages.success(request, said % {"number": found.number})
            return redirect("layer", slug=slug, layer_id=found.layer_id)
    context = page_context(request, town, "data") | {
        "layer": found.layer,
        "version": found,
        "refusal": refusal,
    }
    return render(request, "heatmap/version_delete.html", context, status=409 if refusal else 200)


@limited("derive", 60)
@require_POST
def derive(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Derive a layer, or derive it anew."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    try:
        start_derive(town, kind, request.user)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
        return redirect("data", slug=slug)
    return redirect("work", slug=slug)


def _pair(
    request: HttpRequest, town: Municipality, layer: Layer
) -> tuple[LayerVersion, LayerVersion]:
    """Return the two versions asked for by number; the newest two if none is named."""
    versions = {str(one.number): one for one in shown_versions(town, layer)}
    numbers = list(versions)
    after = request.GET.get("to") or numbers[0]
    older = [number for number in numbers if int(number) < int(after)] if after.isdecimal() else []
    before = request.GET.get("from") or (older or numbers)[0]
    if before not in versions or after not in versions:
        raise Http404
    return versions[before], versions[after]


def _acts(request: HttpRequest) -> tuple[str, ...]:
    only = request.GET.get("only")
    return (only,) if only in ACTS else ACTS


def _told(layer: Layer, found: Comparison) -> list[dict[str, Any]]:
    labels = attribute_labels(layer.kind)
    return [
        row
        | {
            "attributes": [
                {
                    "label": labels.get(each["column"], each["column"]),
                    "before": attribute_text(layer.kind, each["column"], each["before"]),
                    "after": attribute_text(layer.kind, each["column"], each["after"]),
                }
                for each in row["attributes"]
            ]
        }
        for row in found.rows
    ]


class _Echo:
    """A file that gives back what is written, for one line at a time."""

    def write(self, line: str) -> str:
        return line


def _lines(found: Comparison) -> Iterator[str]:
    writer = csv.writer(_Echo())
    names = ["change", "ref", "column", "before", "after", "moved_m"]
    yield writer.writerow(names)
    for row in found.rows:
        start = [row["act"], harmless_cell(row["ref"])]
        changes = [
            (each["column"], each["before"], each["after"], "") for each in row["attributes"]
        ]
        if row["reshaped"]:
            key = "area_m2" if row["area_before_m2"] is not None else "length_m"
            key_before, key_after = key.replace("_m", "_before_m"), key.replace("_m", "_after_m")
            changes.append(("geometry", row[key_before], row[key_after], f"{row['moved_m']:.2f}"))
        for change in changes or [("", "", "", "")]:
            yield writer.writerow([*start, *map(_cell, change)])


def _cell(value: object) -> object:
    """A number stays a number; a text may not start a formula."""
    return value if isinstance(value, int | float) else harmless_cell(value)
