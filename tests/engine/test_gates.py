"""Every gate in each of its states."""

import math

import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput, OutOfValidity
from engines.scoring import gates
from engines.scoring.gates import (
    area_gate,
    connection_gate,
    constraint_gate,
    headroom_gate,
    municipality_gate,
    temperature_gate,
    unknown_gate,
    uptake_gate,
)

A = build_assumptions()
NAN = math.nan


def test_area_between_the_sizes_runs_straight() -> None:
    # 1.5 MW lies halfway between 1 and 2 MW: red below (250+500)/2 = 375, green from 600
    assert area_gate(600.0, 1500.0, A).state == "green"
    amber = area_gate(500.0, 1500.0, A)
    assert (amber.state, amber.hint_numbers["missing_m2"]) == ("amber", pytest.approx(100.0))
    red = area_gate(350.0, 1500.0, A)
    assert (red.state, red.hint_numbers["missing_m2"]) == ("red", pytest.approx(25.0))
    # 350 m2 carry 1000 + (350-250)/250*1000 = 1400 kW
    assert red.hint_numbers["largest_kw"] == pytest.approx(1400.0)
    assert red.hint == "Would qualify with 25 m2 more, or with at most 1400 kW."
    # a refusal names what would end it; what would be green stands with the others
    assert red.threshold == pytest.approx(375.0)
    assert amber.threshold == pytest.approx(600.0)


def test_value_threshold_and_hint_of_a_refusal_fit_together() -> None:
    # 5 % of 1000 MWh are used, 10 % (100 MWh) are needed to qualify: 50 MWh more
    uptake = uptake_gate(50.0, 1000.0, A)
    assert (uptake.value, uptake.threshold) == (pytest.approx(0.05), pytest.approx(0.10))
    assert uptake.hint_numbers["missing_mwh_per_a"] == pytest.approx(50.0)
    # half a megawatt: usual up to 300 m, out of the question beyond 1.5 times that
    connection = connection_gate(500.0, 500.0, A)
    assert connection.threshold == connection.value - connection.hint_numbers["excess_m"] == 450.0
    headroom = headroom_gate(100.0, 150.0, 0.0, A)
    assert headroom.threshold == 150.0
    assert headroom.hint_numbers["missing_kw"] == 50.0


def test_an_area_too_small_for_any_hub_names_no_power() -> None:
    gate = area_gate(40.0, 50.0, A)
    assert (gate.state, gate.hint) == ("red", "Would qualify with 20 m2 more.")


def test_a_hub_above_the_table_is_refused() -> None:
    with pytest.raises(OutOfValidity, match="split the hub"):
        area_gate(9000.0, 12000.0, A)
    with pytest.raises(OutOfValidity, match="split the hub"):
        connection_gate(10.0, 12000.0, A)


def test_connection_of_half_a_megawatt_is_usual_up_to_300_m() -> None:
    assert connection_gate(300.0, 500.0, A).state == "green"
    amber = connection_gate(400.0, 500.0, A)
    assert (amber.state, amber.hint_numbers["excess_m"]) == ("amber", pytest.approx(100.0))
    red = connection_gate(500.0, 500.0, A)
    assert (red.state, red.hint_numbers["excess_m"]) == ("red", pytest.approx(50.0))
    assert red.hint_numbers["limit_m"] == pytest.approx(450.0)


def test_temperature_is_red_without_any_feasible_hour_and_amber_below_seventy_per_cent() -> None:
    assert temperature_gate(5600.0, 8000.0, A).state == "green"
    assert temperature_gate(5599.0, 8000.0, A).state == "amber"
    assert temperature_gate(0.0, 8000.0, A).state == "red"
    assert temperature_gate(0.0, 0.0, A).state == "unknown"


def test_more_feasible_hours_than_hours_are_refused() -> None:
    with pytest.raises(InvalidInput, match="among the hours"):
        temperature_gate(9.0, 8.0, A)


def test_headroom_classes_of_the_specification() -> None:
    assert headroom_gate(1500.0, 1000.0, NAN, A).state == "green"
    assert headroom_gate(1000.0, 1000.0, NAN, A).state == "amber"
    flexible = headroom_gate(880.0, 1000.0, 0.9, A)
    assert (flexible.state, flexible.hint_key) == ("amber", "headroom_flexible")
    red = headroom_gate(880.0, 1000.0, 0.89, A)
    assert (red.state, red.hint) == ("red", "Would qualify with 120 kW more headroom.")


def test_headroom_follows_the_thresholds_of_the_grid_engine() -> None:
    strict = build_assumptions(
        {"grid.green_ratio": 3.0, "grid.amber_ratio": 1.2, "grid.flexible_energy_share": 0.99}
    )
    assert headroom_gate(1500.0, 1000.0, NAN, strict).state == "amber"
    assert headroom_gate(1100.0, 1000.0, 0.98, strict).state == "red"
    # 1.2*1000 are needed for amber
    assert headroom_gate(1100.0, 1000.0, 0.98, strict).hint_numbers["missing_kw"] == pytest.approx(
        100.0
    )


def test_too_little_firm_headroom_is_unknown_while_the_flexible_offer_is_unknown() -> None:
    gate = headroom_gate(880.0, 1000.0, NAN, A)
    assert (gate.state, gate.hint_key) == ("unknown", "headroom_flexible_unknown")
    assert gate.value == 880.0


def test_uptake_is_red_below_a_tenth_and_amber_below_half() -> None:
    assert uptake_gate(500.0, 1000.0, A).state == "green"
    assert uptake_gate(100.0, 1000.0, A).state == "amber"
    red = uptake_gate(60.0, 1000.0, A)
    assert (red.state, red.hint_numbers["missing_mwh_per_a"]) == ("red", pytest.approx(40.0))


def test_outside_the_municipality_is_red_and_unknown_stays_unknown() -> None:
    assert municipality_gate(True).state == "green"
    assert municipality_gate(False).state == "red"
    assert municipality_gate(None).state == "unknown"


def test_an_overlap_has_the_severity_of_its_constraint() -> None:
    gate = constraint_gate("water protection zone II", "red", 34.0, 500.0, A)
    assert gate.state == "red"
    assert gate.hint_numbers["free_m2"] == pytest.approx(466.0)
    assert gate.hint.startswith("34 m2 lie inside water protection zone II")
    assert constraint_gate("landscape", "amber", 34.0, 500.0, A).state == "amber"
    assert constraint_gate("landscape", "amber", 1.0, 500.0, A).state == "green"
    with pytest.raises(InvalidInput, match="red or amber"):
        constraint_gate("landscape", "pink", 1.0, 500.0, A)


@pytest.mark.parametrize(
    "gate",
    [
        area_gate(NAN, 50.0, A),
        connection_gate(NAN, 50.0, A),
        temperature_gate(NAN, 8000.0, A),
        headroom_gate(NAN, 50.0, 1.0, A),
        uptake_gate(NAN, 10.0, A),
        constraint_gate("flood", "red", NAN, 10.0, A),
        unknown_gate("zoning", "-"),
    ],
)
def test_missing_data_is_unknown_and_never_passes(gate) -> None:
    assert (gate.state, gate.hint_key) == ("unknown", "no_data")
    assert math.isnan(gate.value)


def test_every_red_gate_says_what_would_help() -> None:
    for key, text in gates.HINTS.items():
        if key.endswith("_red"):
            assert "would" in text.lower(), key


def test_a_trench_longer_than_the_heat_pays_for_is_red_with_the_length():
    # 300 m are usual at 500 kW; the heat pays for 120 m only
    red = connection_gate(150.0, 500.0, A, break_even_m=120.0)
    assert (red.state, red.threshold) == ("red", 120.0)
    assert "at most 120 m" in red.hint and "30 m nearer" in red.hint
    assert connection_gate(100.0, 500.0, A, break_even_m=120.0).state == "green"
    # paid for, but longer than usual: a closer look
    assert connection_gate(600.0, 500.0, A, break_even_m=900.0).state == "amber"
    assert connection_gate(600.0, 500.0, A).state == "red"
