"""Doors that start background work: the row first, a hint to the workers when it is there."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from heatmap import background
from heatmap.choices import UploadStep
from heatmap.models import Job, LayerVersion, LayerWork, Municipality, Upload
from heatmap.services import jobs, layer_work, queue, uploads
from heatmap.tasks import LINES, work


def hand_over(job_id: UUID) -> None:
    """Let workers do a job, as soon as its row is there for sure.

    A broker that does not answer loses nothing: the watcher gives the hint again.
    """
    jobs.queue(job_id)
    transaction.on_commit(hint)


def hint() -> bool:
    """Tell the workers of every line to look for work; False if the broker does not answer."""
    return all(background.send(work, line, line) for line in LINES)


def hint_if_needed() -> None:
    """Tell them again if work waits and no hint does: it got lost with a worker or the broker.

    Raises
    ------
    BROKER_ERRORS
        If the broker does not answer.
    """
    for line in LINES if queue.work_waits() else ():
        if background.is_empty(line):
            background.send(work, line, line)


def start_upload(
    municipality: Municipality, user: User, file: UploadedFile, *, kind: str = "", **answers: Any
) -> Upload:
    """Store a file and let a worker look at what is in it."""
    upload = uploads.receive(
        municipality, user, kind=kind, file=file, name=str(file.name), step=UploadStep.INSPECT,
        **answers,
    )  # fmt: skip
    hand_over(upload.job_id)
    return upload


def start_restore(old: LayerVersion, user: User) -> LayerWork:
    """Let a worker publish the content of an old version again."""
    work = layer_work.ask_to_restore(old, user)
    hand_over(work.job_id)
    return work


def start_derive(municipality: Municipality, kind: str, user: User) -> LayerWork:
    """Let a worker derive a layer from others."""
    work = layer_work.ask_to_derive(municipality, kind, user)
    hand_over(work.job_id)
    return work


def start_what_follows(version: LayerVersion, user: User) -> None:
    """Let workers derive anew what was made from the layer of a version published by hand."""
    for job_id in layer_work.ask_what_follows(version, user):
        hand_over(job_id)


def restart(job: Job, user: User) -> None:
    """Let a worker take up a job again that failed or was cancelled."""
    jobs.restart(job, user)
    transaction.on_commit(hint)
