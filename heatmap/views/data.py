"""Layers, versions, and bringing data."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.forms import UploadForm
from heatmap.ingest.reading import FORMATS
from heatmap.jobs import start_upload
from heatmap.limits import limited
from heatmap.selectors import (
    arrivals_of,
    get_municipality,
    page_context,
    recent_uploads,
    versions_by_layer,
)
from heatmap.series_selectors import station_loads
from heatmap.services.derived import derivable
from heatmap.version_selectors import mark_stale


@limited("upload", 120)
@require_http_methods(["GET", "HEAD", "POST"])
def data_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(
        request, slug, to=Capability.PLAN if request.method == "POST" else Capability.LOOK
    )
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, label_suffix="")
    if request.method == "POST" and form.is_valid():
        begun = []
        for file in form.cleaned_data["file"]:
            try:
                begun.append(start_upload(town, request.user, file))
            except Refusal as refusal:
                form.add_error("file", f"{file.name}: {sentence(refusal.message, refusal.values)}")
        if len(begun) == 1 and not form.errors:
            return redirect("upload", slug=slug, upload_id=begun[0].pk)
        if not form.errors:
            return redirect(f"{reverse('data', args=[slug])}#uploads")
    recipes, loads = derivable(town), station_loads(town)
    of_stations = {load["version"].layer_id for load in loads}
    entries = mark_stale(town, versions_by_layer(town))
    context = page_context(request, town, "data") | {
        "form": form,
        "layers": [entry for entry in entries if entry["layer"].pk not in of_stations],
        "station_loads": loads,
        "derivable": [recipe for recipe in recipes if not recipe.renews],
        "renewable": {recipe.kind for recipe in recipes},
        "uploads": recent_uploads(town),
        "arrivals": arrivals_of(town, request.user) if Capability.PLAN in town.may else [],
        "endings": ",".join(FORMATS),
        "upload_texts": _upload_texts(),
        "upload_limit": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "heatmap/data.html", context, status=422 if form.errors else 200)


def _upload_texts() -> dict[str, str]:
    """What the script says while files come; it has no words of its own."""
    return {
        "waiting": _("waiting"),
        "coming": _("%(percent)s %% of %(size)s MB"),
        "lost": _("The connection is lost; it goes on by itself when it is back."),
        "failed": _("The file could not be sent. Reload the page and choose it again."),
        "too_large": _("The file has %(size)s MB; at most %(limit)s MB are accepted."),
        "done": _("It has come whole and is being looked at."),
    }
