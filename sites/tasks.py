"""Celery's doors to the services of the siting room."""

from heatmap.background import background_task
from sites.services import reports, scoring


@background_task
def score(job_id: str) -> None:
    scoring.execute(job_id)


@background_task
def render_report(job_id: str) -> None:
    reports.execute(job_id)
