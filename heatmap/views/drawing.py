"""Editing parcels and constraints by hand: on the map, in a table, by a file of attributes."""

import csv
import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heatmap.choices import Capability
from heatmap.drawn_selectors import MOST_DRAWN, attribute_rows, drawn_document
from heatmap.errors import Refusal, sentence
from heatmap.forms import UploadForm
from heatmap.ingest.reading import FORMATS
from heatmap.jobs import start_upload, start_what_follows
from heatmap.layer_documents import layer_documents
from heatmap.layers import WORDS
from heatmap.limits import limited
from heatmap.models import Layer, LayerVersion, Municipality
from heatmap.selectors import (
    bounds_of,
    bounds_of_layers,
    current_versions,
    get_municipality,
    page_context,
)
from heatmap.services import drawing
from heatmap.services.drawing import (
    DRAWN_KINDS,
    Wrong,
    changes_from,
    edited_fields,
    split_area,
)
from heatmap.services.merging import NOT_BY_ID
from heatmap.spreadsheet import harmless_cell
from heatmap.version_selectors import get_layer, shown_versions
from heatmap.view_texts import edit_texts


def _open(
    request: HttpRequest, slug: str, layer_id: int
) -> tuple[Municipality, Layer, LayerVersion]:
    town = get_municipality(request, slug, to=Capability.PLAN)
    layer = get_layer(town, layer_id)
    if layer.kind not in DRAWN_KINDS:
        raise Http404
    return town, layer, shown_versions(town, layer)[0]


def _open_by_id(
    request: HttpRequest, slug: str, layer_id: int
) -> tuple[Municipality, Layer, LayerVersion]:
    town = get_municipality(request, slug, to=Capability.PLAN)
    layer = get_layer(town, layer_id)
    if layer.kind in NOT_BY_ID:
        raise Http404
    return town, layer, shown_versions(town, layer)[0]


@require_safe
@never_cache
def edit_page(request: HttpRequest, slug: str, layer_id: int) -> HttpResponse:
    """The map to draw on, with a table of the attributes beside it."""
    town, layer, version = _open(request, slug, layer_id)
    features = drawn_document(version)
    if features is None:
        said = _("More than %(most)s features: edit this layer by a file.") % {"most": MOST_DRAWN}
        messages.warning(request, said)
        return redirect("layer_table", slug=slug, layer_id=layer_id)
    layers = layer_documents(current_versions(town))
    context = page_context(request, town, "data") | {
        "layer": layer,
        "version": version,
        "edit_data": {
            "base": version.pk,
            "layers": [each for each in layers if each["version"] != version.pk],
            "bounds": bounds_of_layers([la for la in layers if la["version"] == version.pk])
            or bounds_of(town),
            "features": features,
            "fields": _fields(layer.kind),
            "save": reverse("layer_save", args=[slug, layer_id]),
            "split": reverse("layer_split", args=[slug, layer_id]),
        },
        "texts": edit_texts(),
    }
    return render(request, "heatmap/edit.html", context)


@limited("drawing", 120)
@require_POST
def save(request: HttpRequest, slug: str, layer_id: int) -> JsonResponse:
    """Publish what was drawn and typed as a new version, or say all that is wrong."""
    town, layer, _version = _open(request, slug, layer_id)
    try:
        base, changes = changes_from(_document(request))
        new = drawing.save(town, layer, base, changes, request.user)
        start_what_follows(new, request.user)
    except Wrong as wrong:
        return JsonResponse({"errors": [sentence(*error) for error in wrong.errors]}, status=422)
    except Refusal as refusal:
        return JsonResponse({"errors": [sentence(refusal.message, refusal.values)]}, status=409)
    said = _("Version %(number)s was published.") % {"number": new.number}
    messages.success(request, said)
    return JsonResponse({"next": reverse("layer", args=[slug, layer_id])})


@limited("drawing", 120)
@require_POST
def split(request: HttpRequest, slug: str, layer_id: int) -> JsonResponse:
    """Cut an area along a line; nothing is stored."""
    _open(request, slug, layer_id)
    try:
        return JsonResponse({"parts": split_area(_document(request))})
    except Refusal as refusal:
        return JsonResponse({"errors": [sentence(refusal.message, refusal.values)]}, status=422)


@require_safe
def attributes_csv(request: HttpRequest, slug: str, layer_id: int) -> HttpResponse:
    """The attributes of all features, to be changed and brought again."""
    town, layer, version = _open_by_id(request, slug, layer_id)
    names = ["ref", *(each.name for each in edited_fields(layer.kind))]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{town.slug}-{layer.kind}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(names)
    for row in attribute_rows(version, names):
        writer.writerow([harmless_cell(row[name]) for name in names])
    return response


@limited("upload", 120)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def table_page(request: HttpRequest, slug: str, layer_id: int) -> HttpResponse:
    """A file that changes the layer by ids: it goes the way of every file, to its report first."""
    town, layer, version = _open_by_id(request, slug, layer_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            upload = start_upload(
                town, request.user, form.cleaned_data["file"][0], kind=layer.kind, merge=version.pk,
                source=version.source, licence=version.licence, data_class=version.data_class,
            )  # fmt: skip
            return redirect("upload", slug=slug, upload_id=upload.pk)
        except Refusal as refusal:
            form.add_error("file", sentence(refusal.message, refusal.values))
    context = page_context(request, town, "data") | {
        "layer": layer,
        "version": version,
        "form": form,
        "fields": [each.name for each in edited_fields(layer.kind)],
        "endings": ",".join(FORMATS),
        "upload_limit": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "heatmap/edit_table.html", context, status=422 if form.errors else 200)


def _document(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def _fields(kind: str) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "label": _(each.label),
            "unit": each.unit,
            "number": each.type == "number",
            "words": [
                {"word": word, "label": str(WORDS.get(word, word))}
                for word in [*(word for word, _aliases in each.words), each.otherwise]
                if word
            ]
            if each.type == "words"
            else [],
        }
        for each in edited_fields(kind)
    ]
