"""Studies, what they assume, and their runs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.selectors import get_municipality, page_context
from sites.assumptions import assumption_groups, catalogue_labels
from sites.selectors import listed_runs, studies_of
from sites.services.studies import first_study


@require_POST
def create_first(request: HttpRequest, slug: str) -> HttpResponse:
    first_study(get_municipality(request, slug, to=Capability.PLAN))
    return redirect("studies", slug=slug)


@require_safe
def studies_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    studies = list(studies_of(town))
    for study in studies:
        study.groups = assumption_groups(study)
        study.labels = catalogue_labels(study)
    context = page_context(request, town, "studies") | {
        "studies": studies,
        "runs": listed_runs(town)[:50],
    }
    return render(request, "sites/studies.html", context)
