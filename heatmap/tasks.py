"""Celery's doors to the services of the map room."""

from heatmap.background import background_task
from heatmap.choices import JobKind
from heatmap.services import queue, uploads

LINES = {"any": float("inf"), "short": queue.SHORT_S}
"""Lines of the broker, and the longest work that is taken from each [s]."""

queue.works_on(JobKind.IMPORT, uploads.process)


@background_task
def work(line: str) -> None:
    """Take the work that is next on this line; which it is, the database decides now."""
    queue.work_on_next(LINES[line])
