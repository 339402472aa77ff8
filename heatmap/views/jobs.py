"""Progress of background work, and asking it to stop."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from heatmap.background import worker_answers
from heatmap.choices import Capability, JobKind
from heatmap.models import Job
from heatmap.selectors import get_job, get_municipality
from heatmap.services.jobs import end_if_lost, request_cancel

PAGE_OF_KIND = {JobKind.IMPORT: "data", JobKind.RUN: "studies", JobKind.REPORT: "reports"}


@require_safe
@never_cache
def progress(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug)
    job = end_if_lost(get_job(town, job_id))
    return _answer(request, job, Capability.PLAN in town.may)


@require_POST
def cancel(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    job = end_if_lost(get_job(town, job_id))
    if not job.has_ended:
        request_cancel(job)
        job.refresh_from_db()
    if request.headers.get("HX-Request"):
        return _answer(request, job, Capability.PLAN in town.may)
    return redirect(PAGE_OF_KIND[job.kind], slug=slug)


def _answer(request: HttpRequest, job: Job, may_cancel: bool) -> HttpResponse:
    context = {
        "job": job,
        "town": job.municipality,
        "may_cancel": may_cancel,
        "no_worker": job.waits_long and not worker_answers(),
    }
    response = render(request, "partials/job.html", context)
    if job.has_ended and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"  # the page has more to show now than its progress
    return response
