"""Background work: the page of all of it, one piece's progress, stopping it, starting it again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability, JobKind, JobState
from heatmap.errors import Refusal, sentence
from heatmap.job_selectors import ended_jobs, has_work, news_for, unfinished_jobs
from heatmap.jobs import restart as restart_job
from heatmap.models import Job, Municipality, SignOfLife
from heatmap.selectors import get_job, get_municipality, page_context
from heatmap.services import queue
from heatmap.services.jobs import mark_seen, request_cancel

PAGE_OF_KIND = {
    JobKind.IMPORT: "data",
    JobKind.RUN: "studies",
    JobKind.REPORT: "reports",
    JobKind.LAYER: "data",
    JobKind.VERIFY: "studies",
}


@require_safe
@never_cache
def progress(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug)
    job = get_job(town, job_id)
    return _answer(request, job, Capability.PLAN in town.may)


@require_POST
def cancel(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    job = get_job(town, job_id)
    if not job.has_ended:
        request_cancel(job)
    if request.headers.get("HX-Target") == "work":
        return _work_list(request, town)
    if request.headers.get("HX-Request"):
        return _answer(request, job, Capability.PLAN in town.may)
    return redirect(PAGE_OF_KIND[job.kind], slug=slug)


@require_POST
def restart(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    try:
        restart_job(get_job(town, job_id), request.user)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
    return redirect("work", slug=slug)


@require_POST
def seen(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """The notice of this job's end has been shown."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    mark_seen(request.user, get_job(town, job_id))
    return HttpResponse(status=204)


@require_safe
@never_cache
def work_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    context = page_context(request, town, "work") | _work(town)
    return render(request, "heatmap/work.html", context)


@require_safe
@never_cache
def work_list(request: HttpRequest, slug: str) -> HttpResponse:
    return _work_list(request, get_municipality(request, slug))


@require_safe
@never_cache
def notices(request: HttpRequest, slug: str) -> HttpResponse:
    """How many jobs are unfinished, and which of this person's ended unseen."""
    town = get_municipality(request, slug)
    unfinished = list(unfinished_jobs(town))
    context = {
        "town": town,
        "running": len(unfinished),
        "often": has_work(request.user, unfinished),
        "news": news_for(request.user, town) if Capability.PLAN in town.may else [],
    }
    return render(request, "partials/notices.html", context)


def _work_list(request: HttpRequest, town: Municipality) -> HttpResponse:
    context = {"town": town, "can_write": Capability.PLAN in town.may} | _work(town)
    return render(request, "partials/work_list.html", context)


def _work(town: Municipality) -> dict[str, Any]:
    unfinished = list(unfinished_jobs(town))
    waiting = [job for job in unfinished if job.state == JobState.QUEUED]
    if waiting:
        places = queue.places()
        for job in waiting:
            job.place = places.get(job.pk)
        waiting.sort(key=lambda job: job.place.number if job.place else 0)
    return {
        "active": [job for job in unfinished if job.state == JobState.RUNNING],
        "waiting": waiting,
        "ended": list(ended_jobs(town)),
        "no_worker": bool(unfinished) and not queue.living(SignOfLife.Kind.WORKER),
    }


def _answer(request: HttpRequest, job: Job, may_cancel: bool) -> HttpResponse:
    waits = job.state == JobState.QUEUED
    context = {
        "job": job,
        "town": job.municipality,
        "may_cancel": may_cancel,
        "place": queue.places().get(job.pk) if waits else None,
        "no_worker": job.waits_long and not queue.living(SignOfLife.Kind.WORKER),
    }
    response = render(request, "partials/job.html", context)
    if job.has_ended and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"  # the page has more to show now than its progress
    return response
