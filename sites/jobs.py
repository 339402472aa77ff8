"""Doors that start background work: the row first, the task when the row is there for sure."""

from django.contrib.auth.models import AbstractBaseUser

from sites.models import Run, Study
from sites.services import scoring
from sites.tasks import score


def start_run(study: Study, user: AbstractBaseUser) -> Run:
    """Freeze the inputs of a run and let a worker score it."""
    run = scoring.create_run(study, user)
    score.delay_on_commit(str(run.job_id))
    return run
