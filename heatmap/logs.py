"""Log lines as JSON, each with the request and the job that it belongs to.

The number of a request goes with the job it starts, so one search finds the click, the work it set
going and every attempt at it.
"""

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_request: ContextVar[str] = ContextVar("request", default="")
_job: ContextVar[str] = ContextVar("job", default="")
EXTRA = ("job", "seconds", "view", "method", "status")


def request_id() -> str:
    """The number of the request that is answered right now, or of the one that began the job."""
    return _request.get()


@contextmanager
def request_context() -> Iterator[str]:
    """Give the present request a number."""
    number = secrets.token_hex(8)
    token = _request.set(number)
    try:
        yield number
    finally:
        _request.reset(token)


@contextmanager
def job_context(job: str, request: str) -> Iterator[None]:
    """Let all lines name this job and the request that started it."""
    tokens = _job.set(job), _request.set(request)
    try:
        yield
    finally:
        _job.reset(tokens[0])
        _request.reset(tokens[1])


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "request": _request.get(),
            "job": _job.get(),
            **{name: getattr(record, name) for name in EXTRA if hasattr(record, name)},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({k: v for k, v in line.items() if v != ""}, ensure_ascii=False)
