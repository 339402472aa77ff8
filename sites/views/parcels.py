"""One parcel, questioned from top to bottom."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.layer_documents import layer_documents
from heatmap.models import Municipality
from heatmap.selectors import (
    current_versions,
    get_municipality,
    page_context,
    these_versions,
)
from sites.findings import parcel_findings
from sites.map_texts import chart_texts, map_texts
from sites.models import Candidate
from sites.reports.context import parcel_facts
from sites.selectors import get_candidate, get_run, version_ids
from sites.services.scoring import set_pinned


def _place(candidate: Candidate, layers: list) -> dict:
    result = candidate.document
    shown = ("ref", "lon", "lat", "score", "route", "noise_radius_m")
    place = {key: result.get(key) for key in shown}
    return place | {"layers": layers, "refused": result.get("rank") is None}


def _charts(town: Municipality, candidate: Candidate) -> dict:
    address = reverse("hourly", args=[town.slug, candidate.run_id, candidate.ref])
    return {"url": address if candidate.hourly else "", "texts": chart_texts()}


@require_safe
def parcel_page(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    town = get_municipality(request, slug)
    run = get_run(town, run_id)
    candidate = get_candidate(run, ref)
    layers = layer_documents(these_versions(town, version_ids(run)), current_versions(town))
    context = page_context(request, town, "studies") | {
        "run": run,
        "candidate": candidate,
        "r": candidate.document,
        "p": parcel_facts(candidate.document),
        "find": parcel_findings(candidate.document, candidate.hourly, run.result or {}),
        "layers": layers,
        "in_map": _place(candidate, layers),
        "texts": map_texts(),
        "charts": _charts(town, candidate),
    }
    return render(request, "sites/parcel.html", context)


@require_POST
def pin(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    """Keep the hours of this parcel, or let them go."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    candidate = get_candidate(get_run(town, run_id), ref)
    set_pinned(candidate, request.POST.get("pinned") == "1")
    return redirect("parcel", slug=slug, run_id=run_id, ref=ref)
