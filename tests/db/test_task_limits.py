"""Every background task: one word, a short body, and a soft limit below the hard one."""

import ast
import importlib
import inspect
import textwrap

import pytest
from django.apps import apps
from django.utils.module_loading import module_has_submodule

from heatmap.celery import app
from heatmap.choices import JobKind
from heatmap.services import queue

for room in apps.get_app_configs():
    if module_has_submodule(room.module, "tasks"):
        importlib.import_module(f"{room.name}.tasks")
TASKS = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
MOST_LINES = 10


def test_there_are_tasks() -> None:
    assert any(task.name == "heatmap.tasks.work" for task in TASKS)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_the_soft_limit_comes_before_the_hard_one(task) -> None:
    assert 0 < task.soft_time_limit < task.time_limit


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_takes_one_word(task) -> None:
    assert len(inspect.signature(task.run).parameters) == 1


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_is_a_short_adapter(task) -> None:
    body = ast.parse(textwrap.dedent(inspect.getsource(task.run))).body[0].body
    assert body[-1].end_lineno - body[0].lineno < MOST_LINES


def test_there_is_somebody_for_every_kind_of_work() -> None:
    assert set(queue._WORK) == set(JobKind)


def test_a_message_outlives_the_longest_job() -> None:
    # one that came back earlier would not harm either: it only says that there is work
    assert app.conf.task_acks_late
    longest = max(task.time_limit for task in TASKS)
    assert app.conf.broker_transport_options["visibility_timeout"] > longest
