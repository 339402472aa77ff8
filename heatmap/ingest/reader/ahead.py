"""Makes the next thing while the last one is still being worked on."""

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


def ahead(things: Iterator[T]) -> Iterator[T]:
    """Yield what `things` yields, which is asked for the next one in a thread of its own.

    The libraries that do the work leave the interpreter alone meanwhile, so both go on at once. At
    most one thing waits.
    """
    waiting: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(1)

    def make() -> None:
        try:
            for thing in things:
                waiting.put((thing,))
            waiting.put(None)
        except BaseException as error:  # noqa: BLE001  raised again where the things are taken
            waiting.put(error)

    threading.Thread(target=make, daemon=True).start()
    while (found := waiting.get()) is not None:
        if isinstance(found, BaseException):
            raise found
        yield found[0]
