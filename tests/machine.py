"""A whole installation of its own, whose database, broker and workers may be killed.

It is set up by the steps of bin/run in a folder of its own, so nothing else notices. Work is
started by a driver, a process that does what the web server does; what came of it is read as the
superuser of the private database.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "HEATHUB_SECRET_KEY")
HANDED = ("DATABASE_URL", "CELERY_BROKER_URL", "HEATHUB_SECRET_KEY", "PG_PORT", "PG_MODE")
START_CLUSTER = (
    'as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -t 30 -l "$PG_DATA/server.log" -o "'
    "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c jit=off\" "
    "start >/dev/null 2>&1 </dev/null"
)


class Machine:
    """Database, broker, two workers, watcher and driver."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heathub-kill-"))
        packages = Path(os.environ["HEATHUB_VAR"]) / "data-wheels"
        (self.folder / "data-wheels").symlink_to(packages)
        self.base = {k: v for k, v in os.environ.items() if k not in FOREIGN} | {
            "HEATHUB_VAR": str(self.folder),
            "HEATHUB_DEBUG": "0",
            # the time of what people wait for is measured
            "HEATHUB_CHECKED_PARCELS": "0",
        }
        shown = "; ".join(f'echo "{name}=${{{name}}}"' for name in HANDED)
        lines = self.bash(f"setup_database >&2; setup_broker >&2; setup_django >&2; {shown}")
        found = dict(line.split("=", 1) for line in lines.splitlines())
        self.port = int(found["PG_PORT"])
        self.env = self.base | found
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.driver: subprocess.Popen[str] | None = None

    def bash(self, lines: str) -> str:
        """Run lines after the library of bin/run."""
        script = f'set -euo pipefail; source "{ROOT}/bin/lib/setup.sh"; {lines}'
        done = subprocess.run(
            ["bash", "-c", script], env=self.base, cwd=ROOT, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # --- processes ---

    def start(self, name: str) -> None:
        worker = ["-m", "celery", "-A", "heatmap.celery", "worker", "-c", "1", "--loglevel", "INFO",
                  "--without-gossip", "--without-mingle"]  # fmt: skip
        commands = {
            "any": [*worker, "-Q", "any", "-n", "any@kill"],
            "short": [*worker, "-Q", "short", "-n", "short@kill"],
            "watcher": ["manage.py", "watch_jobs"],
        }
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *commands[name]], cwd=ROOT, env=self.env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """Kill -9 the process itself; what it has forked must end by itself."""
        process = self.processes[name]
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(children, timeout=5)
        assert alive == [], "a child outlived its parent"

    def kill_children(self, name: str) -> None:
        """Kill -9 the processes of the pool that do the work."""
        for child in psutil.Process(self.processes[name].pid).children():
            child.send_signal(signal.SIGKILL)

    def freeze(self, name: str) -> None:
        main = psutil.Process(self.processes[name].pid)
        for process in [*main.children(recursive=True), main]:
            process.suspend()

    def thaw(self, name: str) -> None:
        main = psutil.Process(self.processes[name].pid)
        for process in [main, *main.children(recursive=True)]:
            process.resume()

    def readers(self) -> list[int]:
        """Reader processes of the workers that have a file to read."""
        return [
            child.pid
            for process in self.processes.values()
            for child in psutil.Process(process.pid).children(recursive=True)
            if child.name() == "heathub-reading"
        ]

    # --- database and broker ---

    def stop_database(self) -> None:
        self.bash('choose_pg_mode; as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -m immediate -w stop >&2')

    def start_database(self) -> None:
        self.bash("choose_pg_mode; " + START_CLUSTER.format(port=self.port))

    def kill_broker(self, *, forget: bool) -> None:
        """Kill -9 the broker, and with `forget` empty it."""
        pid = int((self.folder / "valkey.pid").read_text())
        broker = psutil.Process(pid)
        broker.kill()
        broker.wait(5)
        if forget:
            shutil.rmtree(self.folder / "valkey")

    def start_broker(self) -> None:
        self.bash("setup_broker >&2")

    # --- work ---

    def drive(self, word: str) -> dict[str, Any]:
        """Let the driver start something; it answers with ids."""
        if self.driver is None:
            with (self.folder / "log" / "driver.log").open("w") as log:
                self.driver = subprocess.Popen(
                    [sys.executable, str(ROOT / "tests" / "machine_driver.py")], cwd=ROOT,
                    env=self.env | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                )  # fmt: skip
        self.driver.stdin.write(word + "\n")
        self.driver.stdin.flush()
        answer = self.driver.stdout.readline()
        assert answer, (self.folder / "log" / "driver.log").read_text()[-2000:]
        return json.loads(answer)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as its superuser, who sees every row."""
        password = (self.folder / "secrets" / "admin").read_text()
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="heathub_admin", password=password,
            dbname="heathub", connect_timeout=3,
        ) as link:  # fmt: skip
            return link.execute(query, values).fetchall()

    def wait_until(self, query: str, *values: Any, seconds: float) -> float:
        """Wait until the query answers true; the seconds it took."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if self.ask(query, *values)[0][0]:
                return time.monotonic() - start
            time.sleep(0.05)
        rows = self.ask("SELECT kind, state, stage, attempt, message FROM heatmap_job"
                        " WHERE state IN ('queued', 'running', 'broken')")  # fmt: skip
        raise AssertionError(f"not within {seconds} s: {query} {values}; {rows}; {self.folder}")

    def close(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        if self.driver is not None:
            self.driver.communicate(timeout=10)
        self.bash("choose_pg_mode; CLUSTER_RUNS=1; stop_database; BROKER_SOCKET=$(broker_socket); "
                  "stop_broker; rm -f \"$BROKER_SOCKET\"")  # fmt: skip
        self.bash('choose_pg_mode; as_pg rm -rf "$PG_DATA"')
        shutil.rmtree(self.folder, ignore_errors=True)
