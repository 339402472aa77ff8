"""Whose turn it is, who may write, what becomes of a silent job: on the real database."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from factories import make_person, make_town

from heatmap.background import HARD_LIMIT_S, TimeIsUp
from heatmap.choices import JobKind, JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import Job, JobStopped, SignOfLife
from heatmap.services import jobs, queue
from heatmap.services.attempts import take

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def town():
    return make_town()


def give(town, person, count=1, *, kind=JobKind.RUN, expected_s=1.0, waits_s=0):
    """Jobs of a person that wait for a worker, the oldest first."""
    given = []
    with acting_as(municipality=town.slug):
        for i in range(count):
            job = jobs.create_job(town, kind, person, expected_s=expected_s)
            since = timezone.now() - timedelta(seconds=waits_s - i)
            Job.objects.filter(pk=job.pk).update(queued_at=since)
            given.append(job.pk)
    return given


def now(town, pk):
    with acting_as(municipality=town.slug):
        return Job.objects.get(pk=pk)


def change(town, pk, **values):
    with acting_as(municipality=town.slug):
        Job.objects.filter(pk=pk).update(**values)


def work_off(mine, longest_s=float("inf")):
    """Take one job after the other as a worker does; ids in the order of their turn."""
    order = []
    while True:
        with acting_as(queue=True), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM heathub_next_job(%s, 5)", [longest_s])
            found = cursor.fetchone()
        if found is None:
            return order
        jobs.run_job(found[0], lambda progress: None)
        if found[0] in mine:
            order.append(found[0])


# --- order ---


def test_twenty_people_who_start_at_once_take_turns(town):
    people = [make_person(f"p{i}") for i in range(20)]
    # everybody asks for three; the first one asks for all of hers before the others come
    waiting = {p.pk: give(town, p, 3, waits_s=100 - i) for i, p in enumerate(people)}
    whose = {pk: (person, turn) for person, pks in waiting.items() for turn, pk in enumerate(pks)}
    order = [whose[pk] for pk in work_off(whose)]
    assert [turn for _, turn in order] == [0] * 20 + [1] * 20 + [2] * 20
    for turn in range(3):
        assert {person for person, t in order if t == turn} == {p.pk for p in people}


def test_a_big_load_of_one_person_does_not_keep_another_waiting(town):
    many, few = make_person("many"), make_person("few")
    first = give(town, many, 9, waits_s=60)
    last = give(town, few, 1)
    order = work_off({*first, *last})
    assert order.index(last[0]) == 1  # behind the one that came before her, before the other eight


def test_what_somebody_has_running_counts_as_her_turn(town):
    one, other = make_person("one"), make_person("other")
    running, waiting = give(town, one, 2, waits_s=60)
    later = give(town, other, 1)
    assert take(running) is not None
    assert work_off({waiting, *later}) == [later[0], waiting]


def test_a_worker_for_short_work_leaves_long_work_alone(town):
    person = make_person("p")
    long = give(town, person, 1, expected_s=queue.SHORT_S + 1, waits_s=60)
    short = give(town, person, 1, expected_s=queue.SHORT_S)
    assert work_off({*long, *short}, queue.SHORT_S) == short
    assert now(town, long[0]).state == JobState.QUEUED


def test_a_second_opinion_that_nobody_asked_for_waits_for_all_who_wait(town):
    (unasked,) = give(town, None, 1, kind=JobKind.VERIFY, waits_s=600)
    person = make_person("p")
    work = give(town, person, 2, waits_s=60)
    (asked,) = give(town, person, 1, kind=JobKind.VERIFY)
    assert work_off({unasked, *work, asked}) == [*work, asked, unasked]


def test_a_job_named_to_one_worker_is_not_named_to_a_second(town):
    (job,) = give(town, make_person("p"))
    named = []
    for _ in range(2):
        with acting_as(queue=True), connection.cursor() as cursor:
            cursor.execute("SELECT job_id FROM heathub_next_job('Infinity', 5)")
            named += [row[0] for row in cursor.fetchall()]
    assert named.count(job) == 1


def test_work_of_a_command_is_not_given_to_a_worker(town):
    with acting_as(municipality=town.slug):
        job = jobs.create_job(town, JobKind.RUN, None)
    assert work_off({job.pk}) == []


# --- the wall ---


def test_only_the_queue_may_name_jobs_and_it_sees_no_row(town):
    (job,) = give(town, make_person("p"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heathub_next_job('Infinity', 5)")
        assert cursor.fetchall() == []
        cursor.execute("SELECT * FROM heathub_end_silent_jobs(0, 0, 0, '', '', '', '')")
        assert cursor.fetchall() == []
    with acting_as(queue=True):
        assert not Job.objects.exists()
        assert Job.objects.filter(pk=job).update(title="planted") == 0
    assert now(town, job).handed_over_at is None


def test_nobody_may_ask_for_the_order_of_all_towns(town):
    with acting_as(queue=True), connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('heathub_queue_order()', 'execute')")
        assert cursor.fetchone() == (False,)


def test_places_are_told_for_ones_own_town_only(town):
    member = make_person("member")
    other = make_town(member=member)
    elsewhere = give(town, make_person("p"), 1, waits_s=60)
    here = give(other, member, 1)
    with acting_as(user_id=member.pk):
        found = queue.places()
    assert set(found) & {*elsewhere, *here} == set(here)
    assert found[here[0]].number >= 2  # the other one is counted, not named


# --- who may write ---


def test_an_attempt_that_was_given_up_can_neither_report_nor_store_nor_end(town):
    (job,) = give(town, make_person("p"))
    old = take(job)
    change(town, job, state=JobState.QUEUED)  # as the watcher does with a silent one
    new = take(job)
    assert (old.number, new.number) == (1, 2)
    with pytest.raises(JobStopped):
        old("still here", 0.5)
    with pytest.raises(JobStopped), old.storing():
        Job.objects.filter(pk=job).update(title="written too late")
    with pytest.raises(JobStopped), old.ending():
        pass
    with acting_as(job_id=job):
        assert not old.end(JobState.DONE)
    assert not old.beat()
    with new.ending():
        Job.objects.filter(pk=job).update(title="written once")
    after = now(town, job)
    assert (after.state, after.title, after.stage) == (JobState.DONE, "written once", "")


def test_what_is_stored_while_a_cancel_comes_is_not_stored(town):
    (job,) = give(town, make_person("p"))
    attempt = take(job)
    with pytest.raises(JobStopped), attempt.ending():
        Job.objects.filter(pk=job).update(title="half")
        Job.objects.filter(pk=job).update(cancel_requested=True)
    assert now(town, job).title == ""


# --- endings ---


def test_a_database_that_goes_away_is_no_ending(town):
    (job,) = give(town, make_person("p"))

    def work(progress):
        raise OperationalError("server closed the connection unexpectedly")

    for attempt in (1, 2):
        assert jobs.run_job(job, work).state == JobState.QUEUED
        assert now(town, job).attempt == attempt
        assert "taken up again" in now(town, job).sentence
    ended = jobs.run_job(job, work)
    assert (ended.state, ended.attempt) == (JobState.BROKEN, 3)
    assert "stopped answering each time" in ended.sentence


def test_work_that_takes_too_long_says_so(town):
    (job,) = give(town, make_person("p"))

    def work(progress):
        raise TimeIsUp

    ended = jobs.run_job(job, work)
    assert ended.state == JobState.BROKEN
    assert "longer than the longest time" in ended.sentence


def silent(town, job, seconds, **values):
    attempt = take(job)
    then = timezone.now() - timedelta(seconds=seconds)
    change(town, job, heartbeat_at=then, **values)
    return attempt


def test_a_silent_job_waits_again_and_a_living_one_goes_on(town):
    lost, alive = give(town, make_person("p"), 2)
    silent(town, lost, queue.SILENT_AFTER_S + 1)
    silent(town, alive, queue.SILENT_AFTER_S - 3)
    assert queue.end_silent_jobs() >= 1
    after = now(town, lost)
    assert (after.state, after.handed_over_at, after.finished_at) == (JobState.QUEUED, None, None)
    assert "taken up again where it stopped" in after.sentence
    assert now(town, alive).state == JobState.RUNNING


@pytest.mark.parametrize(
    ("values", "state", "says"),
    [
        ({"attempts_allowed": 1}, JobState.BROKEN, "stopped answering while"),
        ({"cancel_requested": True}, JobState.CANCELLED, ""),
        (
            {"started_at": timezone.now() - timedelta(seconds=HARD_LIMIT_S + 1)},
            JobState.BROKEN,
            "longer than the longest time",
        ),
        ({"queued_at": None}, JobState.BROKEN, "stopped answering while"),
    ],
    ids=["no attempt left", "cancelled meanwhile", "killed by the hard limit", "a command"],
)
def test_a_silent_job_that_cannot_go_on_ends_with_a_reason(town, values, state, says):
    (job,) = give(town, make_person("p"))
    silent(town, job, 60, **values)
    queue.end_silent_jobs()
    after = now(town, job)
    assert after.state == state
    assert says in after.sentence
    assert after.finished_at is not None


def test_a_command_that_ended_before_it_began_leaves_nothing_waiting(town):
    with acting_as(municipality=town.slug):
        job = jobs.create_job(town, JobKind.RUN, None)
    then = timezone.now() - timedelta(seconds=queue.NEVER_BEGUN_AFTER_S + 1)
    change(town, job.pk, created_at=then)
    queue.end_silent_jobs()
    assert "ended before it began" in now(town, job.pk).sentence


# --- too much, and again ---


def test_the_eleventh_piece_of_work_is_refused_with_the_length_of_the_queue(town):
    person = make_person("eager")
    give(town, person, jobs.MOST_OF_PERSON, expected_s=60.0)
    with acting_as(municipality=town.slug), pytest.raises(Refusal, match=r"about \d+ min of work"):
        jobs.create_job(town, JobKind.RUN, person)
    with acting_as(municipality=town.slug):
        jobs.create_job(town, JobKind.RUN, make_person("other"))


def test_a_town_has_its_limit_too(town, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_OF_TOWN", 2)
    for name in ("a", "b"):
        give(town, make_person(name))
    with acting_as(municipality=town.slug), pytest.raises(Refusal, match="This town has 2"):
        jobs.create_job(town, JobKind.RUN, make_person("c"))


def test_a_failed_job_can_be_started_again_and_a_done_one_cannot(town):
    person = make_person("p")
    failed, done = give(town, person, 2)
    take(failed)
    change(town, failed, state=JobState.BROKEN, message="x", attempt=3, finished_at=timezone.now())
    jobs.run_job(done, lambda progress: None)
    with acting_as(municipality=town.slug):
        jobs.restart(Job.objects.get(pk=failed), person)
        with pytest.raises(Refusal, match="failed or was cancelled"):
            jobs.restart(Job.objects.get(pk=done), person)
    after = now(town, failed)
    assert (after.state, after.attempts_allowed, after.message) == (JobState.QUEUED, 6, "")
    assert jobs.run_job(failed, lambda progress: None).attempt == 4


# --- cancelling ---


def busy_python(progress):
    while True:
        sum(range(1000))


def long_query(progress):
    with acting_as(job_id=progress.job_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def waiting_process(progress):
    with subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE) as process:
        try:
            process.stdout.read()
        finally:
            process.kill()


@pytest.mark.parametrize("work", [busy_python, long_query, waiting_process])
def test_whatever_a_job_is_busy_with_it_ends_within_two_seconds(work):
    # a process of its own: the interruption is a signal, and the row must be there for all to see
    program = f"""
import django, sys, threading, time; django.setup()
sys.path[:0] = [{str(ROOT / "tests")!r}, {str(ROOT / "tests/db")!r}]
from factories import make_town
from heatmap.choices import JobKind
from heatmap.identity import acting_as
from heatmap.models import Job
from heatmap.services import jobs
import test_queue
town = make_town()
with acting_as(municipality=town.slug):
    job = jobs.create_job(town, JobKind.RUN, None)
asked = []
def ask():
    time.sleep(1.2)
    asked.append(time.monotonic())
    with acting_as(municipality=town.slug):
        jobs.request_cancel(Job.objects.get(pk=job.pk))
threading.Thread(target=ask).start()
ended = jobs.run_job(job.pk, test_queue.{work.__name__})
print(ended.state, round(time.monotonic() - asked[0], 2))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                          timeout=60)  # fmt: skip
    state, seconds = done.stdout.split()
    assert state == JobState.CANCELLED, done.stderr
    assert float(seconds) < 2.0


# --- signs of life ---


def test_a_sign_of_life_goes_stale(town):
    before = queue.living(SignOfLife.Kind.WORKER)
    queue.give_sign(SignOfLife.Kind.WORKER, ["here", "there"])
    assert queue.living(SignOfLife.Kind.WORKER) == before + 2
    then = timezone.now() - timedelta(seconds=13)
    SignOfLife.objects.filter(name="here").update(seen_at=then)
    assert queue.living(SignOfLife.Kind.WORKER) == before + 1


def test_the_signal_of_a_job_that_is_over_harms_nobody(town):
    (job,) = give(town, make_person("p"))
    before = signal.getsignal(signal.SIGUSR2)
    jobs.run_job(job, lambda progress: None)
    assert signal.getsignal(signal.SIGUSR2) == before
