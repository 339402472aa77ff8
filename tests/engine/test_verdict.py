"""Each branch of the verdict, derived by hand from the product rule."""

import math
from dataclasses import replace

import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.scoring.gates import headroom_gate, municipality_gate, unknown_gate
from engines.scoring.verdict import (
    DECIDING,
    VerdictInput,
    conditional_verdict,
    thresholds,
    verdict,
)

A = build_assumptions()
LIMITS = thresholds(A)
KNOWN = dict.fromkeys(DECIDING, "known")
GOOD = VerdictInput(
    gates=(municipality_gate(True),),
    evidence=KNOWN,
    coverage_share=0.8,
    p_npv_positive=0.7,
    npv_eur=100_000.0,
    heat_cost_eur_per_mwh=40.0,
    heat_pump_eur_per_mwh=40.0,
    gas_boiler_eur_per_mwh=50.0,
    yearly_loss_eur=0.0,
    total_loss_eur=0.0,
    yearly_budget_eur=None,
    total_budget_eur=None,
)
BUDGET = replace(
    GOOD,
    p_npv_positive=0.1,
    yearly_loss_eur=30_000.0,
    total_loss_eur=300_000.0,
    yearly_budget_eur=30_001.0,
    total_budget_eur=300_001.0,
)


def keys(answer) -> list[str]:
    return [reason.key for reason in answer.reasons]


def test_everything_known_and_exactly_at_the_limits_is_built() -> None:
    answer = verdict(GOOD, LIMITS)
    assert answer.key == "build"
    assert keys(answer) == ["npv_likely", "heat_cheaper"]


def test_a_red_gate_comes_before_everything_else() -> None:
    bad = replace(
        GOOD,
        gates=(headroom_gate(880.0, 1000.0, 0.0, A), unknown_gate("zoning", "-")),
        evidence={**KNOWN, "heat": "unknown"},
    )
    answer = verdict(bad, LIMITS)
    assert answer.key == "do_not_build"
    assert answer.reasons[0].text.endswith("Would qualify with 120 kW more headroom.")


@pytest.mark.parametrize("evidence", ["unknown", "derived", "illustrative"])
@pytest.mark.parametrize("name", DECIDING)
def test_any_deciding_input_that_is_not_known_leaves_it_open(name, evidence) -> None:
    answer = verdict(replace(GOOD, evidence={**KNOWN, name: evidence}), LIMITS)
    assert answer.key == "not_enough_data"
    assert answer.reasons[0].text == f"The input {name} is {evidence}."


def test_a_gate_without_data_leaves_it_open() -> None:
    answer = verdict(replace(GOOD, gates=(unknown_gate("zoning", "-"),)), LIMITS)
    assert (answer.key, keys(answer)) == ("not_enough_data", ["gate_unknown"])


def test_low_coverage_leaves_it_open() -> None:
    answer = verdict(replace(GOOD, coverage_share=0.79), LIMITS)
    assert (answer.key, keys(answer)) == ("not_enough_data", ["coverage_low"])


@pytest.mark.parametrize(
    "change",
    [
        {"p_npv_positive": None},
        {"heat_cost_eur_per_mwh": math.nan},
        {"heat_pump_eur_per_mwh": math.nan},
        {"gas_boiler_eur_per_mwh": math.nan},
    ],
)
def test_a_missing_number_leaves_it_open(change) -> None:
    answer = verdict(replace(GOOD, **change), LIMITS)
    assert (answer.key, keys(answer)) == ("not_enough_data", ["number_missing"])


def test_too_unlikely_without_a_budget_is_not_built() -> None:
    answer = verdict(replace(GOOD, p_npv_positive=0.69), LIMITS)
    assert (answer.key, keys(answer)) == (
        "do_not_build",
        ["npv_unlikely", "heat_cheaper", "no_budget"],
    )


def test_dearer_than_the_best_alternative_is_not_built() -> None:
    answer = verdict(replace(GOOD, heat_cost_eur_per_mwh=40.1), LIMITS)
    assert answer.key == "do_not_build"
    assert "heat_dearer" in keys(answer)


def test_a_loss_below_the_learning_budget_is_a_pilot() -> None:
    answer = verdict(BUDGET, LIMITS)
    assert answer.key == "pilot_only"
    assert keys(answer)[-1] == "within_budget"


@pytest.mark.parametrize(
    "change", [{"yearly_budget_eur": 30_000.0}, {"total_budget_eur": 300_000.0}]
)
def test_a_loss_that_reaches_either_budget_is_not_a_pilot(change) -> None:
    answer = verdict(replace(BUDGET, **change), LIMITS)
    assert (answer.key, keys(answer)[-1]) == ("do_not_build", "above_budget")


def test_the_conditional_verdict_names_all_it_assumes() -> None:
    demo = replace(
        GOOD,
        gates=(unknown_gate("zoning", "-"),),
        evidence={**KNOWN, "heat": "derived"},
        coverage_share=0.3,
        p_npv_positive=None,
    )
    assert verdict(demo, LIMITS).key == "not_enough_data"
    answer = conditional_verdict(demo, LIMITS)
    assert answer.key == "build"
    assert set(keys(answer)) >= {
        "assumed_gate",
        "assumed_evidence",
        "assumed_coverage",
        "assumed_probability",
    }


def test_the_conditional_verdict_takes_a_loss_for_certain_where_no_probability_is_known() -> None:
    answer = conditional_verdict(replace(GOOD, p_npv_positive=None, npv_eur=-1.0), LIMITS)
    assert answer.key == "do_not_build"
    assert "npv_unlikely" in keys(answer)


def test_the_conditional_verdict_keeps_red_gates_and_missing_numbers() -> None:
    red = replace(GOOD, gates=(municipality_gate(False),))
    assert conditional_verdict(red, LIMITS).key == "do_not_build"
    gap = replace(GOOD, p_npv_positive=None, npv_eur=math.nan)
    assert conditional_verdict(gap, LIMITS).key == "not_enough_data"


def test_evidence_must_be_complete_and_of_a_known_kind() -> None:
    with pytest.raises(InvalidInput, match="exactly these"):
        replace(GOOD, evidence={"heat": "known"})
    with pytest.raises(InvalidInput, match="heat"):
        replace(GOOD, evidence={**KNOWN, "heat": "sure"})


def test_a_hub_that_never_runs_is_not_built_and_its_heat_misses_no_cost() -> None:
    idle = replace(GOOD, runs=False, heat_cost_eur_per_mwh=math.nan)
    answer = verdict(idle, LIMITS)
    assert answer.key == "do_not_build"
    assert keys(answer) == ["never_runs"]
    # what is not known still leaves it open
    unknown = replace(idle, evidence={**KNOWN, "heat": "unknown"})
    assert verdict(unknown, LIMITS).key == "not_enough_data"
    assert conditional_verdict(unknown, LIMITS).key == "do_not_build"
