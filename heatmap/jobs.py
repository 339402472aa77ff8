"""Doors that start background work: the row first, the task when the row is there for sure."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from heatmap import background
from heatmap.models import Municipality, Upload
from heatmap.services import uploads
from heatmap.services.jobs import end_unsent
from heatmap.tasks import process_upload


def hand_over(task: Any, job_id: UUID) -> None:
    """Let a worker do a job; a queue that does not answer ends the job with a sentence."""
    background.hand_over(task, job_id, lambda: end_unsent(job_id))


def start_upload(municipality: Municipality, user: User, form_data: dict[str, Any]) -> Upload:
    """Store a file and let a worker read it."""
    upload = uploads.receive(municipality, user, **form_data)
    hand_over(process_upload, upload.job_id)
    return upload
