"""The door of the reader process: ``python -m heatmap.ingest.reader REQUEST.json``."""

import json
import resource
import sys
from pathlib import Path

from heatmap.ingest.reader.messages import FileRefused, emit, gettext_noop
from heatmap.orphans import die_with

TOO_LARGE = gettext_noop("The file needs more memory than one upload may use.")


def main() -> int:
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    die_with(request["parent"])
    memory_bytes, seconds = request["memory_bytes"], request["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    path = Path(request["path"])
    try:
        if request["format"] == "osm":
            from heatmap.ingest.reader import osm  # noqa: PLC0415  one heavy library a process

            osm.read(path)
        else:
            from heatmap.ingest.reader import vector  # noqa: PLC0415

            vector.read(path, request)
    except FileRefused as refusal:
        emit("file_refused", message=refusal.message, values=refusal.values)
    except MemoryError:
        emit("file_refused", message=TOO_LARGE, values={})
    return 0


if __name__ == "__main__":
    sys.exit(main())
