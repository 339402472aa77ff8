"""Takes a person's file in, and its answers step by step, and has it worked on.

The steps are *inspect* (a proposal: what is in the file), *check* (every row is read and judged,
nothing is kept) and *commit* (the same, and a new version). Each is a job of its own; the answers
on the upload carry from one to the next. What a step does is in `upload_steps`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_noop

from heatmap.choices import JobKind, UploadStep
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest.kinds import BROUGHT
from heatmap.ingest.reading import file_format, file_suffix
from heatmap.models import Municipality, Upload
from heatmap.services.audit import record
from heatmap.services.jobs import create_job, run_job
from heatmap.services.towns import OSM_KINDS
from heatmap.services.upload_steps import work_on_step

S_PER_MB = {"osm": 5.0}
"""Rough reading time of a file, 1 where nothing stands; from it follows the lane."""
OTHER_ANSWERS = (
    "nature", "method", "layer", "swap_axes", "guess", "timezone", "stamps", "merge", "missing",
)  # fmt: skip


def receive(
    municipality: Municipality,
    user: User | None,
    *,
    kind: str,
    file: "File[bytes]",
    name: str,
    step: str = UploadStep.COMMIT,
    **answers: Any,
) -> Upload:
    """Store the file and its answers; nothing is read yet.

    Raises
    ------
    Refusal
        If this kind of layer, or a file of this ending, cannot be imported.
    """
    format_ = file_format(name)
    if kind and kind not in BROUGHT:
        raise Refusal(
            gettext_noop(
                "Layers of kind %(kind)s are derived from others and cannot be brought.\nBring one "
                "of: %(kinds)s."
            ),
            kind=kind,
            kinds=", ".join(BROUGHT),
        )
    if format_ == "osm" and kind and kind not in OSM_KINDS:
        raise Refusal(
            gettext_noop(
                "An OpenStreetMap extract holds no layer of kind %(kind)s.\nBring another file."
            ),
            kind=kind,
        )
    job = create_job(
        municipality,
        JobKind.IMPORT,
        user,
        title=Path(name).name,
        expected_s=_expected_s(name, file.size),
    )
    others = {key: answers.pop(key) for key in OTHER_ANSWERS if key in answers}
    upload = Upload(
        municipality=municipality,
        job=job,
        kind=kind,
        original_name=Path(name).name[:255],
        step=step,
        answers=others,
        **answers,
    )
    upload.file.save(f"{job.id}{file_suffix(name)}", file, save=False)
    upload.save()
    return upload


def next_step(upload: Upload, step: str, user: User | None, **answers: Any) -> Upload:
    """Take further answers and make the job of the next step. Call it inside an identity.

    `answers` are fields of the upload (``kind``, ``srid``, ``encoding``, ``columns``, ``source``,
    ``licence``, ``data_date``, ``data_class``) or one of ``layer``, ``swap_axes``, ``guess``,
    ``timezone``, ``stamps``.
    """
    take_answers(upload, answers)
    upload.step = step
    upload.job = create_job(
        upload.municipality,
        JobKind.IMPORT,
        user,
        title=upload.original_name,
        expected_s=_expected_s(upload.original_name, upload.file.size),
    )
    upload.save()
    return upload


def take_answers(upload: Upload, answers: Mapping[str, Any]) -> None:
    """Write answers onto the upload without storing it."""
    for key, value in answers.items():
        if key in OTHER_ANSWERS:
            upload.answers = upload.answers | {key: value}
        else:
            setattr(upload, key, value)


def discard(upload: Upload) -> None:
    """Forget a file that became no version, and what was answered about it.

    Raises
    ------
    Refusal
        If work on it goes on, or it became a version.
    """
    if upload.version_id is not None:
        raise Refusal(gettext_noop("This file is a version already; delete the version instead."))
    if not upload.job.has_ended:
        raise Refusal(gettext_noop("Work on this file still goes on. Cancel it first."))
    record("upload_discarded", upload.municipality, upload.original_name)
    stored = upload.file
    upload.delete()
    transaction.on_commit(lambda: stored.storage.delete(stored.name))


def _expected_s(name: str, size_bytes: int) -> float:
    return 2.0 + S_PER_MB.get(file_format(name), 1.0) * size_bytes / 1e6


def process(job_id: UUID | str) -> Upload:
    """Do the step that an upload has come to. Safe to call twice."""
    run_job(job_id, work_on_step)
    with acting_as(job_id=job_id):
        return Upload.objects.select_related("job", "version").get(job_id=job_id)
