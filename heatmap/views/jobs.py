"""Progress of background work, and asking it to stop."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from heatmap.selectors import get_job, get_municipality
from heatmap.services.jobs import request_cancel


@require_safe
@never_cache
def progress(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    job = get_job(request, slug, job_id)
    response = render(request, "partials/job.html", {"job": job, "town": job.municipality})
    if job.has_ended and request.headers.get("HX-Request"):
        response["HX-Refresh"] = "true"  # the page has more to show now than its progress
    return response


@require_POST
def cancel(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to_write=True)
    job = get_job(request, slug, job_id)
    if not job.has_ended:
        request_cancel(job)
        job.refresh_from_db()
    if request.headers.get("HX-Request"):
        return render(request, "partials/job.html", {"job": job, "town": town})
    return redirect("studies", slug=slug)
