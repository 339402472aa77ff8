"""The one row behind all background work."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from heatmap.choices import ENDED_JOB_STATES, RESTARTABLE_JOB_STATES, JobKind, JobState
from heatmap.errors import sentence
from heatmap.models.municipality import Municipality

WAITS_LONG = timedelta(seconds=6)
ATTEMPTS = 3


class JobStopped(KeyboardInterrupt):
    """Raised inside work that must not go on: cancelled, or given to another worker meanwhile.

    It comes at any moment, so nothing that catches `Exception` may swallow it; and as a
    KeyboardInterrupt it makes psycopg end the query that the database is still busy with.
    """


class Job(models.Model):
    """State, progress and ending of one piece of background work.

    The row is the truth; what the broker carries is a hint to look. The worker's identity is the
    id of this row: row-level security lets it see the job and the job's town, nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12, choices=JobKind)
    title = models.CharField(max_length=255, blank=True, help_text="What it is done to.")
    state = models.CharField(max_length=12, choices=JobState, default=JobState.QUEUED)
    stage = models.CharField(max_length=120, blank=True)
    progress_share = models.FloatField(default=0.0)
    message = models.TextField(blank=True, help_text="Untranslated; see `sentence`.")
    message_values = models.JSONField(default=dict, blank=True)
    expected_s = models.FloatField(default=1.0, help_text="Rough length, known at the start.")
    attempt = models.PositiveIntegerField(
        default=0, help_text="Counts the takings; a worker may write only under its own number."
    )
    attempts_allowed = models.PositiveIntegerField(default=ATTEMPTS)
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    request_id = models.CharField(max_length=32, blank=True, help_text="Of the log lines.")
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when workers may take it; none: a command does it."
    )
    handed_over_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When its end was shown to who started it."
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["queued_at"],
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_unfinished",
            ),
            models.Index(fields=["created_by", "-started_at"], name="job_last_of_person"),
            models.Index(fields=["municipality", "-created_at"], name="job_of_town"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.state}"

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED_JOB_STATES

    @property
    def can_restart(self) -> bool:
        """Whether the same work may succeed another time; what was refused would be again."""
        return self.state in RESTARTABLE_JOB_STATES

    @property
    def waits_long(self) -> bool:
        """Whether no worker has taken it although one that is free would have."""
        since = self.queued_at or self.created_at
        return self.state == JobState.QUEUED and timezone.now() - since > WAITS_LONG

    @property
    def sentence(self) -> str:
        """Why it ended as it did, in the language of the reader."""
        return sentence(self.message, self.message_values)

    @property
    def progress_percent(self) -> int:
        return round(100 * self.progress_share)

    @property
    def seconds_taken(self) -> int | None:
        """From the last taking to the end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(1, round((self.finished_at - self.started_at).total_seconds()))


class SignOfLife(models.Model):
    """When a process of the background was last known to live. It belongs to no town."""

    class Kind(models.TextChoices):
        WORKER = "worker"
        WATCHER = "watcher"

    name = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.seen_at}"
