"""Whatever a file of assumptions can say from the shell, a planner can say on a page."""

import pytest

from engines.evaluation.money_choices import TARIFFS, MoneyChoices
from engines.evaluation.records import Rules
from engines.grid.tariff import Tariff
from engines.tables import registry
from heatmap.identity import acting_as
from sites.assumption_forms import SIZE, AssumptionsForm, assumption_answers
from sites.models import Study
from sites.money_forms import MoneyForm, money_answers, own
from sites.rule_forms import WISHES, RulesForm, rule_answers
from sites.sectioned_form import NUMBER
from sites.services.rules import changes_of, has_changed
from sites.services.scoring import STUDY_CHOICES

ASKED_BY = {
    "technology": "technology", "miner": "miner", "tariff": "tariff",
    "heat_pump_tariff": "heat_pump_tariff", "displaced_source": "displaced_1",
    "compute_outlook": "compute_outlook", "start_year": "start_year", "area_type": "area_type",
    "congestion_side": "congestion_side", "demand_method": "demand_method",
    "refrigerant": "refrigerant", "illustrative": "assumed-prices",
    # below, part by part
    "money": "owner", "rules": "gate-zoning", "portfolio": "set-most",
}  # fmt: skip
MONEY = {
    "displaced_by_month": "displaced_12", "compute_kind": "compute_kind", "land": "land",
    "owner": "owner", "town_land": "town_land", "treasury": "hold_share",
    "heat_tariff": "point-0-degc", "high_load_windows": "window-0-months",
    "curtailed_hours": "curtailed_hours",
    "tariffs": own("hub", "tax_eur_per_mwh"), "count_curtailed": "count_curtailed",
    "count_reserve": "count_reserve", "residual_mix_t_per_mwh": "residual_mix_g_per_kwh",
}  # fmt: skip
RULES = {
    "country": None,  # of the town, not of the study
    "gates": "gate-zoning", "absent": "absent-flood", "attestations": "H1-0-state",
    "attested": "H1-0-parcels", "legal_version": "legal_version",
    "yearly_budget_eur": "budget-yearly", "total_budget_eur": "budget-total",
    "reserve_fund_eur": "reserve_fund_eur", "stated": "fact-inhabitants",
}  # fmt: skip
WISHED = {
    "least": "set-least", "most": "set-most", "owners": "set-owners", "chain": "chain-0",
    "budget_eur": "phase-0-budget", "phase_years": "phase-0-year",
}  # fmt: skip


@pytest.fixture
def fields() -> set[str]:
    study = Study(technology="immersion_oil", miner="m66s", tariff="de_mv_2026",
                  heat_pump_tariff="de_mv_heat_pump", displaced_source="boiler")  # fmt: skip
    forms = (
        RulesForm(initial=rule_answers(study)),
        MoneyForm(initial=money_answers(study)),
        AssumptionsForm(initial=assumption_answers(study)),
    )
    names = [name for form in forms for name in form.fields]
    assert len(names) == len(set(names)), "a choice is asked on two pages"
    return set(names)


def test_every_number_of_the_registry_has_a_field(fields):
    asked = {name.removeprefix(NUMBER) for name in fields if name.startswith(NUMBER)}
    # the size of the hub is asked with the study itself
    assert asked == registry("assumptions").keys() - {SIZE}


def test_every_named_choice_of_a_study_has_a_field(fields):
    # a name is given when a study is made or copied
    assert ASKED_BY.keys() == set(STUDY_CHOICES) - {"name"}
    assert set(ASKED_BY.values()) <= fields


def test_every_money_choice_rule_and_wish_of_the_engines_has_a_field(fields):
    assert MONEY.keys() == MoneyChoices.__dataclass_fields__.keys()
    assert RULES.keys() == Rules.__dataclass_fields__.keys()
    assert WISHED.keys() == set(WISHES)
    for asked in (MONEY, RULES, WISHED):
        assert {name for name in asked.values() if name} <= fields
    for technology in TARIFFS:
        assert {own(technology, part) for part in Tariff.__dataclass_fields__} <= fields


@pytest.fixture
def study(town, finished_run):
    with acting_as(municipality=town.slug):
        source = Study.objects.get(pk=finished_run.study_id)
        source.pk, source.name = None, "Numbers"
        source.save()
    yield source
    with acting_as(municipality=town.slug):
        source.delete()


def answers(study) -> dict[str, str]:
    return typed_in(AssumptionsForm(initial=assumption_answers(study)))


def typed_in(form) -> dict[str, str]:
    """What a browser sends of a form that nobody touched."""
    sent = {}
    for bound in form:
        value = bound.value()
        if value is True:
            sent[bound.html_name] = "on"
        elif value is not False and value is not None and value != "":
            shown = bound.field.widget.format_value(value)
            sent[bound.html_name] = shown[0] if isinstance(shown, list) else str(shown)
    return sent


def test_technology_numbers_and_what_is_assumed_are_kept(member_client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/assumptions"
    sent = answers(study)
    assert member_client.post(address, sent).status_code == 302
    with acting_as(municipality=town.slug):
        same = Study.objects.get(pk=study.pk)
    assert same.overrides == study.overrides
    assert set(same.illustrative) == set(study.illustrative)
    del sent["assumed-prices"], sent["assumed-displaced_source"]
    changed = sent | {"technology": "hydro_standard", "n-economics.rate_share": "0,04",
                      "area_type": "park", "congestion_side": "surplus"}  # fmt: skip
    assert member_client.post(address, changed).status_code == 302
    with acting_as(municipality=town.slug):
        after = Study.objects.get(pk=study.pk)
    assert (after.technology, after.area_type) == ("hydro_standard", "park")
    assert after.congestion_side == "surplus"
    assert after.overrides == study.overrides | {"economics.rate_share": 0.04}
    assert set(after.illustrative) == set(study.illustrative) - {"prices", "displaced_source"}
    # from now on it is the town that names what the heat replaces
    assert after.money["displaced_by_month"] == ["boiler"] * 12


def test_a_copy_says_what_its_original_says_and_needs_a_name_of_its_own(member_client, town, study):
    address = f"/m/{town.slug}/studies/{study.pk}/copy"
    with acting_as(municipality=town.slug):
        Study.objects.filter(pk=study.pk).update(rules={"gates": {"slope": "off"}})
    assert member_client.post(address, {"name": "Second thoughts"}).status_code == 302
    page = member_client.post(address, {"name": "Second thoughts"}, follow=True).content.decode()
    assert "Choose another name" in page
    with acting_as(municipality=town.slug):
        copy = Study.objects.get(name="Second thoughts")
        assert (copy.rules, copy.overrides) == ({"gates": {"slope": "off"}}, study.overrides)
        copy.delete()


def test_the_studies_page_says_that_a_change_waits_for_a_run(member_client, town, finished_run):
    address = f"/m/{town.slug}/studies/"
    waiting = "has changed since its last run"
    assert waiting not in member_client.get(address).content.decode()
    with acting_as(municipality=town.slug):
        study = Study.objects.get(pk=finished_run.study_id)
        Study.objects.filter(pk=study.pk).update(
            overrides=study.overrides | {"gate.setback_m": 150.0}
        )
    try:
        assert waiting in member_client.get(address).content.decode()
    finally:
        with acting_as(municipality=town.slug):
            Study.objects.filter(pk=study.pk).update(overrides=study.overrides)


def test_saving_every_page_without_a_change_waits_for_no_run(member_client, town, study):
    with acting_as(municipality=town.slug):
        before = changes_of(study)
        frozen = {name: getattr(study, name) for name in STUDY_CHOICES}
    base = f"/m/{town.slug}/studies/{study.pk}"
    assert member_client.post(f"{base}/assumptions", answers(study)).status_code == 302
    assert member_client.post(f"{base}/money", typed_in(MoneyForm(initial=money_answers(study)))
                              ).status_code == 302  # fmt: skip
    assert member_client.post(f"{base}/rules", typed_in(RulesForm(initial=rule_answers(study)))
                              ).status_code == 302  # fmt: skip
    with acting_as(municipality=town.slug):
        after = Study.objects.get(pk=study.pk)
    assert changes_of(after) == before
    assert after.money == study.money
    assert not has_changed(after, {"study": {**frozen, "size": "best"}, "changes": before})
    after.start_year = 2031.0
    assert has_changed(after, {"study": frozen, "changes": before})
