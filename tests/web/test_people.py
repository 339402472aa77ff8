"""Roles, invitations, tokens, the log of acts: what each lets a person or a program do."""

import csv
import io
import os
from datetime import timedelta

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import make_person, make_town, make_version

from heatmap.choices import DataClass, Role
from heatmap.identity import acting_as
from heatmap.layers import BY_KIND
from heatmap.models import ApiToken, AuditEntry, Building, Invitation, Layer, Membership
from heatmap.services import people, tokens
from heatmap.shape_selectors import drawn_features, kept_at_home
from heatmap.tiles import tile_bytes

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery 7"


@pytest.fixture
def chief():
    return make_person("chief")


@pytest.fixture
def home(chief):
    """A town with one administrator."""
    town = make_town(member=chief)
    with acting_as(municipality=town.slug):
        Membership.objects.filter(user=chief).update(role=Role.ADMINISTRATOR)
    return town


def member(town, role):
    person = make_person(str(role))
    with acting_as(municipality=town.slug):
        Membership.objects.create(municipality=town, user=person, role=role)
    return person


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def invite_link(town, role="planner", email="new@town.example") -> str:
    with acting_as(municipality=town.slug):
        _invitation, secret = people.invite(town, email=email, role=role, user=None)
    return reverse("invitation", args=[secret])


# --- invitations ----------------------------------------------------------------------------------


def test_an_administrator_invites_and_the_link_is_shown_once(home, chief):
    client = signed_in(chief)
    page = client.post(f"/m/{home.slug}/people/", {"email": "a@b.example", "role": "planner"})
    assert page.status_code == 200
    secret = page.context["link"].split("/invitations/")[1].rstrip("/")
    assert secret in page.content.decode()
    with acting_as(municipality=home.slug):
        assert Invitation.objects.get().secret_hash != secret
    assert secret not in client.get(f"/m/{home.slug}/people/").content.decode()


def test_an_invited_person_makes_an_account_and_has_the_role(home, client):
    link = invite_link(home)
    page = client.get(link)
    assert page.status_code == 200
    answer = {"username": "newcomer", "password1": GOOD, "password2": GOOD}
    assert client.post(link, answer).url == f"/m/{home.slug}/"
    with acting_as(municipality=home.slug):
        assert Membership.objects.get(user__username="newcomer").role == Role.PLANNER
    assert client.get(f"/m/{home.slug}/data/").status_code == 200
    # the link works once
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(
    "password", ["short7!", "password12345", "123456789012345", "newcomer-new"]
)
def test_weak_passwords_are_refused_with_a_reason(home, client, password):
    link = invite_link(home)
    answer = {"username": "newcomer-new", "password1": password, "password2": password}
    page = client.post(link, answer)
    assert page.status_code == 422
    assert page.context["form"].errors["password2"]


def test_a_person_with_an_account_joins_with_it(home):
    person = make_person("has-account")
    link = invite_link(home, Role.ENGINEER)
    assert signed_in(person).post(link).status_code == 302
    with acting_as(municipality=home.slug):
        assert Membership.objects.get(user=person).role == Role.ENGINEER


def test_a_taken_name_is_refused_and_the_invitation_stays_open(home, client):
    make_person("x")
    taken = get_user_model().objects.first().username
    link = invite_link(home)
    page = client.post(link, {"username": taken, "password1": GOOD, "password2": GOOD})
    assert page.status_code == 422
    assert client.get(link).status_code == 200


def test_expired_withdrawn_and_garbled_invitations_open_nothing(home, client, chief):
    link = invite_link(home)
    with acting_as(municipality=home.slug):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    link = invite_link(home)
    with acting_as(municipality=home.slug):
        invitation = Invitation.objects.get(accepted_at=None)
    url = reverse("withdraw", args=[home.slug, invitation.pk])
    assert signed_in(chief).post(url).status_code == 302
    assert client.get(link).status_code == 404
    assert client.get(link[:-5] + "/").status_code == 404
    assert client.get(f"/invitations/nowhere.{'x' * 43}/").status_code == 404


# --- roles ----------------------------------------------------------------------------------------


def test_only_administrators_open_people_and_log(home):
    for role in (Role.VIEWER, Role.PLANNER, Role.ENGINEER):
        client = signed_in(member(home, role))
        assert client.get(f"/m/{home.slug}/people/").status_code == 403
        assert client.get(f"/m/{home.slug}/acts/").status_code == 403


def test_a_town_keeps_at_least_one_administrator(home, chief):
    client = signed_in(chief)
    with acting_as(municipality=home.slug):
        own = Membership.objects.get(user=chief)
    client.post(reverse("role", args=[home.slug, own.pk]), {"role": "viewer"})
    client.post(reverse("let_go", args=[home.slug, own.pk]))
    with acting_as(municipality=home.slug):
        assert Membership.objects.get(user=chief).role == Role.ADMINISTRATOR
    second = member(home, Role.ADMINISTRATOR)
    client.post(reverse("let_go", args=[home.slug, own.pk]))
    with acting_as(municipality=home.slug):
        assert [m.user for m in Membership.objects.all()] == [second]


def test_roles_hold_in_the_database_too(home, chief):
    planner, viewer = member(home, Role.PLANNER), member(home, Role.VIEWER)
    with acting_as(user_id=planner.pk):
        assert Membership.objects.filter(user=planner).update(role="administrator") == 0
        assert Layer.objects.create(municipality=home, kind="parcels", name="mine")
    with pytest.raises(ProgrammingError, match="row-level"), acting_as(user_id=planner.pk):
        Membership.objects.create(municipality=home, user=make_person("friend"), role="viewer")
    with pytest.raises(ProgrammingError, match="row-level"), acting_as(user_id=viewer.pk):
        Layer.objects.create(municipality=home, kind="parcels", name="planted")
    with acting_as(user_id=viewer.pk):
        assert Layer.objects.filter(name="mine").update(name="changed") == 0
        assert Layer.objects.filter(name="mine").delete()[0] == 0
    with acting_as(user_id=chief.pk):
        assert Membership.objects.filter(user=viewer).update(role="planner") == 1


def test_a_closed_account_sees_nothing_even_on_a_raw_connection(home, chief):
    with acting_as(user_id=chief.pk):
        assert Membership.objects.exists()
    get_user_model().objects.filter(pk=chief.pk).update(is_active=False)
    with acting_as(user_id=chief.pk):
        assert not Membership.objects.exists()


# --- classes of data ------------------------------------------------------------------------------


@pytest.fixture
def secret_version(home):
    """A restricted layer with one building in the middle of the town."""
    return make_version(home, "buildings", data_class=DataClass.RESTRICTED)


TILE = (10, 529, 343)  # holds the town of the factory


def test_restricted_layers_are_withheld_from_viewers(home, secret_version):
    z, x, y = TILE
    url = reverse("tile", args=["buildings", secret_version.pk, z, x, y])
    viewer, planner = member(home, Role.VIEWER), member(home, Role.PLANNER)
    assert signed_in(planner).get(url).status_code == 200
    assert signed_in(viewer).get(url).status_code == 404
    page = signed_in(viewer).get(f"/m/{home.slug}/").content.decode()
    assert f"/tiles/buildings/{secret_version.pk}" not in page
    assert f"buildings-{secret_version.pk}" not in page
    assert (
        f"buildings-{secret_version.pk}"
        in signed_in(planner).get(f"/m/{home.slug}/").content.decode()
    )


def test_a_viewer_reads_no_refused_rows_of_a_restricted_layer(home):
    make_version(home, "buildings", data_class=DataClass.RESTRICTED, refused=[{
        "row": 7, "ref": "HOUSE-OF-MRS-SMITH", "message": "the shape is not an area", "values": {},
    }])  # fmt: skip
    told = [
        "HOUSE-OF-MRS-SMITH"
        in signed_in(member(home, role)).get(f"/m/{home.slug}/data/").content.decode()
        for role in (Role.VIEWER, Role.PLANNER)
    ]
    assert told == [False, True]


def test_a_tile_query_without_its_access_check_still_shows_nothing(home, secret_version):
    stranger = make_person("stranger")
    viewer, planner = member(home, Role.VIEWER), member(home, Role.PLANNER)

    def tile(person) -> bytes:
        with acting_as(user_id=person.pk):
            return tile_bytes(BY_KIND["buildings"], secret_version.pk, *TILE)

    assert tile(planner)
    assert tile(viewer) == b""
    assert tile(stranger) == b""
    assert tile_bytes(BY_KIND["buildings"], secret_version.pk, *TILE) == b""


def test_a_raw_connection_as_a_viewer_reads_no_restricted_row(town):
    # the session's town is committed, so a second connection sees it
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as web, web.transaction():
        web.execute("SELECT set_config('heathub.user_id', '-1', true)")
        assert web.execute("SELECT count(*) FROM heatmap_building").fetchone() == (0,)
        assert web.execute("SELECT heathub_withheld()").fetchone() == ([],)


def test_no_map_takes_restricted_layers_or_single_households_away(home, secret_version):
    cells = make_version(
        home, "heat_demand", data_class=DataClass.MUNICIPAL,
        rows=[{"heat_demand_mwh_per_a": 50.0, "buildings": 4},
              {"heat_demand_mwh_per_a": 90.0, "buildings": 5}],
    )  # fmt: skip
    open_version = make_version(home, "buildings", data_class=DataClass.MUNICIPAL, name="open")
    with acting_as(municipality=home.slug):
        taken = drawn_features({"buildings": secret_version.pk, "heat_demand": cells.pk}, 4326)
        assert [f["properties"]["buildings"] for f in taken] == [5]
        assert kept_at_home([secret_version.pk, cells.pk]) == [secret_version.layer.name]
        shapes = drawn_features({"buildings": open_version.pk}, 4326)
    assert shapes
    assert all("heat_demand_mwh_per_a" not in f["properties"] for f in shapes)


# --- tokens ---------------------------------------------------------------------------------------


def bearer(secret: str) -> dict:
    return {"headers": {"authorization": f"Bearer {secret}"}}


def make_token(town, user, scope="read", days=30):
    with acting_as(user_id=user.pk):
        return tokens.create_token(town, user, name="program", scope=scope, days=days)


def test_a_token_reads_a_run_and_only_that_town(client, town, finished_run, planner):
    _token, secret = make_token(town, planner)
    url = f"/api/runs/{finished_run.pk}.json"
    assert client.get(url).status_code == 401
    assert client.get(url, **bearer(secret)).status_code == 200
    other = make_town(member=planner)
    _token, elsewhere = make_token(other, planner)
    assert client.get(url, **bearer(elsewhere)).status_code == 404


def test_a_token_opens_no_page_and_changes_nothing(client, town, planner):
    _token, secret = make_token(town, planner)
    assert client.get(f"/m/{town.slug}/data/", **bearer(secret)).status_code == 302
    with acting_as(user_id=planner.pk, only_town=town.pk, scope="read"):
        assert Layer.objects.exists()
        assert Layer.objects.update(name="changed") == 0
        assert ApiToken.objects.update(scope="read,restricted") == 0


@pytest.mark.parametrize(("scope", "status"), [("read", 404), ("read,restricted", 200)])
def test_the_scope_decides_over_restricted_layers(
    client, home, chief, secret_version, scope, status
):
    _token, secret = make_token(home, chief, scope)
    url = reverse("tile", args=["buildings", secret_version.pk, *TILE])
    assert client.get(url, **bearer(secret)).status_code == status


def test_a_viewers_token_never_reads_more_than_the_viewer(client, home, secret_version):
    viewer = member(home, Role.VIEWER)
    _token, secret = make_token(home, viewer, "read,restricted")
    url = reverse("tile", args=["buildings", secret_version.pk, *TILE])
    assert client.get(url, **bearer(secret)).status_code == 404


def test_revoked_expired_and_removed_peoples_tokens_end(client, home, chief):
    viewer = member(home, Role.VIEWER)
    url = "/api/runs/00000000-0000-0000-0000-000000000000.json"
    token, secret = make_token(home, viewer)
    assert client.get(url, **bearer(secret)).status_code == 404  # believed, but no such run
    with acting_as(municipality=home.slug):
        ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert client.get(url, **bearer(secret)).status_code == 401
    token, secret = make_token(home, viewer)
    assert (
        signed_in(viewer).post(reverse("token_revoke", args=[home.slug, token.pk])).status_code
        == 302
    )
    assert client.get(url, **bearer(secret)).status_code == 401
    token, secret = make_token(home, viewer)
    with acting_as(municipality=home.slug):
        membership = Membership.objects.get(user=viewer)
    signed_in(chief).post(reverse("let_go", args=[home.slug, membership.pk]))
    assert client.get(url, **bearer(secret)).status_code == 401


def test_nobody_revokes_anothers_token_but_an_administrator(home, chief):
    viewer, planner = member(home, Role.VIEWER), member(home, Role.PLANNER)
    token, _secret = make_token(home, viewer)
    url = reverse("token_revoke", args=[home.slug, token.pk])
    assert signed_in(planner).post(url).status_code == 404
    assert signed_in(chief).post(url).status_code == 302
    with acting_as(municipality=home.slug):
        assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


# --- signing in, limits ---------------------------------------------------------------------------


def test_five_wrong_passwords_close_the_name_for_a_while(client):
    person = make_person("forgetful")
    person.set_password(GOOD)
    person.save()
    wrong = {"username": person.username, "password": "wrong"}
    answers = [client.post("/login/", wrong).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    right = client.post("/login/", wrong | {"password": GOOD})
    assert right.status_code == 429
    assert int(right["Retry-After"]) > 0
    # another person at the same address still gets in
    other = make_person("other")
    other.set_password(GOOD)
    other.save()
    assert client.post("/login/", {"username": other.username, "password": GOOD}).status_code == 302


def test_a_costly_door_closes_after_its_limit_and_says_when_it_opens(home, chief, settings):
    client = signed_in(chief)
    answers = [
        client.post(f"/m/{home.slug}/people/", {"email": "x", "role": "viewer"}).status_code
        for _ in range(61)
    ]
    assert answers == [422] * 60 + [429]
    refused = client.post(f"/m/{home.slug}/people/", {})
    assert 0 < int(refused["Retry-After"]) <= 3600
    # looking is not limited, nor is another person
    assert client.get(f"/m/{home.slug}/people/").status_code == 200


def test_a_forwarding_header_is_believed_from_our_proxies_only(client, settings):
    def noted() -> str:
        client.post(
            "/login/", {"username": "somebody", "password": "wrong"},
            headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"},
        )  # fmt: skip
        with connection.cursor() as cursor:  # noted without a town: read by a system administrator
            return newest_address(cursor)

    def newest_address(cursor) -> str:
        boss = get_user_model().objects.create_superuser(make_person("b").username + "s")
        with acting_as(user_id=boss.pk):
            return AuditEntry.objects.filter(action="sign_in_failed").first().address

    settings.PROXIES = 0
    assert noted() == "127.0.0.1"
    settings.PROXIES = 1
    assert noted() == "198.51.100.7"
    settings.PROXIES = 2
    assert noted() == "203.0.113.9"


# --- the log of acts ------------------------------------------------------------------------------


def test_the_log_says_who_did_what_when_from_where(home, chief):
    client = signed_in(chief)
    client.post(f"/m/{home.slug}/people/", {"email": "=cmd@b.example", "role": "viewer"})
    with acting_as(user_id=chief.pk):
        act = AuditEntry.objects.get(action="invited")
    assert (act.user_id, act.user_name) == (chief.pk, chief.username)
    assert (act.address, act.subject) == ("127.0.0.1", "=cmd@b.example")
    assert timezone.now() - act.at < timedelta(minutes=1)
    page = client.get(f"/m/{home.slug}/acts/").content.decode()
    assert "=cmd@b.example" in page
    rows = list(csv.reader(io.StringIO(client.get(f"/m/{home.slug}/acts.csv").content.decode())))
    assert rows[0][:3] == ["at_utc", "who", "from"]
    assert [row[4] for row in rows if row[3] == "invited"] == ["'=cmd@b.example"]


def test_the_application_can_only_add_to_the_log(home, chief):
    for statement in (
        "UPDATE heatmap_auditentry SET user_name = 'nobody'",
        "DELETE FROM heatmap_auditentry",
        "TRUNCATE heatmap_auditentry",
    ):
        with (
            psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as web,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            web.execute(statement)
    with acting_as(user_id=member(home, Role.PLANNER).pk):
        assert not AuditEntry.objects.exists()


def test_a_refused_act_leaves_no_trace_of_having_happened(home, chief):
    client = signed_in(chief)
    with acting_as(municipality=home.slug):
        own = Membership.objects.get(user=chief)
    client.post(reverse("let_go", args=[home.slug, own.pk]))
    with acting_as(user_id=chief.pk):
        assert not AuditEntry.objects.filter(action="member_removed").exists()


# --- the system administrator ---------------------------------------------------------------------


def test_a_system_administrator_closes_accounts_and_gives_password_links(home):
    boss = get_user_model().objects.create_superuser(make_person("boss").username + "-s")
    person = make_person("locked")
    client = signed_in(boss)
    page = client.post(reverse("reset_link", args=[person.pk]))
    link = page.context["link"].removeprefix("http://testserver")
    visitor = Client()
    form = visitor.get(link, follow=True)
    answer = {"new_password1": GOOD, "new_password2": GOOD}
    assert visitor.post(form.request["PATH_INFO"], answer).status_code == 302
    assert get_user_model().objects.get(pk=person.pk).check_password(GOOD)
    assert 'type="password"' not in visitor.get(link, follow=True).content.decode()
    client.post(reverse("account_active", args=[person.pk]), {"active": "0"})
    assert not get_user_model().objects.get(pk=person.pk).is_active
    client.post(reverse("account_active", args=[boss.pk]), {"active": "0"})
    assert get_user_model().objects.get(pk=boss.pk).is_active


def test_a_system_administrator_lets_a_first_administrator_into_a_town(home):
    boss = get_user_model().objects.create_superuser(make_person("boss").username + "-s")
    client = signed_in(boss)
    page = client.post(
        "/system/", {"town": home.pk, "email": "mayor@town.example", "role": "administrator"}
    )
    link = page.context["link"].removeprefix("http://testserver")
    assert Client().get(link).status_code == 200
    with acting_as(user_id=boss.pk):
        assert not Building.objects.exists()
