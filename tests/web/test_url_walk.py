"""Every address of the project, tried by everybody who should get nothing from it.

Addresses are found from the resolver, so a new one is walked without being named here; what it
takes as parameters must be known, with values of another town.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from factories import make_person, make_town

from heatmap.choices import JobKind, JobState, Role
from heatmap.identity import acting_as
from heatmap.models import Arrival, LayerVersion, Membership
from heatmap.services import people, tokens, uploads
from heatmap.services.jobs import create_job
from sites.models import Report

pytestmark = pytest.mark.django_db

# Addresses that show no town, and why everybody, or everybody signed in, may open them.
OPEN = {
    "login": "the way in",
    "set_language": "a cookie of one's own",
    "healthz": "says ok",
    "readyz": "says what does not answer",
    "metrics": "counts views and kinds of work, for this machine",
    "demo_sign_in": "refuses whoever is not at the machine of a demo",
    "invitation": "opens with a secret only",
    "new_password": "opens with a secret only",
}
WORDS = {"kind", "file"}  # parameters that are the same in every town
ONES_OWN = {
    "home", "account", "logout",
    # what the interface says of itself, and the collections of one's own towns
    "api", "api_conformance", "api_openapi", "api_collections", "api_tile_matrix_sets",
    "api_tile_matrix_set",
}  # fmt: skip
# Written by asking itself.
NOISE = {
    "heatmap_auditentry",
    "heatmap_tally",
    "django_session",
    "axes_accessattempt",
    "axes_accessfailurelog",
    "axes_accesslog",
    "axes_accessattemptexpiration",
}
ANSWERS = {
    "role": "administrator",
    "email": "planted@example.org",
    "name": "planted",
    "scope": "read,restricted",
    "days": "366",
    "active": "0",
    "pinned": "1",
    "language": "de",
    "kind": "parcels",
    "source": "planted",
    "licence": "planted",
}


@dataclass
class Prey:
    """Another town with one of everything."""

    town: object
    values: dict[str, object]
    tells: list[str] = field(default_factory=list)


@pytest.fixture
def prey(town, finished_run, planner) -> Prey:
    with acting_as(user_id=planner.pk):
        versions = LayerVersion.objects.filter(layer__kind="parcels", published_at__isnull=False)
        version = versions.order_by("-number")[0]
        candidate = finished_run.candidates.get(rank=1)
        report = Report.objects.create(
            municipality=town, run=finished_run, language="en",
            job=create_job(town, JobKind.REPORT, planner),
        )  # fmt: skip
        type(report.job).objects.filter(pk=report.job_id).update(state=JobState.DONE)
        token, _secret = tokens.create_token(
            town, planner, name="QGIS of the town", scope="read", days=7
        )
        membership = Membership.objects.get(user=planner)
    with acting_as(municipality=town.slug):
        arrival = Arrival.objects.create(
            municipality=town, created_by=planner, original_name="coming.csv", size_bytes=10
        )
        upload = uploads.receive(
            town, planner, kind="parcels", file=ContentFile(b"id,wkt"), name="brought.csv"
        )
        invitation, _secret = people.invite(
            town, email="guest@town.example", role=Role.VIEWER, user=planner
        )
    values = {
        "slug": town.slug, "run_id": finished_run.pk, "job_id": finished_run.job_id,
        "study_id": finished_run.study_id, "report_id": report.pk, "ref": candidate.ref,
        "layer_id": version.layer_id, "kind": "heat_lines", "layer": "parcels",
        "version": version.pk, "z": 15, "x": 16934, "y": 11000,
        "membership_id": membership.pk, "invitation_id": invitation.pk, "token_id": token.pk,
        "arrival_id": arrival.pk, "upload_id": upload.pk, "file": "sample.csv",
        "user_id": planner.pk, "secret": f"{town.slug}.{'x' * 43}",
        "uidb64": "MQ", "token": "abc-def",
        "collection_id": f"{town.slug}-parcels-{version.layer_id}", "name": "WebMercatorQuad",
        "row": 11000, "col": 16934,
    }  # fmt: skip
    tells = [
        town.name,
        candidate.ref,
        "brought.csv",
        "coming.csv",
        "guest@town.example",
        "QGIS of the town",
    ]
    return Prey(town, values, tells)


def addresses() -> Iterator[tuple[str, URLPattern, list[object]]]:
    def walk(resolver: URLResolver, before: list[object]) -> Iterator:
        for entry in resolver.url_patterns:
            path = [*before, entry.pattern]
            if isinstance(entry, URLResolver):
                yield from walk(entry, path)
            else:
                yield entry.name, entry, path

    return walk(get_resolver(), [])


def filled(path: list[object], values: dict[str, object]) -> str:
    """The address with these values; an unknown parameter must first be given one above."""
    url = "/"
    for part in path:
        route = str(part)
        for name, converter in part.converters.items():
            assert name in values, f"tell the walk what {name} in {route!r} is in another town"
            written = converter.to_url(values[name])
            for kind in ("slug:", "uuid:", "int:", "path:", "str:", ""):
                route = route.replace(f"<{kind}{name}>", written)
        url += route
    assert "<" not in url, url
    return url


def state_of(slug: str) -> dict[str, str]:
    """A fingerprint of every table, as far as the town, an operator and the accounts reach."""
    found = {}
    with acting_as(municipality=slug), connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if table in NOISE:
                continue
            columns = "t" if table != "auth_user" else "(t.id, t.password, t.is_active, t.username)"
            cursor.execute(
                f"SELECT md5(string_agg(md5({columns}::text), '' ORDER BY md5({columns}::text)))"
                f" FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def client_of(user) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def person_with(role: Role | None):
    person = make_person(f"walker-{role}")
    if role is None:
        return person, None
    own = make_town(member=person)
    with acting_as(municipality=own.slug):
        Membership.objects.filter(user=person).update(role=role)
    return person, own


WALKERS = ["nobody", "stranger", Role.VIEWER, Role.PLANNER, Role.ADMINISTRATOR]


@pytest.mark.parametrize("who", WALKERS, ids=str)
def test_nothing_of_another_town_leaks_or_changes(prey, who):
    person, own = (None, None)
    if who != "nobody":
        person, own = person_with(None if who == "stranger" else who)
    client = client_of(person)
    before = state_of(prey.town.slug)
    # the other town's address, and one's own town with the other town's ids
    every = [prey.values] + ([prey.values | {"slug": own.slug}] if own else [])
    walked = 0
    for values in every:
        in_own_town = own is not None and values["slug"] == own.slug
        for name, _entry, path in addresses():
            takes_ids = set().union(*(part.converters for part in path)) - {"slug", *WORDS}
            if in_own_town and not takes_ids:
                continue  # her own page
            url = filled(path, values)
            for method in ("get", "post"):
                if name == "logout" and method == "post":
                    continue
                response = getattr(client, method)(url, ANSWERS if method == "post" else {})
                where = f"{method.upper()} {url} as {who}: {response.status_code}"
                walked += 1
                assert response.status_code < 500 or name == "readyz", where
                body = b"".join(response) if response.streaming else response.content
                shown = body.decode(errors="replace").replace(url, "")
                # an own town is shown on pages that answer; the other one never is
                leaks = [tell for tell in prey.tells if tell in shown]
                assert not leaks, f"{where} tells {leaks}"
                if name in OPEN or (person is not None and name in ONES_OWN):
                    continue
                if person is None:
                    refused = {301, 302, 401, 405}
                    assert response.status_code in refused, where
                    if response.status_code == 302:
                        assert response.url.startswith("/login/"), where
                else:
                    assert response.status_code in {403, 404, 405}, where
    assert walked >= 2 * 35  # the walk has found the addresses
    assert state_of(prey.town.slug) == before


def test_a_viewer_of_the_town_changes_nothing(prey):
    viewer = make_person("viewer")
    with acting_as(municipality=prey.town.slug):
        Membership.objects.create(user=viewer, municipality=prey.town, role=Role.VIEWER)
    client = client_of(viewer)
    before = state_of(prey.town.slug)
    for name, _entry, path in addresses():
        if name in OPEN or name in ONES_OWN:
            continue
        url = filled(path, prey.values)
        if name == "tokens":
            continue  # a token of one's own: it can read what its owner may, see test_tokens
        response = client.post(url, ANSWERS)
        assert response.status_code in {403, 404, 405}, f"{url}: {response.status_code}"
    assert state_of(prey.town.slug) == before


def test_a_system_administrator_sees_no_town_that_she_does_not_belong_to(prey):
    chief = get_user_model().objects.create_superuser(f"chief-{uuid.uuid4().hex[:6]}")
    client = client_of(chief)
    for name, _entry, path in addresses():
        if name in OPEN or name in ONES_OWN or name in {"system", "account_active", "reset_link"}:
            continue
        response = client.get(filled(path, prey.values))
        assert response.status_code in {403, 404, 405}, f"{name}: {response.status_code}"
    assert client.get("/system/").status_code == 200


def test_the_walk_would_notice_a_page_that_leaks(prey, planner):
    # the same pages, asked by a member, do tell: so the marks the walk looks for are real ones
    client = client_of(planner)
    pages = [
        client.get(f"/m/{prey.town.slug}/{part}").content.decode()
        for part in ("", "people/", "data/")
    ]
    told = [tell for tell in prey.tells if any(tell in page for page in pages)]
    assert prey.town.name in told
    assert prey.values["ref"] in told
    assert {"brought.csv", "coming.csv"} <= set(told)
