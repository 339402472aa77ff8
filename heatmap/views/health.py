"""Is it alive, is it ready, and how does it fare? None of the answers needs a sign-in."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import psycopg
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import GaugeMetricFamily

from heatmap.asking import is_at_this_machine
from heatmap.background import broker_answers
from heatmap.metrics import exposition
from heatmap.models import SignOfLife
from heatmap.services import queue

CHECKS = ("database", "migrations", "broker", "worker", "watcher")
APPLIED = "SELECT app, name FROM django_migrations"
LIVING = "SELECT kind FROM heatmap_signoflife WHERE seen_at > now() - %s"


@cache
def _migrations_of_the_code() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset(loader.disk_migrations)


def _reasons() -> dict[str, str]:
    """What is not as it should be. One connection of its own: the pool waits for seconds."""
    reasons = {} if broker_answers() else {"broker": "the broker does not answer"}
    try:
        with psycopg.connect(
            **connection.get_connection_params() | {"connect_timeout": 2}, autocommit=True
        ) as link:
            missing = _migrations_of_the_code() - set(link.execute(APPLIED).fetchall())
            living = {row[0] for row in link.execute(LIVING, [queue.ALIVE_FOR])}
    except psycopg.Error:
        return reasons | {"database": "the database does not answer, or has no tables"}
    if missing:
        reasons["migrations"] = f"{len(missing)} migrations are missing"
    for kind in SignOfLife.Kind.values:
        if kind not in living:
            reasons[kind] = f"no {kind} has given a sign of life lately"
    return reasons


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    reasons = _reasons()
    answer = {"ready": not reasons, "checks": CHECKS, "reasons": reasons}
    return JsonResponse(answer, status=503 if reasons else 200)


def _may_measure(request: HttpRequest) -> bool:
    """This machine itself, or whoever holds the token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    token = settings.METRICS_TOKEN.encode()
    if token and secrets.compare_digest(given, token):
        return True
    return is_at_this_machine(request)


def _gauges() -> Iterator[GaugeMetricFamily]:
    lines = queue.queue_state()
    jobs = GaugeMetricFamily("heathub_jobs", "Jobs on record.", labels=["kind", "state"])
    for line in lines:
        jobs.add_metric([line.kind, line.state], line.jobs)
    yield jobs
    waiting = [line for line in lines if line.state == "queued"]
    for name, text, value in (
        ("heathub_queue_jobs", "Jobs that wait.", sum(line.jobs for line in waiting)),
        ("heathub_queue_expected_seconds", "Work that waits.", sum(w.expected_s for w in waiting)),
        (
            "heathub_queue_oldest_seconds",
            "How long the oldest waiting job has waited.",
            max((line.oldest_s for line in waiting), default=0.0),
        ),
    ):
        yield GaugeMetricFamily(name, text, value=value)
    signs = GaugeMetricFamily(
        "heathub_sign_of_life_age_seconds", "Since the newest sign of life.", labels=["kind"]
    )
    for kind in SignOfLife.Kind:
        last = queue.last_sign(kind)
        if last is not None:
            signs.add_metric([kind.value], (datetime.now(UTC) - last).total_seconds())
    yield signs
    alive = GaugeMetricFamily("heathub_alive", "Processes that live.", labels=["kind"])
    for kind in SignOfLife.Kind:
        alive.add_metric([kind.value], queue.living(kind))
    yield alive


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_measure(request):
        raise PermissionDenied(_("Only this machine, or who holds the token, may read this."))
    return HttpResponse(exposition(list(_gauges())), content_type=CONTENT_TYPE_LATEST)
