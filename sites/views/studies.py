"""Studies, what they assume, and their runs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.selectors import get_municipality, page_context
from sites.assumptions import assumption_groups, catalogue_labels
from sites.selectors import last_runs, listed_runs, newer_layers, studies_of
from sites.services.studies import first_study


@require_POST
def create_first(request: HttpRequest, slug: str) -> HttpResponse:
    first_study(get_municipality(request, slug, to=Capability.PLAN))
    return redirect("studies", slug=slug)


@require_safe
def studies_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    studies = list(studies_of(town))
    last = last_runs(town)
    newer = newer_layers(last.values())
    for study in studies:
        study.last_run = last.get(study.pk)
        study.newer = newer.get(study.last_run.pk, []) if study.last_run else []
        study.groups = assumption_groups(study)
        study.labels = catalogue_labels(study)
    context = page_context(request, town, "studies") | {
        "studies": studies,
        "runs": listed_runs(town)[:50],
    }
    return render(request, "sites/studies.html", context)
