"""Loads the demo towns."""

from typing import Any

from django.core.management.base import BaseCommand

from heatmap.services.demo import DEMO_TOWNS, load_town


class Command(BaseCommand):
    help = "Load the demo towns that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        for town in DEMO_TOWNS:
            load_town(town, self.stdout.write)
