"""The quick way to a tile: one question decides who may have it, before anything else is loaded.

A map asks for dozens of tiles at once. The door lets in who is signed in by a session of her own,
belongs to the town, and may see the class of the layer, all of it asked of the database for every
tile. It only ever says yes: whoever it does not know goes the ordinary way, to the ordinary answer.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.crypto import constant_time_compare

from heatmap.choices import CAPABILITIES
from heatmap.identity import acting_as
from heatmap.models import LayerVersion
from heatmap.selectors import is_withheld
from heatmap.tile_answers import TileOf, tile_answer
from heatmap.tile_grid import tile_exists

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
Handler = Callable[[HttpRequest], HttpResponse]

ADDRESS = re.compile(r"^/tiles/([a-z_]+)/(\d{1,18})/(\d{1,2})/(\d{1,7})/(\d{1,7})\.mvt$")
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
DOOR = "SELECT * FROM heathub_tile_door(%s, %s, %s)"
MOST_REMEMBERED = 10_000

_data_of: dict[str, str] = {}
"""What each session held last: a guess that every answer of the database is compared with."""
_kinds: dict[int, str] = {}


class TileMiddleware:
    """Stands before sessions and languages, which tiles do not need."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if (
            session
            and request.method == "GET"
            and "Authorization" not in request.headers
            and (asked := ADDRESS.match(request.path_info))
        ):
            response = _answer(request, session, asked)
            if response is not None:
                return response
        return self.get_response(request)


def _answer(request: HttpRequest, session: str, asked: re.Match[str]) -> HttpResponse | None:
    kind, (version_id, z, x, y) = asked[1], map(int, asked.groups()[1:])
    data = _data_of.get(session) or _looked_up(session)
    person, claim = _claim_of(data)
    if person is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(DOOR, [session, person, version_id])
        row = cursor.fetchone()
    if row is None or row[0] != data:
        _data_of.pop(session, None)
        return None
    _, password, role, data_class, content_hash = row
    if (
        not constant_time_compare(claim, _session_hash(password))
        or is_withheld(data_class, CAPABILITIES[role])
        or kind != _kind_of_version(version_id, person)
        or not tile_exists(z, x, y)
    ):
        return None
    request.resolver_match = resolve(request.path_info)  # the statistics want the view's name
    of = TileOf(kind, version_id, content_hash)
    return tile_answer(request, of, z, x, y, identity=acting_as(user_id=person))


def _looked_up(session: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(SESSION, [session])
        row = cursor.fetchone()
    if row is None:
        return ""
    if len(_data_of) >= MOST_REMEMBERED:
        _data_of.clear()
    _data_of[session] = row[0]
    return str(row[0])


@lru_cache(maxsize=MOST_REMEMBERED)
def _claim_of(data: str) -> tuple[int | None, str]:
    """Return whom a session says it belongs to, and its proof; nobody for one that is not ours."""
    found = SessionStore().decode(data)
    if found.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None, ""
    return int(found[SESSION_KEY]), found.get(HASH_SESSION_KEY, "")


@lru_cache(maxsize=MOST_REMEMBERED)
def _session_hash(password: str) -> str:
    return User(password=password).get_session_auth_hash()


def _kind_of_version(version_id: int, person: int) -> str | None:
    """Return the kind of a version, which never changes."""
    if version_id not in _kinds:
        with acting_as(user_id=person):
            rows = LayerVersion.objects.filter(pk=version_id).values_list("layer__kind", flat=True)
            found = rows.first()
        if found is None:
            return None
        if len(_kinds) >= MOST_REMEMBERED:
            _kinds.clear()
        _kinds[version_id] = found
    return _kinds[version_id]
