"""The room's only door to Celery: one decorator for long tasks, hints, and what is on the line."""

from collections.abc import Callable, Sequence

from celery import Task, current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

SOFT_LIMIT_S = 3300
HARD_LIMIT_S = 3600
TimeIsUp = SoftTimeLimitExceeded
BROKER_ERRORS = (OperationalError, RedisError, OSError)


def background_task(function: Callable[[str], None]) -> Task:
    """Make a Celery task of a function that takes one word."""
    return shared_task(soft_time_limit=SOFT_LIMIT_S, time_limit=HARD_LIMIT_S)(function)


def send(task: Task, word: str, line: str) -> bool:
    """Put a message on a line of the broker; False if it does not answer."""
    try:
        task.apply_async((word,), queue=line, retry=False)
    except BROKER_ERRORS:
        return False
    return True


def is_empty(line: str) -> bool:
    """Whether no message waits on a line of the broker.

    Raises
    ------
    BROKER_ERRORS
        If the broker does not answer.
    """
    with current_app.connection_for_write() as link:
        return bool(link.default_channel.client.llen(line) == 0)


def broker_answers() -> bool:
    """Whether the broker is there."""
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=1)
    except BROKER_ERRORS:
        return False
    return True


def answering_workers(within_s: float) -> Sequence[str]:
    """Names of the workers that answer over the broker.

    Raises
    ------
    BROKER_ERRORS
        If the broker does not answer.
    """
    return [name for answer in current_app.control.ping(timeout=within_s) for name in answer]
