"""Questions the map room asks the database. `get_` functions check access; strangers get 404."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import Transform
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from psycopg import sql

from heatmap.choices import (
    CAPABILITIES,
    ENDED_JOB_STATES,
    Capability,
    DataClass,
    LayerKind,
)
from heatmap.layers import BY_KIND
from heatmap.models import (
    ApiToken,
    Arrival,
    AuditEntry,
    Invitation,
    Job,
    LayerVersion,
    Membership,
    Municipality,
    Upload,
)
from heatmap.models.municipality import STORAGE_SRID

FIRST_TOWN = "aachen-melaten"
MOST_VERSIONS, MOST_DIGITS = 30, 18
"""Of layers that an address may name."""


def towns_of(user: Any) -> QuerySet[Municipality]:
    return Municipality.objects.filter(membership__user=user).order_by("name")


def first_town(user: Any) -> Municipality | None:
    towns = list(towns_of(user))
    return next((town for town in towns if town.slug == FIRST_TOWN), towns[0] if towns else None)


def get_municipality(
    request: HttpRequest, slug: str, *, to: Capability = Capability.LOOK
) -> Municipality:
    """Return the town if this person belongs to it; 403 when her role does not let her do that."""
    membership = get_object_or_404(
        Membership.objects.select_related("municipality"),
        user=request.user,
        municipality__slug=slug,
    )
    town = membership.municipality
    town.may = CAPABILITIES[membership.role] & _scope_of(request)
    if to not in town.may:
        if to == Capability.ADMINISTER:
            raise PermissionDenied(_("Only the administrators of this town may do that."))
        raise PermissionDenied(_("Your role in this town lets you look, not change."))
    return town


def _scope_of(request: HttpRequest) -> frozenset[Capability]:
    """Return what the way of asking allows: everything for a person, less for her token."""
    token = getattr(request, "token", None)
    if token is None:
        return frozenset(Capability)
    restricted = {Capability.SEE_RESTRICTED} if "restricted" in token.scope.split(",") else set()
    return frozenset({Capability.LOOK, *restricted})


def get_published_version(request: HttpRequest, kind: str, number: int) -> tuple[int, str]:
    """Return id and hash of a version for its tiles; 404 to strangers, and if it is withheld."""
    if kind not in BY_KIND:
        raise Http404
    found = (
        LayerVersion.objects.filter(published_at__isnull=False, layer__kind=kind, pk=number)
        .filter(municipality__membership__user=request.user.pk)
        .values_list("data_class", "municipality__membership__role", "content_hash")
        .first()
    )
    if found is None or is_withheld(found[0], CAPABILITIES[found[1]] & _scope_of(request)):
        raise Http404
    return number, found[2]


def is_withheld(data_class: str, may: frozenset[Capability]) -> bool:
    """Whether a layer of this class is too sensitive for somebody who may do no more than this."""
    return data_class == DataClass.RESTRICTED and Capability.SEE_RESTRICTED not in may


def members_of(town: Municipality) -> QuerySet[Membership]:
    rows = Membership.objects.filter(municipality=town).select_related("user", "municipality")
    return rows.order_by("user__username")


def get_member(town: Municipality, membership_id: int) -> Membership:
    return get_object_or_404(members_of(town), pk=membership_id)


def open_invitations(town: Municipality) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(municipality=town, accepted_at=None)
    return rows.select_related("invited_by", "municipality")


def get_invitation(town: Municipality, invitation_id: Any) -> Invitation:
    return get_object_or_404(open_invitations(town), pk=invitation_id)


def tokens_of(town: Municipality, user: Any = None) -> QuerySet[ApiToken]:
    """Return the tokens of one person, or of all, in this town."""
    rows = ApiToken.objects.filter(municipality=town).select_related("user", "municipality")
    return rows if user is None else rows.filter(user=user)


def get_token(town: Municipality, user: Any, token_id: Any) -> ApiToken:
    """Return a token to its owner, and to the administrators of the town."""
    owner = None if Capability.ADMINISTER in town.may else user
    return get_object_or_404(tokens_of(town, owner), pk=token_id)


def all_towns() -> QuerySet[Municipality]:
    """Return every town with its number of members; the wall shows them to a system
    administrator."""
    return Municipality.objects.annotate(members=Count("membership")).order_by("name")


def all_accounts(part: str = "") -> QuerySet[User]:
    """Return the accounts whose name or address holds `part`."""
    people = User.objects.order_by("username")
    return people.filter(Q(username__icontains=part) | Q(email__icontains=part)) if part else people


def acts_anywhere() -> QuerySet[AuditEntry]:
    """Return the log of all towns and of none; the wall shows it to a system administrator."""
    return AuditEntry.objects.all()


def acts_in(town: Municipality) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(municipality_id=town.pk)


def get_job(town: Municipality, job_id: Any) -> Job:
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
    return in_drawing_order(versions, town)


def these_versions(town: Municipality, ids: Iterable[int]) -> list[LayerVersion]:
    """Return the versions with these ids, in drawing order: what a run used, not what is newest."""
    versions = LayerVersion.objects.filter(municipality=town, pk__in=list(ids))
    return in_drawing_order(versions.select_related("layer"), town)


def asked_versions(request: HttpRequest, town: Municipality) -> list[LayerVersion]:
    """Return the versions that the page shows, as far as this person may see them."""
    ids = request.GET.get("versions", "").split(",")
    if ids == [""]:
        return current_versions(town)
    numbers = [int(i) for i in ids[:MOST_VERSIONS] if i.isdecimal() and len(i) <= MOST_DIGITS]
    return [v for v in these_versions(town, numbers) if v.published_at]


def withheld_layers(town: Municipality) -> list[str]:
    """Name the layers that this person's role does not let her see."""
    if Capability.SEE_RESTRICTED in town.may:
        return []
    rows = LayerVersion.objects.filter(
        municipality=town, published_at__isnull=False, data_class=DataClass.RESTRICTED
    )
    names = rows.order_by("layer__kind").values_list("layer__name", flat=True).distinct()
    return [_(name) for name in names]


def in_drawing_order(versions: Iterable[LayerVersion], town: Municipality) -> list[LayerVersion]:
    """Sort for drawing, without what is too sensitive for this person's role."""
    return sorted(
        (version for version in versions if not is_withheld(version.data_class, town.may)),
        key=lambda v: BY_KIND[v.layer.kind].order if v.layer.kind in BY_KIND else 999,
    )


def all_versions(town: Municipality) -> QuerySet[LayerVersion]:
    versions = LayerVersion.objects.filter(municipality=town).select_related("layer", "created_by")
    return versions.order_by("layer__kind", "layer__name", "-number")


def recent_uploads(town: Municipality, limit: int = 10) -> QuerySet[Upload]:
    """Return the newest uploads with their reports, to those who may bring data."""
    uploads = Upload.objects.filter(municipality=town).select_related("job", "version__layer")
    if Capability.PLAN not in town.may:
        return uploads.none()
    return uploads.order_by("-created_at")[:limit]


def get_upload(town: Municipality, upload_id: Any) -> Upload:
    uploads = Upload.objects.select_related("municipality", "job", "version__layer")
    return get_object_or_404(uploads, municipality=town, pk=upload_id)


def arrivals_of(town: Municipality, user: Any) -> QuerySet[Arrival]:
    """Return the files that this person has begun to send and that have not come whole."""
    return Arrival.objects.filter(municipality=town, created_by=user)


def get_arrival(town: Municipality, user: Any, arrival_id: Any) -> Arrival:
    """Return a file on its way to who sends it; its row stays locked while a part is taken."""
    rows = arrivals_of(town, user).select_for_update(of=("self",))
    return get_object_or_404(rows, pk=arrival_id)


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
    framing = [d for d in documents if d["kind"] in FRAMING_KINDS or len(documents) == 1]
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
        if is_withheld(version.data_class, town.may):
            version.report = {}  # refused rows tell what the layer holds
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
        "can_write": Capability.PLAN in town.may,
        "can_administer": Capability.ADMINISTER in town.may,
    }
