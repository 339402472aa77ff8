"""What the heat replaces, month by month; months of a year."""

import numpy as np
import pytest

from engines.assumptions import build_assumptions
from engines.calendar import month_of_hour, monthly_mean
from engines.economics.heat_sources import (
    displaced_by_month,
    gradient_by_month,
    marginal_plants_eur_per_mwh,
    sources_by_month,
)
from engines.errors import InvalidInput

A = build_assumptions()
DAY_AHEAD = np.full(12, 90.0)


def cost_of(source: str, day_ahead: float = 90.0) -> float:
    prices = np.full(12, day_ahead)
    return float(displaced_by_month([source] * 12, prices, 30.0, A)[0])


def test_gas_biomass_waste_heat_pump_and_chp_cost_what_a_hand_finds() -> None:
    # (35 + 0.2016*70)/0.92 + 1.40, domain.md 5.3
    assert cost_of("boiler") == pytest.approx(54.783, abs=1e-3)
    # the condensing boiler of 8.0: 49.112/1.035 = 47.451, with upkeep 48.85
    assert cost_of("condensing") == pytest.approx(48.85, abs=5e-3)
    assert cost_of("biomass") == pytest.approx(20.0 / 0.9 + 2.5)
    assert cost_of("waste") == 20.0
    # (90 + 30)/3 + 2.26
    assert cost_of("heat_pump") == pytest.approx(42.26)
    # 49.112/0.45 + 1.40 less the power 0.42/0.45*90
    assert cost_of("chp") == pytest.approx(49.112 / 0.45 + 1.40 - 0.42 / 0.45 * 90.0)


def test_dear_power_makes_the_heat_of_a_heat_pump_dear_and_that_of_chp_cheap() -> None:
    assert cost_of("heat_pump", 150.0) > cost_of("heat_pump", 50.0)
    assert cost_of("chp", 150.0) < cost_of("chp", 50.0)


def test_each_month_has_its_own_source_and_an_unknown_one_has_no_cost() -> None:
    stated = ["boiler"] * 5 + ["waste"] * 3 + ["unknown"] + ["boiler"] * 3
    found = displaced_by_month(stated, DAY_AHEAD, 30.0, A)
    assert found[0] == pytest.approx(54.783, abs=1e-3)
    assert found[5:8].tolist() == [20.0, 20.0, 20.0]
    assert np.isnan(found).tolist() == [month == 8 for month in range(12)]
    assert np.isnan(gradient_by_month(stated, A)[8])
    assert gradient_by_month(stated, A)[5] == A["heat.gradient_condensing_eur_per_mwh_k"]


def test_eleven_months_and_strange_sources_are_refused() -> None:
    with pytest.raises(InvalidInput, match="twelve months"):
        sources_by_month(["boiler"] * 11)
    with pytest.raises(InvalidInput, match="'coal'.*boiler"):
        sources_by_month(["coal"] * 12)


MONTH = month_of_hour(8760)
LOAD = np.where(MONTH == 0, 15.0, np.where(MONTH == 6, 0.0, 5.0))
PLANTS = {"waste": 10.0, "gas": 10.0}
COSTS = {"waste": np.full(12, 5.0), "gas": np.full(12, 50.0)}


def test_the_last_plant_needed_is_displaced() -> None:
    found = marginal_plants_eur_per_mwh(LOAD, MONTH, PLANTS, COSTS)
    assert (found[0], found[1]) == (50.0, 5.0)
    assert np.isnan(found[6])  # nobody heats in July


def test_a_month_of_both_counts_by_its_heat() -> None:
    # half of January needs 15 (gas at the margin), half 5 (waste): (50*15 + 5*5)/20
    load = np.where(MONTH == 0, np.where(np.arange(8760) % 2, 15.0, 5.0), 1.0)
    found = marginal_plants_eur_per_mwh(load, MONTH, PLANTS, COSTS)
    assert found[0] == pytest.approx((50.0 * 15.0 + 5.0 * 5.0) / 20.0)


def test_plants_that_do_not_state_everything_say_nothing() -> None:
    for plants, costs in (
        ({}, {}),
        (PLANTS, {"gas": COSTS["gas"]}),
        ({"waste": 10.0, "gas": np.nan}, COSTS),
    ):
        assert np.isnan(marginal_plants_eur_per_mwh(LOAD, MONTH, plants, costs)).all()


def test_the_months_of_common_and_leap_years() -> None:
    assert np.bincount(month_of_hour(8760))[1] == 28 * 24
    assert np.bincount(month_of_hour(8784))[1] == 29 * 24
    assert monthly_mean(MONTH.astype(float)).tolist() == list(range(12))
    with pytest.raises(InvalidInput, match="8759"):
        month_of_hour(8759)
