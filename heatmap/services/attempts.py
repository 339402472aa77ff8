"""One attempt at a job: shows that it lives, stops when it must, and writes only while it may.

A worker that was believed dead may come back. So every write of an attempt names its number, and
every transaction that stores a result ends by locking the row and looking whether that number is
still the right one; if it is not, nothing of the transaction stays.
"""

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from heatmap.choices import JobState
from heatmap.identity import acting_as
from heatmap.models import Job, JobStopped

logger = logging.getLogger(__name__)

BEAT_S = 0.5
STOP_SIGNAL = signal.SIGUSR2


class Attempt:
    """What work gets to know of its job: it reports progress, and stores results through it."""

    def __init__(self, job_id: UUID, number: int) -> None:
        self.job_id, self.number = job_id, number

    def __call__(self, stage: str, share: float) -> None:
        """Say how far the work is; it ends here if it was cancelled or given to somebody else."""
        with acting_as(job_id=self.job_id):
            going_on = self.row().filter(cancel_requested=False)
            if not going_on.update(stage=stage, progress_share=share, heartbeat_at=Now()):
                raise JobStopped

    def row(self) -> QuerySet[Job]:
        """The row of the job, as long as it is ours."""
        return Job.objects.filter(pk=self.job_id, state=JobState.RUNNING, attempt=self.number)

    @contextmanager
    def storing(self) -> Iterator[None]:
        """A transaction for a part of the result: all of it is stored once, or nothing."""
        with acting_as(job_id=self.job_id):
            yield
            self._hold()

    @contextmanager
    def ending(self) -> Iterator[None]:
        """The same for the last part: with it the job is done, in the same transaction."""
        with acting_as(job_id=self.job_id):
            yield
            self._hold()
            self.end(JobState.DONE, progress_share=1.0, stage="")

    def _hold(self) -> None:
        # locked at the end, not at the start: a cancel must not wait for a long transaction
        if self.row().filter(cancel_requested=False).select_for_update().first() is None:
            raise JobStopped

    def end(self, state: JobState, **values: object) -> bool:
        """Write the ending, if the job is still ours. Call it inside an identity."""
        changes = {"message": "", "message_values": {}, **values}
        return bool(self.row().update(state=state, finished_at=Now(), **changes))

    def beat(self) -> bool:
        """Show that the work is alive; False if it must not go on."""
        with acting_as(job_id=self.job_id):
            alive = self.row().update(heartbeat_at=Now())
            row = (
                Job.objects.filter(pk=self.job_id).values_list("cancel_requested", "state").first()
            )
            # a row that is not to be seen yet belongs to a transaction that goes on around us, and
            # one that is done has been ended by us a moment ago
            if row is None or row[1] == JobState.DONE:
                return True
            return bool(alive and not row[0])


def take(job_id: UUID) -> Attempt | None:
    """Take a waiting job, and with it the right to write; None if it is not waiting."""
    with acting_as(job_id=job_id):
        waiting = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
        taken = waiting.update(
            state=JobState.RUNNING, attempt=F("attempt") + 1, started_at=Now(), heartbeat_at=Now()
        )
        if not taken:
            return None
        return Attempt(job_id, Job.objects.values_list("attempt", flat=True).get(pk=job_id))


@contextmanager
def watching(attempt: Attempt) -> Iterator[None]:
    """Beat while the work goes on, however long one step takes, and interrupt it when asked to.

    The interruption is a signal, which also ends the waiting for a query or for the reader of a
    file. Work outside the main thread is stopped at its next report only.
    """
    over = threading.Event()
    in_main_thread = threading.current_thread() is threading.main_thread()

    def interrupt(number: int, frame: FrameType | None) -> None:
        if not over.is_set():
            raise JobStopped

    def watch() -> None:
        while not over.wait(BEAT_S):
            try:
                if attempt.beat():
                    continue
            except DatabaseError:
                # one beat is missed; without the next ones the job is given to somebody else
                logger.warning("a heartbeat was missed", exc_info=True)
                with contextlib.suppress(DatabaseError):
                    connection.close()
                continue
            if in_main_thread and not over.is_set():
                signal.pthread_kill(threading.main_thread().ident or 0, STOP_SIGNAL)
            break
        connection.close()

    before = signal.signal(STOP_SIGNAL, interrupt) if in_main_thread else None
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        if in_main_thread:
            signal.signal(STOP_SIGNAL, before or signal.SIG_DFL)
