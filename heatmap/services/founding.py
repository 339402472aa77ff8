"""Founds a town from one OpenStreetMap extract: layers, prices and weather, all or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User

from heatmap.choices import DataClass, Nature, Role, SeriesQuantity
from heatmap.identity import acting_as
from heatmap.ingest.data_wheels import climate_at, day_ahead_prices, weather_of_region
from heatmap.models import LayerVersion, Municipality
from heatmap.services.layers import Provenance, publish_series
from heatmap.services.municipalities import create_municipality, let_in
from heatmap.services.towns import publish_extract, read_extract

WGS84 = 4326
MARGIN_M = 250.0
PRICE_YEAR = 2024


@dataclass(frozen=True)
class TownPlan:
    """What must be known of a town before its extract is read.

    Attributes
    ----------
    slug, name : str
    country : str
        ISO code; decides tariffs and the hour of the wall clock.
    srid : int
        EPSG code of the national grid in which lengths and areas are taken.
    source, data_date : str
        Where the extract comes from and how old it is.
    grow_network : bool
        Derive a network from the plant when the extract shows no pipes.
    is_demo : bool
    """

    slug: str
    name: str
    country: str
    srid: int
    source: str
    data_date: str = ""
    grow_network: bool = False
    is_demo: bool = False


def open_town(plan: TownPlan, bounds_m: Sequence[float], user: User | None) -> Municipality:
    """Create a town with a margin around what it shows; `user` becomes its administrator."""
    west, south, east, north = bounds_m
    town = create_municipality(
        slug=plan.slug,
        name=plan.name,
        country=plan.country,
        srid=plan.srid,
        bounds_m=(west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M),
        is_demo=plan.is_demo,
    )
    if user is not None:
        let_in(town, user, Role.ADMINISTRATOR)
    return town


def found_town(plan: TownPlan, path: Path, user: User | None, say: Callable[[str], None]) -> None:
    """Read the extract and publish everything in one transaction; `user` becomes its
    administrator."""
    say(f"{plan.name}: reading the map extract")
    extract = read_extract(path, grow_network=plan.grow_network)
    with acting_as(municipality=plan.slug):
        town = open_town(plan, extract.bounds(), user)
        for version in publish_extract(
            town, extract, source=plan.source, data_date=plan.data_date, user=user
        ):
            say(f"{plan.name}: {version.layer.kind}, {version.rows_read} features")
        say(f"{plan.name}: prices and weather")
        publish_demo_prices(town, user)
        publish_weather(town, user)


def is_founded(slug: str) -> bool:
    """Whether the town has layers already."""
    with acting_as(municipality=slug):
        return LayerVersion.objects.exists()


def publish_demo_prices(town: Municipality, user: User | None) -> None:
    """Publish the prices of a neighbouring zone, labelled as such."""
    prices, filled = day_ahead_prices(PRICE_YEAR)
    publish_series(
        town,
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


def publish_weather(town: Municipality, user: User | None) -> None:
    """Publish the test reference year of the town's climate region."""
    middle = town.extent.centroid
    middle.transform(WGS84)
    climate = climate_at(middle.x, middle.y)
    publish_series(
        town,
        "Outdoor temperature",
        SeriesQuantity.TEMPERATURE,
        climate.label,
        weather_of_region(climate.region).tolist(),
        Provenance(
            source="Deutscher Wetterdienst test reference years 2010, in demandlib 0.2.2",
            licence="DWD open data terms; package MIT",
            crs_delivered="-",
            data_class=DataClass.PUBLIC,
            nature=Nature.ILLUSTRATIVE if climate.is_substitute else Nature.MEASURED,
            data_date="1988-2007",
            user=user,
        ),
    )
