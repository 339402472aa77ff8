"""The collections of the open interface: each layer of a town that who asks may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.http import Http404, HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _

from heatmap.api.answers import GEOJSON, WrongParameterError, link
from heatmap.api.crs import CRS84, STORAGE_CRS, uris
from heatmap.layers import BY_KIND, LayerRecord
from heatmap.models import LayerVersion, Municipality
from heatmap.selectors import bounds_of, current_versions, get_municipality, is_withheld, towns_of

OPEN = ".."


@dataclass(frozen=True)
class Collection:
    """A layer of a town in the version that is shown."""

    town: Municipality
    version: LayerVersion
    is_older_than_all: bool = False  # the moment asked for lies before the first version

    @property
    def id(self) -> str:
        return f"{self.town.slug}-{self.kind}-{self.version.layer_id}"

    @property
    def kind(self) -> str:
        return str(self.version.layer.kind)

    @property
    def record(self) -> LayerRecord:
        return BY_KIND[self.kind]

    @property
    def path(self) -> str:
        return f"/api/collections/{self.id}"


def collections_of(request: HttpRequest) -> list[Collection]:
    """Return every collection that a person sees in her towns, or a program in its town."""
    towns = towns_of(request.user)
    if request.token is not None:
        towns = towns.filter(pk=request.token.municipality_id)
    found = []
    for each in towns:
        town = get_municipality(request, each.slug)
        found += [Collection(town, v) for v in current_versions(town) if v.layer.kind in BY_KIND]
    return found


def get_collection(request: HttpRequest, collection_id: str, moment: str = "") -> Collection:
    """Return a collection in its newest version, or in the one that was in use at a moment."""
    slug, _dash, rest = collection_id.rpartition("-")
    slug, _dash, kind = slug.rpartition("-")
    if kind not in BY_KIND or not rest.isdecimal() or len(rest) > 18:
        raise Http404
    town = get_municipality(request, slug)
    versions = LayerVersion.objects.filter(
        municipality=town, layer_id=int(rest), layer__kind=kind, published_at__isnull=False
    ).select_related("layer")
    until = _latest_moment(moment) if moment else None
    newest = versions.order_by("-number").first()
    then = versions.filter(published_at__lte=until).order_by("-number").first() if until else newest
    version = then or newest
    if version is None or is_withheld(version.data_class, town.may):
        raise Http404
    return Collection(town, version, is_older_than_all=then is None)


def _latest_moment(written: str) -> datetime | None:
    """Return the end of a moment or span of time; None where it is open.

    Raises
    ------
    WrongParameterError
        If it is neither.
    """
    parts = written.split("/")
    ends = [None if part in ("", OPEN) else _moment(part) for part in parts]
    if len(parts) > 2 or (len(parts) == 1 and ends[0] is None):
        raise WrongParameterError("datetime takes a moment, or two with a slash between them.")
    if len(ends) == 2 and ends[0] and ends[1] and ends[0] > ends[1]:
        raise WrongParameterError("The span of datetime ends before it begins.")
    return ends[-1]


def _moment(written: str) -> datetime:
    try:
        moment = parse_datetime(written)
        if moment is None and (day := parse_date(written)):
            moment = datetime(day.year, day.month, day.day, 23, 59, 59)  # noqa: DTZ001  made aware
    except ValueError:
        moment = None
    if moment is None:
        raise WrongParameterError(
            f"{written} is not a moment. Write it like 2026-03-01T12:00:00Z or 2026-03-01."
        )
    return make_aware(moment, get_current_timezone()) if is_naive(moment) else moment


def collection_document(
    request: HttpRequest, of: Collection, bounds: list[float], since: datetime
) -> dict[str, Any]:
    """Describe a collection as OGC API - Features wants it."""
    version = of.version
    told = [_(version.method)] if version.method else []
    return {
        "id": of.id,
        "title": f"{_(version.layer.name)}, {of.town.name}",
        "description": " ".join([str(of.record.kind.label), *told]),
        "attribution": ", ".join(_(part) for part in (version.source, version.licence) if part),
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [bounds], "crs": CRS84},
            "temporal": {"interval": [[since.isoformat(timespec="seconds"), None]]},
        },
        "crs": uris(of.town.srid),
        "storageCrs": STORAGE_CRS,
        "dataClass": version.data_class,
        "nature": version.nature,
        "version": version.number,
        "links": [
            link(request, of.path, "self"),
            link(request, f"{of.path}/items", "items", media=GEOJSON),
            link(
                request,
                f"{of.path}/queryables",
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                media="application/schema+json",
            ),
            link(
                request,
                f"{of.path}/tiles",
                "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
            ),
        ],
    }


def collection_documents(request: HttpRequest, found: list[Collection]) -> list[dict[str, Any]]:
    bounds = {of.town.pk: bounds_of(of.town) for of in {c.town.pk: c for c in found}.values()}
    layers = [of.version.layer_id for of in found]
    firsts = LayerVersion.objects.filter(layer_id__in=layers, published_at__isnull=False)
    since = dict(firsts.order_by().values_list("layer_id").annotate(first=Min("published_at")))
    return [
        collection_document(request, of, bounds[of.town.pk], since[of.version.layer_id])
        for of in found
    ]
