"""One parcel, questioned from top to bottom."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heatmap.selectors import get_municipality, layer_documents, page_context
from sites.findings import parcel_findings
from sites.selectors import get_candidate, get_run


@require_safe
def parcel_page(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    town = get_municipality(request, slug)
    run = get_run(town, run_id)
    candidate = get_candidate(run, ref)
    context = page_context(request, town, "studies") | {
        "run": run,
        "candidate": candidate,
        "r": candidate.result,
        "find": parcel_findings(candidate.result, candidate.hourly, run.result or {}),
        "layers": layer_documents(town),
        "in_map": {
            "layers": layer_documents(town),
            "ref": candidate.ref,
            "lon": candidate.result["lon"],
            "lat": candidate.result["lat"],
        },
    }
    return render(request, "sites/parcel.html", context)
