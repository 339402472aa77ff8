"""Work on layers in the background: bringing an old version back, deriving layers anew."""

from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from heatmap.choices import JobKind, JobState, LayerAct
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import Job, LayerVersion, LayerWork, Municipality
from heatmap.services import derived, versions
from heatmap.services.attempts import Attempt
from heatmap.services.jobs import create_job, queue, run_job
from heatmap.version_selectors import unfinished_layer_work

ROWS_PER_S = 20_000.0
"""Rough speed of copying features; from it follows the lane, not the result."""

WORKING = gettext_noop("working on the layer")


def ask_to_restore(old: LayerVersion, user: User | None) -> LayerWork:
    """Write down that an old version is to be restored. Call it inside an identity.

    Raises
    ------
    Refusal
        If it is in use, or the same is being done already.
    """
    versions.check_restorable(old)
    return _ask(old.municipality, LayerAct.RESTORE, old.layer.kind, old.layer.name, user, old)


def ask_to_derive(town: Municipality, kind: str, user: User | None) -> LayerWork:
    """Write down that a layer is to be derived. Call it inside an identity."""
    if kind not in derived.RECIPES:
        raise Refusal(gettext_noop("Layers of this kind are not derived from others."))
    return _ask(town, LayerAct.DERIVE, kind, derived.RECIPES[kind].layer_name, user)


def _ask(
    town: Municipality,
    act: LayerAct,
    kind: str,
    name: str,
    user: User | None,
    old: LayerVersion | None = None,
) -> LayerWork:
    if unfinished_layer_work(town).filter(act=act, kind=kind, old=old).exists():
        raise Refusal(gettext_noop("This is being done already; see the background work."))
    rows = old.rows_read if old else 0
    job = create_job(town, JobKind.LAYER, user, title=name, expected_s=2.0 + rows / ROWS_PER_S)
    return LayerWork.objects.create(municipality=town, job=job, act=act, kind=kind, old=old)


def process(job_id: UUID | str) -> LayerWork:
    """Do what the job asks for. Safe to call twice."""
    run_job(job_id, _work)
    with acting_as(job_id=job_id):
        return LayerWork.objects.select_related("job", "new__layer").get(job_id=job_id)


def _work(attempt: Attempt) -> None:
    attempt(WORKING, 0.1)
    with attempt.ending():
        work = LayerWork.objects.select_related(
            "municipality", "old__layer", "job__created_by"
        ).get(job_id=attempt.job_id)
        user = work.job.created_by
        if work.act == LayerAct.DERIVE:
            work.new = derived.derive(work.municipality, work.kind, user)
        elif work.old is None:
            raise Refusal(gettext_noop("The version that was to be restored is gone."))
        else:
            work.new = versions.restore(work.old, user)
        work.save(update_fields=["new"])


def derive_what_follows(job_id: UUID | str) -> list[UUID]:
    """Queue the derivations that the version published by this job makes due; return their jobs."""
    with acting_as(job_id=job_id):
        job = Job.objects.select_related("created_by", "municipality").get(pk=job_id)
        version = _published_by(job)
        if version is None or job.state != JobState.DONE:
            return []
        asked = ask_what_follows(version, job.created_by)
        for each in asked:
            queue(each)
        return asked


def ask_what_follows(version: LayerVersion, user: User | None) -> list[UUID]:
    """Write down the derivations that a new version makes due. Call it inside an identity.

    What is being done already is left alone, and too much unfinished work of a person does not
    fail what she did: the layer then says that its input has a newer version.
    """
    asked = []
    for kind in derived.follow_ups(version):
        try:
            asked.append(ask_to_derive(version.municipality, kind, user).job_id)
        except Refusal:
            continue
    return asked


def _published_by(job: Job) -> LayerVersion | None:
    done = getattr(job, "upload", None) or getattr(job, "layer_work", None)
    found = getattr(done, "version", None) or getattr(done, "new", None)
    return found if isinstance(found, LayerVersion) else None
