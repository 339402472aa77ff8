"""Founds a town from the generic networks inside pandapower and pandapipes, all or nothing."""

from collections.abc import Callable
from importlib.metadata import version

import shapely
from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.derive import demand, schutterwald
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest.network_tables import POWER, installed_file
from heatmap.services import uploads
from heatmap.services.founding import TownPlan, open_town, publish_demo_prices, publish_weather
from heatmap.services.layers import Provenance, publish_features
from heatmap.services.municipalities import get_municipality

GRID_MODEL = "mv_oberrhein_substations.json"
LICENCE = "BSD-3-Clause; generic, derived from reality"
PACKAGES = {
    LayerKind.BUILDINGS: ("pandapipes",),
    LayerKind.HEAT_DEMAND: ("pandapipes",),
    LayerKind.PIPES: ("pandapipes",),
    LayerKind.PLANTS: ("pandapipes",),
    LayerKind.SUBSTATIONS: ("pandapower",),
    LayerKind.FEEDERS: ("pandapower",),
}


def found_from_networks(plan: TownPlan, user: User | None, say: Callable[[str], None]) -> None:
    """Publish the layers of Schutterwald; `user` becomes its administrator."""
    say(f"{plan.name}: reading the networks")
    customers = schutterwald.customers()
    layers = (
        (LayerKind.BUILDINGS, "Customers", customers, schutterwald.CUSTOMER_METHOD),
        (
            LayerKind.HEAT_DEMAND,
            "Heat demand per 100 m cell",
            demand.demand_cells(customers),
            demand.CELL_METHOD,
        ),
        (LayerKind.PIPES, "Heat network", schutterwald.pipes(), schutterwald.PIPE_METHOD),
        (LayerKind.PLANTS, "Heat plants", schutterwald.plants(), schutterwald.PIPE_METHOD),
        (
            LayerKind.SUBSTATIONS,
            "Substations",
            schutterwald.stations(),
            schutterwald.STATION_METHOD,
        ),
        (LayerKind.FEEDERS, "Feeders", schutterwald.cables(), schutterwald.CABLE_METHOD),
    )
    homes = shapely.from_wkb([row["wkb"] for row in customers])
    with acting_as(municipality=plan.slug):
        town = open_town(plan, shapely.total_bounds(homes).tolist(), user)
        for kind, name, rows, method in layers:
            personal = kind in (LayerKind.BUILDINGS, LayerKind.HEAT_DEMAND)
            origin = Provenance(
                source=", ".join(f"{name} {version(name)}" for name in PACKAGES[kind]),
                licence=LICENCE,
                crs_delivered=schutterwald.GAS_GRID if kind == LayerKind.PIPES else "EPSG:4326",
                data_class=DataClass.MUNICIPAL if personal else DataClass.PUBLIC,
                nature=Nature.ILLUSTRATIVE if kind == LayerKind.PLANTS else Nature.DERIVED,
                method=method,
                data_date=plan.data_date,
                user=user,
            )
            publish_features(town, kind, name, rows, origin)
            say(f"{plan.name}: {kind}, {len(rows)} features")
        say(f"{plan.name}: prices and weather")
        publish_demo_prices(town, user)
        publish_weather(town, user)


def bring_grid_model(plan: TownPlan, user: User | None, say: Callable[[str], None]) -> None:
    """Bring the medium-voltage network the way a person would: as a file, through the reader."""
    content = installed_file("pandapower", f"{POWER}/{GRID_MODEL}").encode()
    with acting_as(municipality=plan.slug):
        received = uploads.receive(
            get_municipality(plan.slug),
            user,
            kind=LayerKind.GRID_MODEL,
            file=ContentFile(content),
            name=GRID_MODEL,
            source=f"pandapower {version('pandapower')}, {GRID_MODEL}",
            licence=LICENCE,
            nature=Nature.DERIVED,
            method=schutterwald.STATION_METHOD,
        )
    done = uploads.process(received.job_id)
    if done.version is None:
        raise Refusal(done.job.message, **done.job.message_values)
    say(f"{plan.name}: grid_model, {done.version.rows_read} features")
