"""Watches over background work: no job stays with a dead worker, none waits for a lost message."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from heatmap.background import BROKER_ERRORS, answering_workers
from heatmap.jobs import hint_if_needed
from heatmap.models import SignOfLife
from heatmap.services import queue

logger = logging.getLogger(__name__)

ROUND_S = 1.0
PING_S = 0.5


class Command(BaseCommand):
    help = "Give jobs of dead workers to living ones. Runs beside web and worker, for ever."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="watcher", help="name of its sign of life")

    def handle(self, *args: Any, **options: Any) -> None:
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        watch = Watch(options["name"])
        while not over.wait(ROUND_S):
            watch.round()


class Watch:
    """One round after the other, through every outage of database and broker."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sees_since: float | None = None

    def round(self) -> None:
        try:
            self._look_at_jobs()
            hint_if_needed()
            queue.give_sign(SignOfLife.Kind.WORKER, answering_workers(PING_S))
        except BROKER_ERRORS:
            logger.warning("the broker does not answer")
        except DatabaseError:
            logger.exception("the database does not answer, or not as it should")
            self.sees_since = None
            connection.close()

    def _look_at_jobs(self) -> None:
        queue.forget_old_signs()
        now = time.monotonic()
        if self.sees_since is None:
            self.sees_since = now
        # while the database was away no worker could give a sign: they get the time to do so
        if now - self.sees_since >= queue.SILENT_AFTER_S:
            queue.end_silent_jobs()
        # last: a watcher that cannot do its work does not live
        queue.give_sign(SignOfLife.Kind.WATCHER, [self.name])
