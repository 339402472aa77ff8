"""The room's only door to Celery: one decorator for long tasks, and two signs of life."""

from collections.abc import Callable

from celery import Task, current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

SOFT_LIMIT_S = 3300
HARD_LIMIT_S = 3600


def background_task(function: Callable[[str], None]) -> Task:
    """Make a Celery task of a function that takes the id of a job."""
    return shared_task(soft_time_limit=SOFT_LIMIT_S, time_limit=HARD_LIMIT_S)(function)


def hand_over(task: Task, job_id: object, otherwise: Callable[[], None]) -> None:
    """Give a job to the workers once its row is there for sure; if that fails, do `otherwise`."""

    def send() -> None:
        try:
            task.apply_async((str(job_id),), retry=False)
        except (OperationalError, OSError):
            otherwise()

    transaction.on_commit(send)


def broker_answers() -> bool:
    """Whether work can be handed over."""
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, OSError):
        return False
    return True


def worker_answers() -> bool:
    """Whether at least one worker is listening."""
    try:
        return bool(current_app.control.ping(timeout=0.7, limit=1))
    except (OperationalError, OSError):
        return False
