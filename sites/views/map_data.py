"""What the map fetches beside its tiles: scores, one parcel, the hours of the year, a picture."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from heatmap.limits import limited
from heatmap.models import Municipality
from heatmap.selectors import asked_versions, get_municipality
from sites.map_selectors import all_scores, parcel_brief
from sites.models import Run
from sites.selectors import finished_runs, get_candidate, get_run
from sites.services.map_hours import map_hours
from sites.services.map_picture import town_first_look, town_picture

FINISHED_STAYS = "private, max-age=86400, immutable"


def _finished(town: Municipality, run_id: UUID) -> Run:
    run = get_run(town, run_id)
    if run.result is None:
        raise Http404
    return run


def _asked_run(request: HttpRequest, town: Municipality) -> Run | None:
    """Return the finished run that the address names; None where it names none."""
    asked = request.GET.get("run")
    if not asked:
        return None
    try:
        return _finished(town, UUID(asked))
    except ValueError:
        raise Http404 from None


@require_safe
def scores_json(request: HttpRequest, slug: str, run_id: UUID) -> JsonResponse:
    run = _finished(get_municipality(request, slug), run_id)
    return JsonResponse(all_scores(run), headers={"Cache-Control": FINISHED_STAYS})


@require_safe
def brief_json(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> JsonResponse:
    run = _finished(get_municipality(request, slug), run_id)
    brief = parcel_brief(get_candidate(run, ref))
    return JsonResponse(brief, headers={"Cache-Control": FINISHED_STAYS})


@limited("hours", 1200, methods=("GET",))
@require_safe
def hours_json(request: HttpRequest, slug: str, run_id: UUID) -> JsonResponse:
    town = get_municipality(request, slug)
    run = _finished(town, run_id)
    return JsonResponse(map_hours(run), headers={"Cache-Control": "private, max-age=3600"})


@limited("first_look", 1200, methods=("GET",))
@require_safe
def first_look_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer the drawing that stands until the tiles are there; the address says of what."""
    town = get_municipality(request, slug)
    run = _asked_run(request, town)
    drawn = town_first_look(town, asked_versions(request, town), run)
    return HttpResponse(
        drawn, content_type="image/svg+xml", headers={"Cache-Control": FINISHED_STAYS}
    )


@limited("picture", 600, methods=("GET",))
@require_safe
def picture_svg(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    run = _asked_run(request, town)
    if run is None and "versions" not in request.GET:
        run = finished_runs(town).first()
    picture = town_picture(town, asked_versions(request, town), run)
    return HttpResponse(picture, content_type="image/svg+xml")
