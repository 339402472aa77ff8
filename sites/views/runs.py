"""Starting a run, watching it, reading it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.limits import limited
from heatmap.selectors import get_municipality, page_context
from sites.change_findings import change_findings
from sites.forms import ReportForm
from sites.jobs import start_run
from sites.rule_findings import change_rows
from sites.selectors import candidate_results, get_run, get_study, newer_layers, run_before
from sites.study_findings import chain_findings, robustness_findings, set_findings, weights_data


@limited("run", 120)
@require_POST
def create(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    try:
        run = start_run(get_study(town, study_id), request.user)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
        return redirect("studies", slug=slug)
    return redirect("run", slug=slug, run_id=run.pk)


@require_safe
def run_page(request: HttpRequest, slug: str, run_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug)
    run = get_run(town, run_id)
    results = candidate_results(run) if run.result else []
    ranked = [r for r in results if r.get("rank")]
    earlier = run_before(run) if run.result else None
    context = page_context(request, town, "studies") | {
        "run": run,
        "robust": robustness_findings(run.result or {}, ranked),
        "chain": chain_findings(run.result or {}, ranked),
        "weights": weights_data(ranked),
        "earlier": earlier,
        "changed": change_findings(
            (earlier.inputs, run.inputs), candidate_results(earlier), results
        )
        if earlier
        else {},
        "together": set_findings(run.result or {}, ranked),
        "rules": change_rows(run.inputs.get("changes")),
        "newer": newer_layers([run]).get(run.pk, []),
        "job": run.job,
        "ranked": ranked,
        "refused": [
            r | {"red": [g for g in r.get("gates", []) if g["state"] == "red"]}
            for r in results
            if not r.get("rank")
        ],
        "report_form": ReportForm(initial={"language": request.LANGUAGE_CODE}),
    }
    return render(request, "sites/run.html", context)
