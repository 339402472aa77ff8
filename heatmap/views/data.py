"""Layers, versions, and bringing data."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.forms import UploadForm
from heatmap.jobs import start_upload
from heatmap.limits import limited
from heatmap.selectors import (
    get_municipality,
    page_context,
    recent_uploads,
    versions_by_layer,
)
from heatmap.services.derived import derivable
from heatmap.version_selectors import mark_stale


@limited("upload", 120)
@require_http_methods(["GET", "HEAD", "POST"])
def data_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(
        request, slug, to=Capability.PLAN if request.method == "POST" else Capability.LOOK
    )
    form = UploadForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            start_upload(town, request.user, form.answers())
        except Refusal as refusal:
            form.add_error("file", sentence(refusal.message, refusal.values))
        else:
            return redirect(f"{reverse('data', args=[slug])}#uploads")
    context = page_context(request, town, "data") | {
        "form": form,
        "layers": mark_stale(town, versions_by_layer(town)),
        "derivable": derivable(town),
        "uploads": recent_uploads(town),
        "upload_limit": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "heatmap/data.html", context, status=422 if form.errors else 200)
