"""The rules of a study, set on a page: gates, weights, attestations, law, the set, the next hub."""

import pytest
from django.utils import translation
from factories import make_person

from engines.assumptions import build_assumptions
from engines.law.checks import FACTS
from heatmap.choices import Role
from heatmap.identity import acting_as
from heatmap.models import Membership
from sites.land_assembly import rules_of
from sites.models import Study
from sites.number_fields import NumberField, parsed, typed
from sites.rule_findings import attested_rows, change_rows
from sites.rule_forms import RulesForm, rule_answers
from sites.rule_sections import ASKED_FACTS, COMPUTED_FACTS, GATE_NUMBERS
from sites.services.rules import changes_of
from sites.services.study_results import demands_of


@pytest.fixture
def study(town, finished_run):
    with acting_as(municipality=town.slug):
        source = Study.objects.get(pk=finished_run.study_id)
        source.pk, source.name = None, "Rules"
        source.save()
    yield source
    with acting_as(municipality=town.slug):
        source.delete()


def address(town, study) -> str:
    return f"/m/{town.slug}/studies/{study.pk}/rules"


def answers(study, **changes) -> dict[str, str]:
    """What a browser sends when nothing but `changes` was touched."""
    form = RulesForm(initial=rule_answers(study))
    sent = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False and value != "":
            shown = bound.field.widget.format_value(value)
            sent[bound.html_name] = shown[0] if isinstance(shown, list) else str(shown)
    return sent | {name.replace("__", "-"): value for name, value in changes.items()}


def saved(town, study) -> Study:
    with acting_as(municipality=town.slug):
        return Study.objects.get(pk=study.pk)


def test_saving_without_a_change_changes_nothing(member_client, town, study):
    assert member_client.post(address(town, study), answers(study)).status_code == 302
    after = saved(town, study)
    assert (after.rules, after.portfolio, after.overrides) == ({}, {}, study.overrides)
    assert after.start_year == study.start_year


def test_gates_thresholds_and_weights_are_kept_and_read_by_the_engines(member_client, town, study):
    sent = answers(study) | {
        "gate-zoning": "advises", "gate-slope": "off", "absent-flood": "on",
        "n-gate.setback_m": "150", "n-score.npv_per_kw_weight": "0.5",
    }  # fmt: skip
    assert member_client.post(address(town, study), sent).status_code == 302
    after = saved(town, study)
    rules = rules_of(after.rules, "DE")
    assert dict(rules.gates) == {"zoning": "advises", "slope": "off"}
    assert rules.absent == {"flood"}
    numbers = build_assumptions(after.overrides)
    assert (numbers["gate.setback_m"], numbers["score.npv_per_kw_weight"]) == (150.0, 0.5)
    # back at its default it is no choice of the study any more
    back = answers(after) | {"n-gate.setback_m": "100"}
    member_client.post(address(town, study), back)
    assert "gate.setback_m" not in saved(town, study).overrides


def test_attestations_hold_for_the_places_they_name(member_client, town, study, finished_run):
    with acting_as(municipality=town.slug):
        ref = finished_run.candidates.get(rank=1).ref
    sent = answers(study) | {
        "H5-0-state": "given", "H5-0-by": "Grid operator", "H5-0-on": "2026-11-02",
        "H5-0-parcels": ref,
        "H7-0-state": "refused", "H7-0-by": "Vendor", "H7-0-on": "2026-10-01",
    }  # fmt: skip
    assert member_client.post(address(town, study), sent).status_code == 302
    after = saved(town, study)
    assert after.rules["attestations"]["H5"] == [
        {"state": "given", "by": "Grid operator", "on": "2026-11-02", "parcels": [ref]}
    ]
    rules = rules_of(after.rules, "DE")
    assert rules.attestations_of(ref) == {"H5": "given", "H7": "refused"}
    assert rules.attestations_of("another") == {"H7": "refused"}
    # the saved statement is there, and an empty line after it
    page = member_client.get(address(town, study)).content.decode()
    assert 'name="H5-1-state"' in page
    assert 'name="H5-2-state"' not in page
    assert 'value="Grid operator"' in page


def test_the_set_the_chain_and_the_law_are_kept(member_client, town, study, finished_run):
    with acting_as(municipality=town.slug):
        ref = finished_run.candidates.get(rank=2).ref
    sent = answers(study) | {
        "set-most": "2", "set-owners": "green amber", "n-siting.spacing_m": "250",
        "phase-0-budget": "800000", "phase-1-year": "4", "phase-1-budget": "1.2e6",
        "chain-0": ref, "start_year": "2028.5", "reserve_fund_eur": "400,000",
        "fact-inhabitants": "250000", "fact-heat_plan": "1", "legal_version": "pending",
        "budget-yearly": "20000",
    }  # fmt: skip
    assert member_client.post(address(town, study), sent).status_code == 302
    after = saved(town, study)
    demands = demands_of(after.portfolio, build_assumptions(after.overrides))
    assert (demands.most, demands.spacing_m, demands.owners) == (2, 250.0, {"green", "amber"})
    assert (demands.budget_eur, demands.phase_years) == ((800000.0, 1.2e6), (0.0, 4.0))
    assert after.portfolio["chain"] == [ref]
    assert after.start_year == 2028.5
    rules = rules_of(after.rules, "DE")
    assert (rules.reserve_fund_eur, rules.legal_version) == (400000.0, "pending")
    assert dict(rules.stated) == {"inhabitants": 250000.0, "heat_plan": 1.0}
    assert rules.yearly_budget_eur == 20000.0
    # the page shows what was saved
    page = member_client.get(address(town, study)).content.decode()
    assert f'value="{ref}"' in page
    assert 'value="1200000"' in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"n-gate.setback_m": "far"}, "“far” is no number"),
        ({"n-gate.setback_m": "2000"}, "is outside the range"),
        ({"n-gate.slope_green_percent": "16"}, "This may not be below"),
        ({"n-score.ownership_worst": "0.5", "n-score.ownership_best": "0.5"}, "both bounds"),
        ({"H5-0-by": "Somebody"}, "Say whether it is given or not."),
        ({"H5-0-state": "given"}, "Write who says so"),
        ({"H5-0-state": "given", "H5-0-by": "A", "H5-0-on": "2999-01-01"}, "still to come"),
        ({"H5-0-state": "given", "H5-0-by": "A", "H5-0-on": "2026-01-01", "H5-0-parcels": "P-none"},
         "There is no place P-none"),
        ({"chain-0": "P-none"}, "There is no place P-none"),
        ({"set-least": "4"}, "This may not be fewer"),
        ({"set-most": "2.5"}, "a whole number"),
        ({"phase-1-budget": "5"}, "Say when this money comes"),
        ({"phase-1-year": "0"}, "A phase comes later"),
        ({f"n-score.{key}_weight": "0" for key in (
            "npv_per_kw", "heat_used_share", "lcoh_gap", "connection_length", "headroom_ratio",
            "dwelling_distance", "ownership", "dependence_share")}, "All weights are 0"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_at_its_field_and_nothing_is_lost(
    member_client, town, study, sent, sentence
):
    whole = answers(study) | {"gate-zoning": "advises", "budget-total": "12345"} | sent
    response = member_client.post(address(town, study), whole)
    page = response.content.decode()
    assert response.status_code == 200
    assert sentence.lower() in page.lower()
    assert "Nothing is saved yet" in page
    for value in sent.values():
        assert f'value="{value}"' in page
    assert 'value="12345"' in page
    assert saved(town, study).rules == {}


def test_a_section_goes_back_to_its_defaults_without_being_saved(member_client, town, study):
    sent = answers(study) | {"n-gate.setback_m": "150", "set-most": "5", "reset": "gates"}
    page = member_client.post(address(town, study), sent).content.decode()
    assert 'name="n-gate.setback_m" value="100"' in page
    # the other sections keep what was typed
    assert 'name="set-most" value="5"' in page
    assert saved(town, study).overrides == study.overrides


def test_who_may_only_look_may_not_set_rules(client, town, study):
    looker = make_person("looker")
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=looker, municipality=town, role=Role.VIEWER)
    client.force_login(looker)
    assert client.get(address(town, study)).status_code == 403
    assert client.post(address(town, study), answers(study)).status_code == 403


def test_every_gate_of_a_run_and_every_fact_of_the_law_has_its_field(town, finished_run):
    with acting_as(municipality=town.slug):
        gates = {gate["key"] for gate in finished_run.candidates.first().result["gates"]}
    assert gates == GATE_NUMBERS.keys()
    assert {*ASKED_FACTS, *COMPUTED_FACTS} == FACTS.keys()


def test_changes_are_listed_with_default_and_value(study):
    study.overrides = {"gate.setback_m": 150.0, "gate.monument_m": 50.0}
    study.rules = {
        "gates": {"slope": "off"}, "absent": ["flood"], "stated": {"heat_plan": 1.0},
        "attestations": {"H5": [{"state": "given", "by": "X", "on": "2026-11-02",
                                 "parcels": ["P-1"]}]},
        "learning_budget": {"yearly_eur": 2e4, "total_eur": None}, "legal_version": "pending",
    }  # fmt: skip
    study.portfolio = {"most": 2, "owners": ["green"], "budget_eur": [1e6, None]}
    study.money = {"treasury": {"hold_share": 0.5, "limit_eur": 1e5}, "owner": "third_party"}
    changes = changes_of(study)
    # a number at its default is no change; a stated size is one, whatever it is
    study.overrides = {**study.overrides, "hub.power_it_kw": 500.0}
    with translation.override("en"):
        (size,) = [row for row in change_rows(changes_of(study)) if row["value"] == "500\u202fkW"]
    assert size["default"] == "the best of each place"
    assert [one["key"] for one in changes if one["subject"] == "number"] == ["gate.setback_m"]
    with translation.override("en"):
        rows = {row["label"]: (row["default"], row["value"]) for row in change_rows(changes)}
    assert rows["Distance to schools, day care and hospitals"] == (
        "100\u202fm", "150\u202fm",
    )  # fmt: skip
    assert rows["Slope"] == ("decides", "not asked")
    assert rows["Flood area"][1] == "the town states it has none"
    assert rows["H5 Written offer of a grid connection"] == (
        "unknown", "given, by X, Nov. 2, 2026, for P-1",
    )  # fmt: skip
    assert rows["May lose in a year"][1] == "20,000\u202fEUR"
    assert rows["Hubs at most"] == ("3", "2")
    assert rows["On whose ground"] == ("any owner", "municipal ground alone")
    assert rows["Budget by phase"][1].endswith("no limit")
    assert rows["Coins"][1].startswith("50")
    assert rows["Owner of the hub"] == ("the town", "somebody else")
    assert change_rows(None) == []


def test_a_run_lists_what_its_study_changed(member_client, town, finished_run):
    with acting_as(municipality=town.slug):
        changes = finished_run.inputs["changes"]
    # the first study of a German town has high-load windows, and the best size of each place
    assert [(one["subject"], one["key"]) for one in changes] == [("money", "high_load_windows")]
    page = member_client.get(f"/m/{town.slug}/runs/{finished_run.pk}/").content.decode()
    assert 'id="rules"' in page
    document = member_client.get(f"/api/runs/{finished_run.pk}.json").json()
    assert document["changes"] == changes


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "0.7", 0.7), ("en", "0,7", 0.7), ("en", "1,500", 1500.0), ("en", "1.500", 1.5),
        ("de", "0,7", 0.7), ("de", "0.7", 0.7), ("de", "1.500", 1500.0), ("de", "1,500", 1.5),
        ("de", "1.234.567,5", 1234567.5), ("en", "1 200 000", 1.2e6), ("en", "−8000", -8000.0),
        ("en", "1.234,5", 1234.5), ("de", "1'200", 1200.0),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_of_both_languages_write_them(language, text, number):
    with translation.override(language):
        assert parsed(text) == number
        # what the page shows is read back as the same number
        assert parsed(typed(number)) == number


def test_a_number_that_is_none_is_refused():
    for text in ("nan", "inf", "one", "1..2"):
        with pytest.raises(ValueError, match=r".*"):
            parsed(text)
    assert NumberField(label="x").clean("  ") is None


def test_a_place_shows_its_own_statements_before_those_for_all():
    everybody = {"state": "refused", "by": "B", "on": "2026-10-01", "parcels": []}
    own = {"state": "given", "by": "A", "on": "2026-11-02", "parcels": ["P-1"]}
    changes = [
        {"subject": "attestation", "key": "H5", "default": None, "value": [everybody, own]},
        {"subject": "attestation", "key": "H6", "default": None, "value": [own]},
        # from a file, without a name or a day
        {"subject": "attestation", "key": "H7", "default": None, "value": "given"},
        {"subject": "gate", "key": "slope", "default": "decides", "value": "off"},
    ]
    with translation.override("en"):
        first = [(row["label"][:2], row["value"]) for row in attested_rows(changes, "P-1")]
        second = [(row["label"][:2], row["value"]) for row in attested_rows(changes, "P-2")]
    mine = "given, by A, Nov. 2, 2026, for P-1"
    assert first == [("H5", mine), ("H6", mine)]
    assert second == [("H5", "not given, by B, Oct. 1, 2026")]
