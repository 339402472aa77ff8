"""Standing people, towns and servers of the tests.

The database is made afresh by bin/test and reached as the web role, which owns nothing in it: a
test that passes here passes behind row-level security. Most tests roll back; what the session
fixtures load (a real town, a finished run) is committed once and only read.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

# How long an example takes depends on what else the machine does; speed is measured by bin/bench.
# The same examples each time, so that a change is judged by what it changed; bin/test --all
# searches at random.
hypothesis_settings.register_profile("house", deadline=None, derandomize=True)
hypothesis_settings.register_profile("search", deadline=None)
searching = os.environ.get("HEATHUB_TEST_ALL") == "1"
hypothesis_settings.load_profile("search" if searching else "house")

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: engines, then the database, the web, the browser, whole flows."""
    order = (
        "engine",
        "properties",
        "architecture",
        "ingest",
        "reports",
        "db",
        "web",
        "browser",
        "flows",
    )

    def place(item: pytest.Item) -> int:
        folder = Path(item.path).parent.name
        return order.index(folder) if folder in order else len(order)

    items.sort(key=place)


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is there already; Django must not make one of its own."""


@pytest.fixture(scope="session")
def committed(django_db_blocker, django_db_setup) -> Iterator[None]:
    """For what is loaded once and kept: opens the database without rolling back."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def planner(committed):
    """A planner of the demo town."""
    from heatmap.services.demo import demo_user

    return demo_user()


@pytest.fixture(scope="session")
def stranger(committed):
    """A planner of another town."""
    from factories import make_person, make_town

    person = make_person("stranger")
    make_town(member=person)
    return person


@pytest.fixture(scope="session")
def town(committed, planner):
    """Aachen-Melaten, read from its real extract."""
    from heatmap.identity import acting_as
    from heatmap.models import Municipality
    from heatmap.services.demo import DEMO_TOWNS, load_town

    load_town(DEMO_TOWNS[0], lambda line: None)
    with acting_as(municipality=DEMO_TOWNS[0].slug):
        return Municipality.objects.get()


@pytest.fixture(scope="session")
def helsinki(committed, planner):
    from heatmap.identity import acting_as
    from heatmap.models import Municipality
    from heatmap.services.demo import DEMO_TOWNS, load_town

    load_town(DEMO_TOWNS[1], lambda line: None)
    with acting_as(municipality=DEMO_TOWNS[1].slug):
        return Municipality.objects.get()


@pytest.fixture(scope="session")
def finished_run(town):
    """The first study of the demo town, scored."""
    from heatmap.identity import acting_as
    from sites.services import scoring
    from sites.services.studies import first_study

    with acting_as(municipality=town.slug):
        run = scoring.create_run(first_study(town), None)
    run = scoring.execute(run.job_id)
    assert run.result is not None, run.job.sentence
    return run


@pytest.fixture
def member_client(client, planner):
    client.force_login(planner)
    return client


@pytest.fixture
def stranger_client(client, stranger):
    client.force_login(stranger)
    return client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def worker() -> Iterator[subprocess.Popen]:
    """A real Celery worker on the test database, and the watcher beside it."""
    folder = Path(os.environ["HEATHUB_VAR"]) / "log"
    with (
        (folder / "test-worker.log").open("w") as output,
        (folder / "test-watcher.log").open("w") as watched,
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "heatmap.celery", "worker", "-c", "1",
             "-Q", "any,short", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            cwd=ROOT, stdout=output, stderr=output,
        )  # fmt: skip
        watcher = subprocess.Popen(
            [sys.executable, "manage.py", "watch_jobs"], cwd=ROOT, stdout=watched, stderr=watched
        )
        yield process
        for each in (watcher, process):
            each.terminate()
            each.wait(timeout=30)


@pytest.fixture(scope="session")
def live_url(committed) -> Iterator[str]:
    """A real web server on the test database, with the demo sign-in open."""
    port = free_port()
    log = Path(os.environ["HEATHUB_VAR"]) / "log" / "test-web.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "heatmap.wsgi", "--bind", f"127.0.0.1:{port}",
             "--threads", "4", "--no-control-socket", "--log-level", "warning"],
            cwd=ROOT, stdout=output, stderr=output, env={**os.environ, "HEATHUB_DEMO": "1"},
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        yield url
        process.terminate()
        process.wait(timeout=30)
