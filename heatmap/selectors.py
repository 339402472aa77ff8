"""Questions the map room asks the database. `get_` functions check access; strangers get 404."""

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import Transform
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from psycopg import sql

from heatmap.choices import ENDED_JOB_STATES, LayerKind, Nature, Role
from heatmap.layers import BY_KIND
from heatmap.models import Job, LayerVersion, Membership, Municipality, Upload
from heatmap.models.municipality import STORAGE_SRID

FIRST_TOWN = "aachen-melaten"
WRITERS = {Role.PLANNER, Role.ENGINEER, Role.ADMINISTRATOR}


def towns_of(user: Any) -> QuerySet[Municipality]:
    return Municipality.objects.filter(membership__user=user).order_by("name")


def first_town(user: Any) -> Municipality | None:
    towns = list(towns_of(user))
    return next((town for town in towns if town.slug == FIRST_TOWN), towns[0] if towns else None)


def get_municipality(request: HttpRequest, slug: str, *, to_write: bool = False) -> Municipality:
    """Return the town if this person belongs to it; 403 when she may look but not change."""
    town = get_object_or_404(towns_of(request.user), slug=slug)
    town.can_write = may_write(request.user, town)
    if to_write and not town.can_write:
        raise PermissionDenied(_("Your role in this town lets you look, not change."))
    return town


def may_write(user: Any, town: Municipality) -> bool:
    return Membership.objects.filter(user=user, municipality=town, role__in=WRITERS).exists()


def get_published_version(request: HttpRequest, kind: str, number: int) -> LayerVersion:
    if kind not in BY_KIND:
        raise Http404
    return get_object_or_404(
        LayerVersion.objects.filter(
            municipality__in=towns_of(request.user), published_at__isnull=False
        ).only("pk"),
        pk=number,
        layer__kind=kind,
    )


def get_job(request: HttpRequest, slug: str, job_id: Any) -> Job:
    town = get_municipality(request, slug)
    jobs = Job.objects.select_related("municipality")
    return get_object_or_404(jobs, municipality=town, pk=job_id)


def current_versions(town: Municipality) -> list[LayerVersion]:
    """Return the newest published version of each layer, in drawing order."""
    versions = (
        LayerVersion.objects.filter(municipality=town, published_at__isnull=False)
        .select_related("layer")
        .order_by("layer_id", "-number")
        .distinct("layer_id")
    )
    return _in_drawing_order(versions)


def these_versions(town: Municipality, ids: Iterable[int]) -> list[LayerVersion]:
    """Return the versions with these ids, in drawing order: what a run used, not what is newest."""
    versions = LayerVersion.objects.filter(municipality=town, pk__in=list(ids))
    return _in_drawing_order(versions.select_related("layer"))


def _in_drawing_order(versions: Iterable[LayerVersion]) -> list[LayerVersion]:
    return sorted(
        versions, key=lambda v: BY_KIND[v.layer.kind].order if v.layer.kind in BY_KIND else 999
    )


def all_versions(town: Municipality) -> QuerySet[LayerVersion]:
    versions = LayerVersion.objects.filter(municipality=town).select_related("layer", "created_by")
    return versions.order_by("layer__kind", "layer__name", "-number")


def recent_uploads(town: Municipality, limit: int = 10) -> QuerySet[Upload]:
    uploads = Upload.objects.filter(municipality=town).select_related("job", "version__layer")
    return uploads.order_by("-created_at")[:limit]


def layer_document(version: LayerVersion) -> dict[str, Any] | None:
    """Describe one layer for the map in plain JSON; None for kinds that have no map."""
    record = BY_KIND.get(version.layer.kind)
    if record is None:
        return None
    return {
        "id": f"{record.kind.value}-{version.pk}",
        "kind": record.kind.value,
        "version": version.pk,
        "label": str(LayerKind(record.kind).label),
        "name": _(version.layer.name),
        "group": record.group,
        "order": record.order,
        "shape": record.shape,
        "minZoom": record.min_zoom,
        "maxZoom": record.max_zoom,
        "visible": record.visible,
        "palette": record.palette,
        "breaks": list(record.breaks),
        "breaksProperty": record.breaks_property,
        "breaksUnit": record.breaks_unit,
        "source": _(version.source) if version.source else "",
        "licence": _(version.licence) if version.licence else "",
        "date": version.data_date,
        "number": version.number,
        "published": version.published_at.date().isoformat() if version.published_at else "",
        "nature": version.nature,
        "natureLabel": str(Nature(version.nature).label),
        "method": _(version.method) if version.method else "",
        "properties": [
            {"key": p.column, "label": str(p.label), "unit": p.unit, "words": p.words}
            for p in record.properties
        ],
    }


def layer_documents(
    versions: Iterable[LayerVersion], newest: Iterable[LayerVersion] | None = None
) -> list[dict[str, Any]]:
    """Describe layers for the map; one that is not among the `newest` says so (`outdated`)."""
    current = None if newest is None else {version.pk for version in newest}
    documents = (layer_document(version) for version in versions)
    return [
        document | {"outdated": current is not None and document["version"] not in current}
        for document in documents
        if document
    ]


def bounds_of(town: Municipality) -> list[float]:
    """West, south, east, north in degrees."""
    shapes = Municipality.objects.filter(pk=town.pk).annotate(degrees=Transform("extent", 4326))
    return list(shapes.aggregate(box=Extent("degrees"))["box"])


EXTENT_OF_LAYERS = """
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM (
    SELECT ST_Extent(ST_Transform(ST_SetSRID(part::geometry, {srid}), 4326)) AS box
    FROM ({parts}) parts
) boxes
"""
FRAMING_KINDS = (LayerKind.PARCELS, LayerKind.PIPES, LayerKind.BUILDINGS)


def bounds_of_layers(documents: list[dict[str, Any]], around: float = 0.0008) -> list[float] | None:
    """West, south, east, north of what a town has loaded, with a little room; None if nothing."""
    framing = [d for d in documents if d["kind"] in FRAMING_KINDS]
    if not framing:
        return None
    parts = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT ST_Extent(geom) AS part FROM {} WHERE version_id = {}").format(
            sql.Identifier(BY_KIND[d["kind"]].model._meta.db_table), sql.Literal(d["version"])
        )
        for d in framing
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(EXTENT_OF_LAYERS).format(srid=sql.Literal(STORAGE_SRID), parts=parts)
        )
        west, south, east, north = cursor.fetchone()
    if west is None:
        return None
    return [west - around, south - around, east + around, north + around]


def versions_by_layer(town: Municipality) -> list[dict[str, Any]]:
    """Group the versions of each layer, newest first."""
    layers: dict[int, dict[str, Any]] = {}
    for version in all_versions(town):
        entry = layers.setdefault(version.layer_id, {"layer": version.layer, "versions": []})
        version.features = (
            version.rows_read - version.rows_refused if version.layer.kind in BY_KIND else None
        )
        entry["versions"].append(version)
    return list(layers.values())


def running_jobs(town: Municipality) -> QuerySet[Job]:
    return Job.objects.filter(municipality=town).exclude(state__in=ENDED_JOB_STATES)


def page_context(request: HttpRequest, town: Municipality, section: str) -> dict[str, Any]:
    """Return what the frame of every page of a town needs."""
    return {
        "town": town,
        "towns": list(towns_of(request.user)),
        "section": section,
        "running": running_jobs(town).count(),
        "can_write": town.can_write,
    }
