"""The features of a collection, a page at a time or one by one."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from heatmap.api.answers import GEOJSON, answered, check_parameters, dumped, link
from heatmap.api.collections import Collection, get_collection
from heatmap.api.crs import wanted_grid
from heatmap.api.queries import NULL, known_parameters, wanted_features, wanted_page
from heatmap.feature_selectors import count_features, features_page, one_feature
from heatmap.limits import limited


def _geojson(text: str, crs: str) -> HttpResponse:
    return HttpResponse(text, content_type=GEOJSON, headers={"Content-Crs": f"<{crs}>"})


def _feature_path(of: Collection, ref: str) -> str:
    return f"{of.path}/items/{quote(ref, safe='')}"


@limited("features", 20_000, methods=("GET",))
@answered
def items(request: HttpRequest, collection_id: str) -> HttpResponse:
    of = get_collection(request, collection_id, request.GET.get("datetime", ""))
    check_parameters(request, known_parameters(of))
    crs, grid = wanted_grid(request, of.town.srid)
    wanted, (limit, after) = wanted_features(request, of), wanted_page(request)
    rows = features_page(wanted, grid, limit=limit + 1, after=after)
    more, rows = len(rows) > limit, rows[:limit]
    asked = request.GET.dict()
    links = [
        link(request, f"{of.path}/items", "self", media=GEOJSON, query=asked),
        link(request, of.path, "collection"),
    ]
    if more:
        onward = asked | {"limit": limit, "after": rows[-1][0]}
        links.append(link(request, f"{of.path}/items", "next", media=GEOJSON, query=onward))
    head = {
        "type": "FeatureCollection",
        "timeStamp": timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberReturned": len(rows),
        "links": links,
    }
    if not after:  # the number does not change from page to page, and is dear for large layers
        head["numberMatched"] = count_features(wanted) if more else len(rows)
    features = ",".join(feature for _, feature in rows)
    return _geojson(f'{dumped(head)[:-1]}, "features": [{features}]}}', crs)


@limited("features", 20_000, methods=("GET",))
@answered
def item(request: HttpRequest, collection_id: str, ref: str) -> HttpResponse:
    check_parameters(request, {"crs", "datetime"})
    of = get_collection(request, collection_id, request.GET.get("datetime", ""))
    crs, grid = wanted_grid(request, of.town.srid)
    nothing = NULL in ref or of.is_older_than_all
    found = None if nothing else one_feature(of.kind, of.version.pk, ref, grid)
    if found is None:
        raise Http404
    links = [
        link(request, _feature_path(of, ref), "self", media=GEOJSON),
        link(request, of.path, "collection"),
    ]
    return _geojson(f'{found[:-1]}, "links": {dumped(links)}}}', crs)
