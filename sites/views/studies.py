"""Studies, what they assume, and their runs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.selectors import get_municipality, page_context
from sites.assumptions import assumption_groups, catalogue_labels, displaced_labels
from sites.forms import CopyForm, PilotForm, SizeForm
from sites.rule_findings import change_rows
from sites.selectors import get_study, last_runs, listed_runs, newer_layers, studies_of
from sites.services.rules import changes_of, has_changed
from sites.services.studies import copied_study, first_study, pilot_study, set_size


@require_POST
def create_first(request: HttpRequest, slug: str) -> HttpResponse:
    first_study(get_municipality(request, slug, to=Capability.PLAN))
    return redirect("studies", slug=slug)


@require_POST
def create_pilot(request: HttpRequest, slug: str) -> HttpResponse:
    """Set up the study of a pilot, with the town's learning budget."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    form = PilotForm(request.POST)
    if form.is_valid():
        pilot_study(town, form.cleaned_data["yearly_eur"], form.cleaned_data["total_eur"])
    else:
        messages.warning(request, _("A learning budget is a number of euros from 0 on."))
    return redirect("studies", slug=slug)


@require_POST
def set_study_size(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """State the size of the hub, or let each place take its best one."""
    study = get_study(get_municipality(request, slug, to=Capability.PLAN), study_id)
    form = SizeForm(request.POST)
    if form.is_valid():
        set_size(study, form.cleaned_data["power_it_kw"])
        messages.success(request, _("The size holds from the next run on."))
    else:
        messages.warning(
            request, _("A size is a number from 10 to 10,000 kW, or nothing for the best one.")
        )
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
        study.not_run = bool(study.last_run) and has_changed(study, study.last_run.inputs)
        study.changes = change_rows(changes_of(study))
        study.groups = assumption_groups(study)
        study.labels = catalogue_labels(study)
        study.sources = displaced_labels(study)
        study.size_form = SizeForm(
            initial={"power_it_kw": study.stated_kw and f"{study.stated_kw:g}"},
            auto_id=f"id_size_{study.pk}_%s",
        )
    context = page_context(request, town, "studies") | {
        "studies": studies,
        "pilot_form": PilotForm(),
        "runs": listed_runs(town)[:50],
    }
    return render(request, "sites/studies.html", context)


@require_POST
def copy(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Make a new study that says everything this one says."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    study = get_study(town, study_id)
    study.municipality = town
    form = CopyForm(request.POST)
    if form.is_valid():
        try:
            copied_study(study, form.cleaned_data["name"])
        except Refusal as refusal:
            messages.warning(request, sentence(refusal.message, refusal.values))
    else:
        messages.warning(request, _("A new study needs a name of at most 120 letters."))
    return redirect("studies", slug=slug)
