"""Studies, what they assume, and their runs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.selectors import get_municipality, page_context
from sites.assumptions import assumption_groups, catalogue_labels, displaced_labels
from sites.forms import MoneyForm, PilotForm, SizeForm, money_answers
from sites.selectors import get_study, last_runs, listed_runs, newer_layers, studies_of
from sites.services.studies import first_study, pilot_study, set_money, set_size


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
        study.groups = assumption_groups(study)
        study.labels = catalogue_labels(study)
        study.sources = displaced_labels(study)
        study.size_form = SizeForm(
            initial={"power_it_kw": study.stated_kw}, auto_id=f"id_size_{study.pk}_%s"
        )
    context = page_context(request, town, "studies") | {
        "studies": studies,
        "pilot_form": PilotForm(),
        "runs": listed_runs(town)[:50],
    }
    return render(request, "sites/studies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def money_page(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Ask for tariff, displaced heat, land and owner of a study."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    study = get_study(town, study_id)
    form = MoneyForm(request.POST or None, initial=money_answers(study))
    problem = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            set_money(study, given["tariff"], given["heat_pump_tariff"], form.choices_of_study())
            return redirect("studies", slug=slug)
        except Refusal as refusal:
            problem = sentence(refusal.message, refusal.values)
    context = page_context(request, town, "studies") | {"study": study, "form": form}
    return render(request, "sites/study_money.html", context | {"problem": problem})
