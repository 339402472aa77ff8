"""A worker keeps a reader waiting: it reads the same behind the same walls, one file, then ends."""

import time

import psutil
import pytest
from bringing import upload
from factories import make_town
from shapefiles import SQUARES, zipped

from heatmap.choices import JobState
from heatmap.ingest.reader_process import readers

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    readers.keep_ready()
    yield lambda: psutil.Process(readers._ready.pid)
    last = psutil.Process(readers._ready.pid)
    readers.let_go()
    assert not last.is_running()


def test_a_reader_that_waited_reads_the_same_behind_the_same_walls(tmp_path, request):
    path = zipped(tmp_path)
    fresh = upload(make_town("one"), path)
    request.getfixturevalue("waiting")
    waited = upload(make_town("two"), path)
    assert waited.report == fresh.report
    assert waited.report["rows_used"] == len(SQUARES)
    assert "limits" in waited.report["walls"]


def test_a_reader_that_waits_has_one_thread_so_that_its_walls_hold_for_all_of_it(waiting):
    used_s = -1.0
    while used_s != (used_s := sum(waiting().cpu_times()[:2])):
        time.sleep(1.0)  # it still loads its libraries
    assert readers._ready.poll() is None, "it ends if a library has started a thread"
    assert waiting().num_threads() == 1


def test_each_file_has_a_reader_of_its_own(tmp_path, waiting):
    town, path = make_town(), zipped(tmp_path)
    first = waiting()
    upload(town, path)
    second = waiting()
    assert second.pid != first.pid
    assert not first.is_running()
    assert second.is_running()


def test_a_reader_that_died_while_it_waited_is_replaced(tmp_path, waiting):
    waiting().kill()
    readers._ready.wait(5)
    assert upload(make_town(), zipped(tmp_path)).job.state == JobState.DONE
    assert waiting().is_running()
