"""The one row behind all background work."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from heatmap.choices import ENDED_JOB_STATES, JobKind, JobState
from heatmap.errors import sentence
from heatmap.models.municipality import Municipality

WAITS_LONG = timedelta(seconds=6)


class JobCancelled(Exception):
    """Raised inside work whose cancellation was asked for."""


class Job(models.Model):
    """State, progress and ending of one piece of background work.

    The worker's identity is the id of this row: row-level security lets it see the job and the
    job's town, nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12, choices=JobKind)
    state = models.CharField(max_length=12, choices=JobState, default=JobState.QUEUED)
    stage = models.CharField(max_length=120, blank=True)
    progress_share = models.FloatField(default=0.0)
    message = models.TextField(blank=True, help_text="Untranslated; see `sentence`.")
    message_values = models.JSONField(default=dict, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.state}"

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED_JOB_STATES

    @property
    def waits_long(self) -> bool:
        """Whether no worker has taken it although one that is free would have."""
        return self.state == JobState.QUEUED and timezone.now() - self.created_at > WAITS_LONG

    @property
    def sentence(self) -> str:
        """Why it ended as it did, in the language of the reader."""
        return sentence(self.message, self.message_values)

    @property
    def progress_percent(self) -> int:
        return round(100 * self.progress_share)
