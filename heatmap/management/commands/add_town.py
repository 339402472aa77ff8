"""Founds a town from an OpenStreetMap extract."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from heatmap.errors import Refusal
from heatmap.services.founding import TownPlan, found_town, is_founded


class Command(BaseCommand):
    help = "Found a town from an OpenStreetMap extract; then score SLUG ranks its parcels."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--osm", type=Path, required=True, help=".osm or .osm.pbf")
        parser.add_argument("--country", choices=("DE", "DK", "FI", "SE"), default="DE")
        parser.add_argument("--srid", type=int, default=25832, help="EPSG code of the grid")
        parser.add_argument("--member", help="user name of its first planner")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_founded(options["slug"]):
            raise CommandError(f"{options['slug']} has layers already; use import_layer.")
        if not options["osm"].is_file():
            raise CommandError(f"There is no file {options['osm']}.")
        plan = TownPlan(
            slug=options["slug"],
            name=options["name"],
            country=options["country"],
            srid=options["srid"],
            source=f"OpenStreetMap extract {options['osm'].name}",
            grow_network=True,
        )
        try:
            found_town(plan, options["osm"], self._member(options["member"]), self.stdout.write)
        except (Refusal, ValidationError) as error:
            raise CommandError(str(error)) from error

    def _member(self, name: str | None) -> Any:
        if name is None:
            return None
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}; make one with createsuperuser.")
        return user
