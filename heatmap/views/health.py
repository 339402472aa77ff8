"""Is it alive, and is it ready? Both answer without a sign-in and tell no secrets."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heatmap.background import broker_answers, worker_answers


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database does not answer"
    return ""


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "the state of the tables could not be read"
    return f"{len(plan)} migrations are missing" if plan else ""


def _broker() -> str:
    return "" if broker_answers() else "the broker does not answer"


def _worker() -> str:
    return "" if worker_answers() else "no worker answers"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "worker": _worker,
}


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    reasons = {name: reason for name, check in CHECKS.items() if (reason := check())}
    answer = {"ready": not reasons, "checks": list(CHECKS), "reasons": reasons}
    return JsonResponse(answer, status=503 if reasons else 200)
