"""A scoring run and an import, interrupted at every stage by every kind of death.

Whatever dies, what comes out is what an undisturbed run and import give, once.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from machine import Machine

from heatmap.choices import JobState
from heatmap.services import queue

RECOVERED_WITHIN_S = 30.0
"""From the moment everything that was killed stands again."""

MOMENTS = 50
SEED = 20261123
ENDED = "SELECT bool_and(state NOT IN ('queued', 'running')) FROM heatmap_job WHERE id = ANY(%s)"
RUN = "SELECT digest, result->'status'->>'candidates' FROM siting_run WHERE id = %s"
PARTS = "SELECT count(*), count(DISTINCT number) FROM siting_runpart WHERE run_id = %s"
CANDIDATES = """
SELECT count(*), count(DISTINCT ref), count(rank), count(hourly),
       md5(string_agg(ref || coalesce(rank, 0) || result::text, '' ORDER BY ref))
FROM siting_candidate WHERE run_id = %s
"""
HOURS = """
SELECT md5(string_agg(hourly::text, '' ORDER BY ref)) FROM siting_candidate WHERE run_id = %s
"""
IMPORTED = """
SELECT v.content_hash, v.rows_read, v.published_at IS NOT NULL,
       (SELECT count(*) FROM heatmap_parcel p WHERE p.version_id = v.id)
FROM heatmap_upload u JOIN heatmap_layerversion v ON v.id = u.version_id WHERE u.job_id = %s
"""
VERSIONS = """
SELECT count(*) FROM heatmap_layerversion v JOIN heatmap_municipality m ON m.id = v.municipality_id
WHERE m.slug = 'import-town'
"""
CELLS_OF_NEWEST = """
SELECT count(*) > 0 FROM heatmap_layerversion v JOIN heatmap_layer l ON l.id = v.layer_id
JOIN heatmap_municipality m ON m.id = v.municipality_id
WHERE m.slug = 'derive-town' AND l.kind = 'heat_demand' AND v.number = %s
  AND v.published_at IS NOT NULL AND v.inputs @> to_jsonb((
    SELECT max(b.id) FROM heatmap_layerversion b JOIN heatmap_layer k ON k.id = b.layer_id
    WHERE k.kind = 'buildings' AND b.municipality_id = m.id))
"""
CELLS = """
SELECT sum(c.heat_demand_mwh_per_a) FROM heatmap_heatdemandcell c
JOIN heatmap_municipality m ON m.id = c.municipality_id
WHERE m.slug = 'derive-town' GROUP BY c.version_id ORDER BY c.version_id
"""
STAGE = "SELECT stage = %s AND state = 'running' FROM heatmap_job WHERE id = %s"
FAR = """
SELECT progress_share >= %s OR state NOT IN ('queued', 'running') FROM heatmap_job WHERE id = %s
"""


@dataclass(frozen=True)
class Undisturbed:
    """What comes out when nothing happens."""

    run: list
    parts: list
    candidates: list
    hours: list
    imported: list
    seconds: float


def outcome(machine: Machine, ids: dict[str, str]) -> tuple:
    run, upload = ids["run"], ids["upload"]
    return (
        machine.ask(RUN, run), machine.ask(PARTS, run), machine.ask(CANDIDATES, run),
        machine.ask(HOURS, run), machine.ask(IMPORTED, upload),
    )  # fmt: skip


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    own = Machine()
    for name in ("any", "short", "watcher"):
        own.start(name)
    yield own
    own.close()


@pytest.fixture(scope="module")
def undisturbed(machine) -> Undisturbed:
    machine.wait_until("SELECT count(*) = 3 FROM heatmap_signoflife", seconds=30)
    ids = machine.drive("both")
    seconds = machine.wait_until(ENDED, list(ids.values()), seconds=60)
    found = outcome(machine, ids)
    assert found[0][0][0], "the undisturbed run has no digest"
    assert found[1][0][0] == 3  # 1,200 parcels in parts of 500
    assert found[4][0][3] == 6000
    return Undisturbed(*found, seconds)


# --- ways to die; each leaves everything standing again ---


def workers_children(machine: Machine) -> None:
    machine.kill_children("any")
    machine.kill_children("short")


def whole_workers(machine: Machine) -> None:
    for name in ("any", "short"):
        machine.kill(name)
    for name in ("any", "short"):
        machine.start(name)


def everything(machine: Machine) -> None:
    for name in ("any", "short", "watcher"):
        machine.kill(name)
    for name in ("any", "short", "watcher"):
        machine.start(name)


def database(machine: Machine) -> None:
    machine.stop_database()
    time.sleep(1.0)
    machine.start_database()


def broker(machine: Machine) -> None:
    machine.kill_broker(forget=False)
    time.sleep(1.0)
    machine.start_broker()


def forgetful_broker(machine: Machine) -> None:
    machine.kill_broker(forget=True)
    machine.start_broker()


def frozen(machine: Machine) -> None:
    """One that is believed dead, and comes back when its work has been given to another."""
    machine.freeze("any")
    time.sleep(queue.SILENT_AFTER_S + 6.0)
    machine.thaw("any")


WAYS = (
    workers_children, whole_workers, everything, database, broker, forgetful_broker, frozen,
)  # fmt: skip


def disturbed(
    machine: Machine,
    undisturbed: Undisturbed,
    until: Callable[[dict[str, str]], None],
    way: Callable[[Machine], None],
) -> None:
    """Start both, wait, let something die; both must end as if nothing had happened."""
    versions = machine.ask(VERSIONS)[0][0]
    ids = machine.drive("both")
    until(ids)
    way(machine)
    machine.wait_until(ENDED, list(ids.values()), seconds=RECOVERED_WITHIN_S)
    jobs = machine.ask("SELECT state, message FROM heatmap_job WHERE id = ANY(%s)",
                       list(ids.values()))  # fmt: skip
    assert [state for state, _ in jobs] == [JobState.DONE] * 2, jobs
    found = Undisturbed(*outcome(machine, ids), undisturbed.seconds)
    assert found == undisturbed
    assert machine.ask(VERSIONS)[0][0] == versions + 1


def test_the_processes_that_work_die_in_the_middle_of_the_parcels(machine, undisturbed):
    def until(ids):
        machine.wait_until(FAR, 0.4, ids["run"], seconds=20)

    disturbed(machine, undisturbed, until, workers_children)


def test_the_workers_die_while_the_file_is_read(machine, undisturbed):
    def until(ids):
        machine.wait_until(STAGE, "reading the file", ids["upload"], seconds=20)

    disturbed(machine, undisturbed, until, whole_workers)


def test_the_database_stops_in_the_middle_of_the_parcels(machine, undisturbed):
    def until(ids):
        machine.wait_until(FAR, 0.3, ids["run"], seconds=20)

    disturbed(machine, undisturbed, until, database)


def test_the_broker_dies_and_forgets_before_work_has_begun(machine, undisturbed):
    disturbed(machine, undisturbed, lambda ids: None, forgetful_broker)


def test_everything_dies_while_the_result_is_stored(machine, undisturbed):
    def until(ids):
        machine.wait_until(FAR, 0.9, ids["run"], seconds=20)

    disturbed(machine, undisturbed, until, everything)


@pytest.mark.parametrize(("what", "stage"), [("run", ""), ("upload", "reading the file")])
def test_a_cancel_ends_running_work_within_two_seconds(machine, undisturbed, what, stage):
    ids = machine.drive(what)
    begun = (
        "SELECT state = 'running' AND stage <> '' AND stage >= %s FROM heatmap_job WHERE id = %s"
    )
    machine.wait_until(begun, stage, ids[what], seconds=20)
    machine.ask("UPDATE heatmap_job SET cancel_requested = true WHERE id = %s RETURNING id",
                ids[what])  # fmt: skip
    seconds = machine.wait_until(ENDED, [ids[what]], seconds=5)
    assert machine.ask("SELECT state FROM heatmap_job WHERE id = %s", ids[what]) == [("cancelled",)]
    assert seconds < 2.0
    assert machine.readers() == []
    assert machine.ask("SELECT count(*) FROM siting_candidate WHERE run_id = %s", ids[what]) == [
        (0,)
    ]


def test_what_follows_from_an_import_is_rebuilt_by_the_workers_themselves(machine, undisturbed):
    for number in (1, 2):
        machine.drive("buildings")
        machine.wait_until(CELLS_OF_NEWEST, number, seconds=20)
    # 50 buildings of 10 MWh/a, and a year later of 11
    assert [round(total) for (total,) in machine.ask(CELLS)] == [500, 550]


@pytest.mark.skipif(not os.environ.get("HEATHUB_TEST_ALL"), reason="bin/test --all")
@pytest.mark.parametrize("moment", range(MOMENTS))
def test_whatever_dies_whenever(machine, undisturbed, moment):
    chance = random.Random(SEED + moment)
    way = WAYS[moment % len(WAYS)]
    after_s = chance.uniform(0.0, undisturbed.seconds)
    disturbed(machine, undisturbed, lambda ids: time.sleep(after_s), way)
