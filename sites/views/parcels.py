"""One parcel, questioned from top to bottom."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.layer_documents import layer_documents
from heatmap.limits import limited
from heatmap.models import Municipality
from heatmap.selectors import (
    current_versions,
    get_municipality,
    page_context,
    these_versions,
)
from sites.findings import parcel_findings
from sites.grid_findings import second_findings
from sites.jobs import start_second_opinion
from sites.map_texts import chart_texts, map_texts
from sites.models import Candidate
from sites.reports.context import parcel_facts
from sites.rule_findings import attested_rows
from sites.selectors import get_candidate, get_run, second_opinion_of, version_ids
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
    opinion = second_opinion_of(run, ref) if Capability.SEE_RESTRICTED in town.may else None
    context = page_context(request, town, "studies") | {
        "run": run,
        "candidate": candidate,
        "r": candidate.document,
        "may_see_second": Capability.SEE_RESTRICTED in town.may,
        "opinion": opinion,
        "second": second_findings(opinion.result if opinion else None),
        "p": parcel_facts(candidate.document),
        "find": parcel_findings(candidate.document, candidate.hourly, run.result or {}),
        "attested": attested_rows(run.inputs.get("changes"), ref),
        "layers": layers,
        "in_map": _place(candidate, layers),
        "texts": map_texts(),
        "charts": _charts(town, candidate),
    }
    return render(request, "sites/parcel.html", context)


@limited("second-opinion", 60)
@require_POST
def verify(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    """Let a worker ask pandapower and pandapipes about this parcel."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    run = get_run(town, run_id)
    get_candidate(run, ref)
    try:
        start_second_opinion(run, ref, request.user)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
    page = reverse("parcel", args=[slug, run_id, ref])
    return redirect(f"{page}#second-opinion")


@require_POST
def pin(request: HttpRequest, slug: str, run_id: UUID, ref: str) -> HttpResponse:
    """Keep the hours of this parcel, or let them go."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    candidate = get_candidate(get_run(town, run_id), ref)
    set_pinned(candidate, request.POST.get("pinned") == "1")
    return redirect("parcel", slug=slug, run_id=run_id, ref=ref)
