"""The search box of the map."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from heatmap.choices import LayerKind
from heatmap.limits import limited
from heatmap.search_selectors import find_places
from heatmap.selectors import asked_versions, get_municipality


@limited("search", 6000, methods=("GET",))
@require_safe
def search_json(request: HttpRequest, slug: str) -> JsonResponse:
    town = get_municipality(request, slug)
    found = find_places(asked_versions(request, town), request.GET.get("q", "")[:80])
    for place in found:
        place["kindLabel"] = str(LayerKind(place["kind"]).label)
    return JsonResponse({"places": found})
