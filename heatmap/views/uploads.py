"""The wizard of one upload: what is it, where is it, what do its columns mean, what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heatmap import wizard
from heatmap.choices import Capability, JobState, LayerKind, SeriesQuantity, UploadStep
from heatmap.errors import Refusal, sentence
from heatmap.jobs import hand_over
from heatmap.layer_documents import layer_documents
from heatmap.limits import limited
from heatmap.models import Municipality, Upload
from heatmap.render.extent_sketch import sketch
from heatmap.selectors import (
    bounds_of,
    current_versions,
    get_municipality,
    get_upload,
    page_context,
)
from heatmap.services import quality, queue, uploads
from heatmap.services.jobs import mark_seen
from heatmap.view_texts import control_texts

SHOWN_ROWS = 100
UNITS = {
    SeriesQuantity.PRICE: "EUR/MWh",
    SeriesQuantity.TEMPERATURE: "degC",
    SeriesQuantity.LOAD: "kW",
    SeriesQuantity.HEAT_LOAD: "kW",
    SeriesQuantity.SUPPLY: "degC",
    SeriesQuantity.RETURN: "degC",
    SeriesQuantity.GRID_FACTOR: "tCO2/MWh",
    SeriesQuantity.RESIDUAL_FACTOR: "tCO2/MWh",
}
STEP_OF = {
    "look": UploadStep.INSPECT, "check": UploadStep.CHECK, "commit": UploadStep.COMMIT,
    "by_id": UploadStep.CHECK, "whole": UploadStep.CHECK,
}  # fmt: skip


@limited("upload-step", 240)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload_page(request: HttpRequest, slug: str, upload_id: int) -> HttpResponse:
    """Show where she is with a file; take her answers."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    upload = get_upload(town, upload_id)
    if request.method == "POST":
        return _answered(request, town, upload)
    if not upload.job.has_ended:
        return _page(request, town, upload, "working", place=_place_in_queue(upload))
    mark_seen(request.user, upload.job)  # this page tells the end; no notice has to
    if upload.version_id:
        return _page(request, town, upload, "done", **_report(upload))
    if upload.step != UploadStep.INSPECT and "answers" not in request.GET:
        return _page(request, town, upload, "report", **_report(upload))
    if not upload.proposal:
        return _page(request, town, upload, "unreadable")
    return _answers(request, town, upload)


@require_POST
def discard(request: HttpRequest, slug: str, upload_id: int) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    upload = get_upload(town, upload_id)
    try:
        uploads.discard(upload)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
        return redirect("upload", slug=slug, upload_id=upload_id)
    return redirect(f"{reverse('data', args=[slug])}#bring")


@limited("report-file", 240, methods=("GET",))
@require_safe
@never_cache
def report_csv(request: HttpRequest, slug: str, upload_id: int) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    upload = get_upload(town, upload_id)
    response = HttpResponse(quality.as_csv(upload.report), content_type="text/csv; charset=utf-8")
    name = f"{town.slug}-report-{upload.pk}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _answered(request: HttpRequest, town: Municipality, upload: Upload) -> HttpResponse:
    """Take the answers, or the decision to publish, and let a worker do the step."""
    here = redirect("upload", slug=town.slug, upload_id=upload.pk)
    step = STEP_OF.get(request.POST.get("do", ""))
    if step is None or upload.version_id or not upload.job.has_ended:
        return here
    answers: dict[str, Any] = {}
    act = request.POST["do"]
    if act in ("commit", "by_id", "whole"):
        if upload.step == UploadStep.INSPECT:
            return here
        answers = wizard.changes_from(act, request.POST, upload)
    else:
        form = wizard.AboutForm(request.POST, label_suffix="")
        if wizard.is_osm(upload):
            wizard.leave_out_what_extracts_say(form)
        try:
            answers = wizard.answers_from(request.POST, upload)
        except Refusal as refusal:
            form.add_error(None, sentence(refusal.message, refusal.values))
        if step == UploadStep.INSPECT:
            for name in ("source", "licence"):
                form.errors.pop(name, None)  # needed before the rows are checked, not before a look
        if not form.is_valid():
            uploads.take_answers(upload, answers)  # shown again, not stored
            return _answers(request, town, upload, form=form)
        answers |= form.cleaned_data
    try:
        upload = uploads.next_step(upload, step, request.user, **answers)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
        return here
    hand_over(upload.job_id)
    return here


def _answers(
    request: HttpRequest,
    town: Municipality,
    upload: Upload,
    *,
    form: wizard.AboutForm | None = None,
) -> HttpResponse:
    asked = request.POST if form else request.GET
    layer = wizard.layer_of(upload, asked.get("layer", ""))
    kind = wizard.chosen_kind(upload, layer, asked.get("kind", ""))
    form_shown = form or wizard.AboutForm(
        initial=wizard.about_initial(upload, kind), label_suffix=""
    )
    if wizard.is_osm(upload) and not form:
        wizard.leave_out_what_extracts_say(form_shown)
    places = wizard.places_of(upload, layer)
    is_series, has_shapes = kind == LayerKind.SERIES, kind in layer.get("mappings", {})
    has_place = has_shapes and not wizard.needs_no_place(upload, layer)
    context = {
        "form": form_shown,
        "layer": layer,
        "layers": upload.proposal.get("layers", []),
        "kind": kind,
        "kind_label": LayerKind(kind).label if kind else "",
        "kinds": wizard.kinds_of(upload, layer),
        "is_osm": wizard.is_osm(upload),
        "is_series": is_series,
        "rows": wizard.field_rows(upload, layer, kind) if has_shapes else [],
        "series": wizard.series_answers(upload) if is_series else None,
        "places": places,
        "place": asked.get("place") or wizard.chosen_place(upload, layer),
        **(_where(town, places) if has_place else {}),
        "place_columns": wizard.place_columns(upload)
        if has_shapes and upload.proposal.get("format") in wizard.TABLES
        else [],
        "srid": asked.get("srid") or upload.srid or "",
        "swap_axes": upload.answers.get("swap_axes"),
        "first": wizard.first_rows(layer),
        "remembered": upload.proposal.get("remembered"),
    }
    status = 422 if form else 200
    return _page(request, town, upload, "answers", status=status, **context)


def _where(town: Municipality, places: list[dict[str, Any]]) -> dict[str, Any]:
    """The town and the places that a file may have: as a sketch, and for the map."""
    bounds = bounds_of(town)
    return {
        "sketch": sketch(bounds, [option["extent"] for option in places]),
        "place_map": {
            "town": bounds,
            "layers": layer_documents(current_versions(town)),
            "texts": {"controls": control_texts()},
            "candidates": [
                {"number": number, "value": option["value"], "extent": option["extent"]}
                for number, option in enumerate(places, start=1)
                if option["extent"]
            ],
        },
    }


def _report(upload: Upload) -> dict[str, Any]:
    """What the report page shows besides the report itself."""
    document = upload.report
    series = document.get("series")
    return {
        "report": document,
        "refused": quality.warnings(
            {**document, "refused": document.get("refused", [])[:SHOWN_ROWS], "notes": [],
             "missing": []}
        ),
        "told": quality.warnings({**document, "refused": [], "missing": []}),
        "counts": wizard.reasons(document),
        "series": series,
        "chart": {"values": series["values_by_day"], "unit": UNITS[series["quantity"]]}
        if series
        else None,
        "months": wizard.month_means(series["values_by_day"]) if series else [],
        "against": wizard.against(upload),
        "is_ready": upload.job.state == JobState.DONE and upload.step == UploadStep.CHECK,
    }  # fmt: skip


def _place_in_queue(upload: Upload) -> Any:
    return queue.places().get(upload.job_id) if upload.job.state == JobState.QUEUED else None


def _page(
    request: HttpRequest,
    town: Municipality,
    upload: Upload,
    view: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = page_context(request, town, "data") | {
        "upload": upload,
        "job": upload.job,
        "view": view,
        "steps": wizard.steps_of(upload, answers_shown=view == "answers"),
    }
    return render(request, f"heatmap/upload_{view}.html", context | more, status=status)
