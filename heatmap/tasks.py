"""Celery's doors to the services of the map room."""

from heatmap.background import background_task
from heatmap.services import uploads


@background_task
def process_upload(job_id: str) -> None:
    uploads.process(job_id)
