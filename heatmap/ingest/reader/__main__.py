"""The door of the reader process: ``python -m heatmap.ingest.reader``, the order on its input.

With ``--ready`` it loads its libraries before it looks for the order, if they start no thread.
"""

import ctypes
import json
import os
import sys
import threading
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from heatmap.ingest.reader.messages import FileRefused, emit, gettext_noop
from heatmap.ingest.reader.sandbox import enclose, leave_network
from heatmap.orphans import die_with

TOO_LARGE = gettext_noop(
    "The file needs more memory than one upload may use.\nSplit it, or simplify its shapes."
)


LOAD = f"{__package__}.load"
PR_SET_NAME, AT_WORK = 15, b"heathub-reading"
"""How `ps` tells a reader at work from one that waits."""


class Unused:
    """Keeps out what pyogrio and pyarrow would load for functions that are not used here."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name.partition(".")[0] in ("geopandas", "pandas"):
            raise ModuleNotFoundError(name)


def main() -> int:
    walls = leave_network()
    sys.meta_path.insert(0, Unused())
    if "--ready" in sys.argv:
        import_module(LOAD)
        if len(list(Path("/proc/self/task").iterdir())) > 1:
            return 0  # walls hold for the threads that raise them: another reader has to do it
    order = sys.stdin.read()
    if not order:
        return 0  # whoever might have sent one is gone
    ctypes.CDLL(None).prctl(PR_SET_NAME, AT_WORK)
    request = json.loads(order)
    path, folder = Path(request["path"]), Path(request["folder"])
    os.environ |= {"TMPDIR": str(folder), "HOME": str(folder)}
    with (folder / "stderr.txt").open("wb") as complaints:
        os.dup2(complaints.fileno(), sys.stderr.fileno())
    walls += enclose(
        memory_bytes=request["memory_bytes"],
        cpu_seconds=request["cpu_seconds"],
        file_bytes=request["max_bytes"],
        folder=folder,
        readable=[path],
    )
    # after the walls: a change of identity makes the kernel forget it
    die_with(request["parent"])
    emit("walls", names=walls)
    # libraries warn about files; what matters is said in the report
    warnings.simplefilter("ignore")
    try:
        _work(path, folder, request)
    except FileRefused as refusal:
        emit("file_refused", message=refusal.message, values=refusal.values)
    except MemoryError:
        emit("file_refused", message=TOO_LARGE, values={})
    sys.stdout.flush()
    return 0


def _work(path: Path, folder: Path, request: dict[str, Any]) -> None:
    from heatmap.ingest.reader.sniff import sources  # noqa: PLC0415  after the walls stand

    task = request["task"]
    # reading the libraries from disk and unpacking hinder each other little
    libraries = threading.Thread(target=import_module, args=[LOAD], daemon=True)
    if task == "load" and request["name"].lower().endswith(".zip"):
        libraries.start()
    found = sources(path, request["name"], folder, request["max_bytes"])
    if libraries.ident is not None:
        # two threads that load libraries at once may each see half of them
        libraries.join()
    if task == "series":
        from heatmap.ingest.reader import series  # noqa: PLC0415

        series.read(found[0], request)
    elif found[0].format == "osm":
        from heatmap.ingest.reader import osm  # noqa: PLC0415  one heavy library a process

        if task == "inspect":
            emit("proposal", format="osm", layers=[], layers_left_out=0)
        else:
            osm.read(found[0].path if found[0].zipped else path, folder)
    elif found[0].format == "geotiff":
        from heatmap.ingest.reader import raster  # noqa: PLC0415

        raster.read(found[0], request, look_only=task == "inspect")
    elif task == "inspect":
        from heatmap.ingest.reader import inspect  # noqa: PLC0415

        inspect.read(found, request)
    else:
        from heatmap.ingest.reader import load  # noqa: PLC0415

        load.read(found, request)


if __name__ == "__main__":
    status = main()
    # all is written; taking the shapes apart one by one would only take time
    os._exit(status)
