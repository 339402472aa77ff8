"""Celery's doors to the services of the map room."""

from uuid import UUID

from heatmap import background
from heatmap.background import background_task
from heatmap.choices import JobKind
from heatmap.services import layer_work, queue, uploads

LINES = {"any": float("inf"), "short": queue.SHORT_S}
"""Lines of the broker, and the longest work that is taken from each [s]."""


def import_file(job_id: UUID) -> None:
    """Read a file, then let the layers that are made from it be derived anew."""
    uploads.process(job_id)
    _hand_on(job_id)


def work_on_layer(job_id: UUID) -> None:
    """Restore or derive a layer, then derive what is made from it."""
    layer_work.process(job_id)
    _hand_on(job_id)


def _hand_on(job_id: UUID) -> None:
    if layer_work.derive_what_follows(job_id):
        for line in LINES:
            background.send(work, line, line)


queue.works_on(JobKind.IMPORT, import_file)
queue.works_on(JobKind.LAYER, work_on_layer)


@background_task
def work(line: str) -> None:
    """Take the work that is next on this line; which it is, the database decides now."""
    queue.work_on_next(LINES[line])
