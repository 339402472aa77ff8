"""The Celery app. It is loaded in HeatmapConfig.ready(), never in the package's __init__."""

import os
from functools import partial
from typing import Any

from celery import Celery, signals
from celery.worker.consumer import Consumer

from heatmap.orphans import die_with

app = Celery("heathub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MAIN_PROCESS = os.getpid()


class PromptConsumer(Consumer):
    """Finds a broker that comes back within seconds; Celery alone waits up to half a minute."""

    def ensure_connected(self, conn: Any) -> Any:
        conn.ensure_connection = partial(
            conn.ensure_connection, interval_start=0.5, interval_step=0.5, interval_max=2
        )
        return super().ensure_connected(conn)


@signals.worker_init.connect
def remember_main_process(**_: Any) -> None:
    global MAIN_PROCESS  # noqa: PLW0603  the children that are forked from here read it
    MAIN_PROCESS = os.getpid()


@signals.worker_process_init.connect
def end_with_main_process(**_: Any) -> None:
    # an orphan would work on without anybody who could stop it
    die_with(MAIN_PROCESS)


@signals.worker_process_init.connect
def have_a_reader_ready(**_: Any) -> None:
    from heatmap.ingest.reader_process import readers  # noqa: PLC0415  settings are read by then

    readers.keep_ready()


@signals.setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Leave logging as the settings have it: one JSON object a line."""
