"""The one decorator for long tasks: it sets both time limits, the soft one below the hard one."""

from collections.abc import Callable

from celery import Task, shared_task

SOFT_LIMIT_S = 3300
HARD_LIMIT_S = 3600


def background_task(function: Callable[[str], None]) -> Task:
    """Make a Celery task of a function that takes the id of a job."""
    return shared_task(soft_time_limit=SOFT_LIMIT_S, time_limit=HARD_LIMIT_S)(function)
