"""Doors that start background work: the row first, the task when the row is there for sure."""

from typing import Any

from django.contrib.auth.models import User

from heatmap.models import Municipality, Upload
from heatmap.services import uploads
from heatmap.tasks import process_upload


def start_upload(municipality: Municipality, user: User, form_data: dict[str, Any]) -> Upload:
    """Store a file and let a worker read it."""
    upload = uploads.receive(municipality, user, **form_data)
    process_upload.delay_on_commit(str(upload.job_id))
    return upload
