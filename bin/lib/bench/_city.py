"""A generated city for measurements of the map: buildings, half of them around a dense middle."""

import os
import sys

import psycopg
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

SLUG = "generated-city"
MIDDLE_M = (4_321_000.0, 3_210_000.0)
SIDE_M = 20_000.0
DENSE_SHARE, DENSE_SPREAD_M = 0.4, 3000.0

PLACES = """
SELECT i, %(x)s + CASE WHEN random() < %(dense)s
                       THEN sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) * %(spread)s
                       ELSE (random() - 0.5) * %(side)s END AS x,
          %(y)s + CASE WHEN random() < %(dense)s
                       THEN sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) * %(spread)s
                       ELSE (random() - 0.5) * %(side)s END AS y,
       8 + random() * 14 AS w, 8 + random() * 10 AS h
FROM generate_series(1, %(count)s) i
"""
# an L of six corners
BUILDINGS = f"""
INSERT INTO heatmap_building (municipality_id, version_id, ref, name, geom, area_m2, use, storeys,
    storeys_assumed, is_heated, heat_demand_mwh_per_a, is_dwelling)
SELECT %(town)s, %(version)s, 'B' || i, '', ST_SetSRID(ST_MakePolygon(ST_MakeLine(ARRAY[
        ST_MakePoint(x, y), ST_MakePoint(x + w, y), ST_MakePoint(x + w, y + h),
        ST_MakePoint(x + w / 2, y + h), ST_MakePoint(x + w / 2, y + h / 2),
        ST_MakePoint(x, y + h / 2), ST_MakePoint(x, y)])), 3035),
    w * h * 0.75, (ARRAY['residential', 'office', 'retail', 'house'])[1 + floor(random() * 4)],
    1 + floor(random() * 6), random() < 0.5, true,
    CASE WHEN random() < 0.95 THEN round((w * h * 0.75 * 0.12)::numeric, 1) END, true
FROM ({PLACES}) p
"""  # noqa: S608  our own words
PARCELS = f"""
INSERT INTO heatmap_parcel (municipality_id, version_id, ref, name, geom, area_m2, parcel_kind,
    zoning, ownership)
SELECT %(town)s, %(version)s, 'P' || i, '',
    ST_SetSRID(ST_MakeEnvelope(x, y, x + 2 * w, y + 3 * h), 3035), 6 * w * h,
    (ARRAY['parking', 'industrial', 'brownfield'])[1 + floor(random() * 3)], 'unknown', 'unknown'
FROM ({PLACES}) p
"""  # noqa: S608  our own words


def make_city(buildings: int, parcels: int) -> tuple[object, object, dict[str, object], str]:
    """Return the town, its planner, its versions by kind, and her cookie."""
    from django.conf import settings

    from heatmap.choices import DataClass, LayerKind, Nature, Role
    from heatmap.identity import acting_as
    from heatmap.models import Layer, LayerVersion
    from heatmap.services.layers import publish
    from heatmap.services.municipalities import create_municipality, let_in

    person = get_user_model().objects.create_user("viewer-of-tiles")
    x, y = MIDDLE_M
    half = SIDE_M / 2 + 5000
    versions = {}
    with acting_as(municipality=SLUG):
        town = create_municipality(
            slug=SLUG, name="Generated city", country="DE", srid=25832,
            bounds_m=(x - half, y - half, x + half, y + half),
        )  # fmt: skip
        let_in(town, person, Role.PLANNER)
    for kind, statement, count in (
        (LayerKind.BUILDINGS, BUILDINGS, buildings),
        (LayerKind.PARCELS, PARCELS, parcels),
    ):
        print(f"{count} {kind.label}", file=sys.stderr)
        with acting_as(municipality=SLUG):
            layer = Layer.objects.create(municipality=town, kind=kind, name=f"generated {kind}")
            version = LayerVersion.objects.create(
                municipality=town, layer=layer, number=1, source="generated", licence="none",
                crs_delivered="EPSG:3035", content_hash=os.urandom(16).hex(), rows_read=count,
                data_class=DataClass.MUNICIPAL, nature=Nature.ILLUSTRATIVE,
            )  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute("SELECT setseed(0.5)")
                cursor.execute(
                    statement,
                    {"town": town.pk, "version": version.pk, "count": count, "x": x, "y": y,
                     "dense": DENSE_SHARE, "spread": DENSE_SPREAD_M, "side": SIDE_M},
                )  # fmt: skip
            versions[str(kind)] = publish(version)
    # the database does so by itself, within a minute of such a publication
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE heatmap_building, heatmap_parcel, heatmap_tilecell")
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return town, person, versions, f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
