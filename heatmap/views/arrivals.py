"""Files that come part by part: announce one, send its parts, ask how much has come."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.jobs import hand_over
from heatmap.limits import limited
from heatmap.models import Arrival
from heatmap.selectors import get_arrival, get_municipality
from heatmap.services import arrivals


@limited("upload", 240)
@require_POST
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    """Say which file is to come; the answer says where to send it and where to begin."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    try:
        size_bytes = int(request.POST.get("size", ""))
        name = request.POST["name"].replace("\\", "/").rsplit("/", 1)[-1]
    except (ValueError, KeyError):
        return JsonResponse({"error": _("Say the name and the size of the file.")}, status=400)
    try:
        arrival = arrivals.announce(
            town, request.user, name=name, size_bytes=size_bytes, mark=request.POST.get("mark", "")
        )
    except Refusal as refusal:
        return _refused(refusal, 422)
    url = reverse("arrival", args=[slug, arrival.pk])
    return JsonResponse(_state(arrival) | {"url": url, "part_bytes": arrivals.PART_BYTES})


@limited("upload-part", 6000, methods=("PUT",))
@require_http_methods(["GET", "HEAD", "PUT"])
@never_cache
def arrival(request: HttpRequest, slug: str, arrival_id: UUID) -> HttpResponse:
    """Tell how much of a file has come, or take its next part."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    coming = get_arrival(town, request.user, arrival_id)
    if request.method != "PUT":
        return JsonResponse(_state(coming))
    try:
        offset = int(request.headers.get("Upload-Offset", ""))
        length = int(request.headers.get("Content-Length", ""))
    except ValueError:
        said = _("Say where the part begins and how long it is.")
        return JsonResponse({"error": said}, status=400)
    if length > arrivals.LARGEST_PART_BYTES:
        return JsonResponse({"error": _("This part is too large; send smaller ones.")}, status=413)
    try:
        arrivals.take_part(coming, offset, request.read(length), length)
        if coming.offset_bytes < coming.size_bytes:
            return JsonResponse(_state(coming))
        upload = arrivals.finish(coming, request.user)
    except Refusal as refusal:
        return _refused(refusal, 409, **_state(coming))
    hand_over(upload.job_id)
    return JsonResponse(
        {"offset": upload.file.size, "next": reverse("upload", args=[slug, upload.pk])}
    )


@require_POST
def forget(request: HttpRequest, slug: str, arrival_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    arrivals.forget(get_arrival(town, request.user, arrival_id))
    return redirect(f"{reverse('data', args=[slug])}#bring")


def _state(coming: Arrival) -> dict[str, int]:
    return {"offset": coming.offset_bytes, "size": coming.size_bytes}


def _refused(refusal: Refusal, status: int, **more: int) -> JsonResponse:
    said = sentence(refusal.message, refusal.values)
    return JsonResponse({"error": said, **more}, status=status)
