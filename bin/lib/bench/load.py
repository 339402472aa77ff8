"""Twenty people start work at once while viewers read pages and tiles: order, waits, page times."""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# needs: database
ROOT = Path(__file__).resolve().parents[3]
VIEWERS = 4
CALM_S = 10.0
PAUSE_S = 0.3
"""Between two pages of a viewer; tiles follow one another."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--runs", type=int, default=2, help="started by each at once")
    parser.add_argument("--parcels", type=int, default=500)


def measure(options: argparse.Namespace) -> dict[str, object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
    import django

    django.setup()
    town, people, cookies = prepared(options)
    with served() as port:
        viewers = Viewers(port, town.slug, cookies)
        calm = viewers.during(lambda: time.sleep(CALM_S))
        started: dict[object, list[object]] = {}
        busy = viewers.during(lambda: started.update(start_and_wait(town, people, options.runs)))
    return {
        "people": options.people,
        "runs": options.people * options.runs,
        "parcels_of_each": options.parcels,
        "viewers": VIEWERS,
        "workers": {"any": 1, "short": 1},
        **order_and_waits(town, started),
        "pages_ms_without_load": calm,
        "pages_ms_with_load": busy,
    }


def prepared(options: argparse.Namespace) -> tuple[object, list[object], list[str]]:
    """A town with generated parcels, people who plan in it, and the sessions of its viewers."""
    from django.conf import settings
    from django.contrib.auth import (
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )
    from django.contrib.sessions.backends.db import SessionStore
    from score import generated

    from heatmap.choices import LayerKind, Role
    from heatmap.identity import acting_as
    from heatmap.models import LayerVersion, Municipality
    from heatmap.services.demo import DEMO_TOWNS, load_town
    from heatmap.services.layers import Provenance, publish_features
    from heatmap.services.municipalities import let_in
    from sites.services import scoring
    from sites.services.studies import first_study

    load_town(DEMO_TOWNS[0], lambda line: print(line, file=sys.stderr))
    users = get_user_model().objects
    people = [users.create_user(f"planner-{i}") for i in range(options.people)]
    looking = [users.create_user(f"viewer-{i}") for i in range(VIEWERS)]
    with acting_as(municipality=DEMO_TOWNS[0].slug):
        town = Municipality.objects.get()
        for person in people:
            let_in(town, person, Role.PLANNER)
        for person in looking:
            let_in(town, person, Role.VIEWER)
        old = LayerVersion.objects.get(layer__kind=LayerKind.PARCELS)
        publish_features(
            town,
            LayerKind.PARCELS,
            old.layer.name,
            generated(town.extent.extent, options.parcels),
            Provenance("generated", "none", "EPSG:3035", old.data_class, "illustrative"),
        )
        # pages show a finished run of that size before the load as well as under it
        run = scoring.create_run(first_study(town), None)
    scoring.execute(run.job_id)
    cookies = []
    for person in looking:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return town, people, cookies


@contextmanager
def served() -> Iterator[int]:
    """Web server, workers and watcher as bin/run starts them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "heatmap.celery", "worker", "--concurrency", "1",
              "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]  # fmt: skip
    commands = [
        [*python, "gunicorn", "heatmap.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
         "--threads", "4", "--no-control-socket", "--log-level", "warning"],
        ["nice", *celery, "--queues", "any", "--hostname", "any-bench@%h"],
        ["nice", *celery, "--queues", "short", "--hostname", "short-bench@%h"],
        [sys.executable, "manage.py", "watch_jobs"],
    ]  # fmt: skip
    log = Path(os.environ["HEATHUB_VAR"]) / "log" / "bench-load.log"
    with log.open("w") as output:
        processes = [
            subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)  # noqa: S603  our own
            for command in commands
        ]
        try:
            wait_until_ready(port)
            yield port
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)


def wait_until_ready(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).read()
        except OSError:
            time.sleep(0.3)
        else:
            return
    sys.exit("heathub: the servers did not become ready")


def read_page(address: str, cookie: str) -> None:
    request = urllib.request.Request(address, headers={"Cookie": cookie})  # noqa: S310  local
    urllib.request.urlopen(request, timeout=30).read()  # noqa: S310  local


class Viewers:
    """People who read while others work; each asks for one thing after the other."""

    def __init__(self, port: int, slug: str, cookies: list[str]) -> None:
        self.base, self.slug, self.cookies = f"http://127.0.0.1:{port}", slug, cookies

    def addresses(self) -> dict[str, list[str]]:
        from heatmap.identity import acting_as
        from heatmap.models import LayerVersion

        with acting_as(municipality=self.slug):
            version = LayerVersion.objects.filter(layer__kind="buildings").latest("number")
        tiles = [
            f"/tiles/buildings/{version.pk}/15/{x}/{y}.mvt"
            for x in range(16932, 16936)
            for y in range(10998, 11001)
        ]
        town = f"/m/{self.slug}"
        return {
            "map": [f"{town}/"],
            "data": [f"{town}/data/"],
            "studies": [f"{town}/studies/"],
            "tiles": tiles,
        }

    def during(self, work: object) -> dict[str, dict[str, float]]:
        """Read as long as `work` takes; durations by kind of address."""
        over, addresses = threading.Event(), self.addresses()
        found: dict[str, list[float]] = {kind: [] for kind in addresses}

        def read(cookie: str) -> None:
            while not over.is_set():
                for kind, paths in addresses.items():
                    for path in paths:
                        if over.is_set():
                            return
                        start = time.perf_counter()
                        read_page(self.base + path, cookie)
                        found[kind].append(1000 * (time.perf_counter() - start))
                        if kind != "tiles":
                            time.sleep(PAUSE_S)

        threads = [threading.Thread(target=read, args=(cookie,)) for cookie in self.cookies]
        for thread in threads:
            thread.start()
        try:
            work()
        finally:
            over.set()
            for thread in threads:
                thread.join()
        return {
            kind: {
                "count": len(times),
                "p50": round(statistics.median(times), 1),
                "p95": round(statistics.quantiles(times, n=20)[-1], 1),
            }
            for kind, times in found.items()
        }


def start_and_wait(town: object, people: list[object], runs: int) -> dict[object, list[object]]:
    """Everybody starts all of hers before the next one comes; then wait for the last."""
    from heatmap.choices import ENDED_JOB_STATES
    from heatmap.identity import acting_as
    from heatmap.models import Job
    from sites.jobs import start_run
    from sites.services.studies import first_study

    print(f"{len(people)} people start {runs} runs each", file=sys.stderr)
    started = {}
    for person in people:
        with acting_as(user_id=person.pk):
            study = first_study(town)
            started[person.pk] = [start_run(study, person).pk for _ in range(runs)]
    while True:
        with acting_as(municipality=town.slug):
            left = Job.objects.exclude(state__in=ENDED_JOB_STATES).count()
        if not left:
            return started
        print(f"{left} left", file=sys.stderr)
        time.sleep(2)


def order_and_waits(town: object, started: dict[object, list[object]]) -> dict[str, object]:
    from heatmap.choices import JobState
    from heatmap.identity import acting_as
    from heatmap.models import Job

    turn = {pk: i for pks in started.values() for i, pk in enumerate(pks)}
    with acting_as(municipality=town.slug):
        jobs = list(Job.objects.filter(pk__in=turn).order_by("started_at"))
    if any(job.state != JobState.DONE for job in jobs):
        sys.exit("heathub: some runs did not end well; no figures.")
    turns = [turn[job.pk] for job in jobs]
    too_early = sum(later < earlier for i, earlier in enumerate(turns) for later in turns[i + 1 :])
    result: dict[str, object] = {"pairs_out_of_turn": too_early}
    for i in range(max(turns) + 1):
        waits = sorted(
            (job.started_at - job.queued_at).total_seconds() for job in jobs if turn[job.pk] == i
        )
        result[f"wait_s_of_turn_{i + 1}"] = {
            "first": round(waits[0], 1),
            "median": round(statistics.median(waits), 1),
            "last": round(waits[-1], 1),
        }
    last = max(job.finished_at for job in jobs) - min(job.queued_at for job in jobs)
    result["all_done_after_s"] = round(last.total_seconds(), 1)
    return result
