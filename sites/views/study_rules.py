"""The pages on which a planner sets what a study asks and assumes."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.models import Municipality
from heatmap.selectors import get_municipality, page_context
from sites.assumption_forms import AssumptionsForm, assumption_answers
from sites.models import Study
from sites.money_forms import MoneyForm, money_answers
from sites.rule_forms import START_YEAR, RulesForm, rule_answers
from sites.sectioned_form import SectionedForm
from sites.selectors import get_study, known_places
from sites.services.rules import set_rules
from sites.services.studies import set_assumptions, set_money


@require_http_methods(["GET", "HEAD", "POST"])
def rules_page(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Ask for gates, weights, attestations, law, the set and the next hub of a study."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    study = get_study(town, study_id)
    study.municipality = town
    make = partial(
        RulesForm, initial=rule_answers(study), known_places=partial(known_places, town, study)
    )
    title = _("Rules of this study")
    lead = _("What it asks of a place, and what it wishes of the set and of the next hub.")
    return answer(request, town, study, make, _save_rules, {"title": title, "lead": lead})


def _save_rules(study: Study, form: Any) -> None:
    year = form.cleaned_data["start_year"]
    set_rules(
        study,
        form.rules_of_study(study),
        form.portfolio_of_study(study),
        form.number_overrides(study.overrides),
        START_YEAR if year is None else year,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def money_page(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Ask for tariffs, contracts, heat, computing and ownership of a study."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    study = get_study(town, study_id)
    make = partial(MoneyForm, initial=money_answers(study))
    title = _("Tariffs, heat and ownership")
    lead = _("What is paid for electricity, what the heat replaces and earns, whose hub it is.")
    return answer(request, town, study, make, _save_money, {"title": title, "lead": lead})


def _save_money(study: Study, form: Any) -> None:
    given = form.cleaned_data
    set_money(
        study,
        given["tariff"],
        given["heat_pump_tariff"],
        form.money_of_study(study),
        form.number_overrides(study.overrides),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def assumptions_page(request: HttpRequest, slug: str, study_id: int) -> HttpResponse:
    """Ask for technology, methods and every number that has no other page."""
    town = get_municipality(request, slug, to=Capability.PLAN)
    study = get_study(town, study_id)
    make = partial(AssumptionsForm, initial=assumption_answers(study))
    title = _("Technology and numbers")
    lead = _("What stands there, what is only assumed, and every other number of the study.")
    return answer(request, town, study, make, _save_assumptions, {"title": title, "lead": lead})


def _save_assumptions(study: Study, form: Any) -> None:
    set_assumptions(
        study,
        form.choices_of_study(),
        form.assumed_of_study(study),
        form.number_overrides(study.overrides),
    )


def answer(
    request: HttpRequest,
    town: Municipality,
    study: Study,
    make: partial[SectionedForm],
    save: Any,
    context: dict[str, Any],
) -> HttpResponse:
    """Show a form of sections, put one of them back, or keep what was answered."""
    form = make(request.POST or None)
    reset, problem = request.POST.get("reset", ""), ""
    if reset:
        # shown, not kept: what was typed in the other sections stays as it is
        form = make(initial=form.answers_without(reset))
    elif request.method == "POST" and form.is_valid():
        try:
            save(study, form)
        except Refusal as refusal:
            problem = sentence(refusal.message, refusal.values)
        else:
            messages.success(request, _("Saved. The next run of the study applies it."))
            return redirect("studies", slug=town.slug)
    page = page_context(request, town, "studies") | {
        "study": study,
        "form": form,
        "problem": problem,
        "reset": reset,
        "opened": request.GET.get("open", ""),
    }
    return render(request, "sites/study_form.html", page | context)
