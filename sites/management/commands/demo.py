"""Loads the demo towns and scores them once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heatmap.choices import JobState
from heatmap.identity import acting_as
from heatmap.jobs import hand_over
from heatmap.services.demo import DEMO_TOWNS, demo_user, load_town
from heatmap.services.municipalities import get_municipality
from sites.models import Run
from sites.services import scoring, second_opinions
from sites.services.studies import first_study


class Command(BaseCommand):
    help = "Load and score the demo towns that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        for town in DEMO_TOWNS:
            load_town(town, self.stdout.write)
            with acting_as(municipality=town.slug):
                study = first_study(get_municipality(town.slug))
                if Run.objects.filter(study=study, result__isnull=False).exists():
                    continue
                run = scoring.create_run(study, demo_user())
            self.stdout.write(f"{town.name}: scoring the candidates")
            run = scoring.execute(run.job_id)
            if run.job.state != JobState.DONE:
                raise CommandError(run.job.sentence)
            with acting_as(municipality=town.slug):
                # worked out as soon as there are workers
                for asked in second_opinions.create_for_the_first(run, 1):
                    hand_over(asked.job_id)
            status = run.result["status"]
            self.stdout.write(
                f"{town.name}: {status['ranked']} of {status['candidates']} candidates ranked"
            )
