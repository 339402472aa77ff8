"""The web server. Its processes count together for Prometheus, in a folder of their own."""

import os
import shutil
from pathlib import Path
from typing import Any

VAR = Path(os.environ.get("HEATHUB_VAR", Path(__file__).parent / ".run"))
METRICS = VAR / "metrics" / str(os.getpid())
shutil.rmtree(METRICS, ignore_errors=True)
METRICS.mkdir(parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)

# an address may hold a lasso of some hundred points
limit_request_line = 8190


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415  reads the variable set above

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(METRICS, ignore_errors=True)
