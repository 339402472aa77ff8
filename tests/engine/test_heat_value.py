"""Worth of heat and the alternatives it competes with."""

import numpy as np
import pytest

from engines.assumptions import build_assumptions
from engines.economics.alternatives import (
    ElectricBoilerInput,
    best_alternative_eur_per_mwh,
    electric_boiler_alternative,
    gas_boiler_alternative,
    heat_pump_alternative,
)
from engines.economics.defaults import gas_boiler_input, heat_pump_input
from engines.economics.heat_value import (
    displaced_heat_eur_per_mwh,
    heat_price_eur_per_mwh,
)
from engines.grid.tariff import Tariff, tariff_named

A = build_assumptions()


def test_gas_heat_at_the_reference_is_worth_54_783() -> None:
    # (35 + 0.2016*70)/0.92 + 1.40, domain.md 5.3
    actual = displaced_heat_eur_per_mwh(35.0, 0.2016, 70.0, 0.92, 1.40)
    assert float(actual) == pytest.approx(54.783, abs=5e-4)


def test_a_condensing_boiler_makes_the_heat_worth_48_85() -> None:
    actual = displaced_heat_eur_per_mwh(35.0, 0.2016, 70.0, 1.035, 1.40)
    assert float(actual) == pytest.approx(48.85, abs=5e-3)  # domain.md 8.0


def test_the_prices_of_the_reference_cases() -> None:
    assert float(heat_price_eur_per_mwh(54.783, 3.3, 0.8)) == pytest.approx(41.186, abs=1e-3)
    assert float(heat_price_eur_per_mwh(54.783, 0.0, 0.9)) == pytest.approx(49.304, abs=1e-3)


def test_an_unknown_source_leaves_the_worth_unknown_month_by_month() -> None:
    fuel = np.array([35.0, np.nan])
    worth = displaced_heat_eur_per_mwh(fuel, 0.2016, 70.0, 0.92, 1.40)
    assert np.isnan(worth).tolist() == [False, True]


def test_gas_boiler_by_hand() -> None:
    # 13,138.8 MWh, 1,840 kW, 25 years: machine 134,320 EUR; a(6 %, 25) = 0.0782267
    # capital 10,507; fixed O&M 3.7 % 4,970; VOM 1.40; fuel 49.112/1.035 = 47.4512
    # (10,507.4 + 4,969.8)/13,138.8 + 1.40 + 47.4512 = 50.0292
    actual = gas_boiler_alternative(13138.8, 1840.0, gas_boiler_input(A), 0.06, 25)
    assert float(actual.cost_eur_per_mwh) == pytest.approx(50.0292, abs=2e-3)
    parts = actual.capital_eur_per_mwh + actual.operation_eur_per_mwh + actual.energy_eur_per_mwh
    assert float(parts) == pytest.approx(float(actual.cost_eur_per_mwh), rel=1e-12)


def test_heat_pump_in_finland_by_hand() -> None:
    # 13,138.8 MWh, 1,840 kW, COP 3.15, class II: 45+3+10+0.5 = 58.5 -> 18.5714 per MWh heat
    # capacity 30*584.127 = 17,523.8 -> 1.33375; machine 2,338,640; grid 584.127*186.667 = 109,037
    # capital 2,447,677*0.0782267 = 191,473.7 -> 14.57315; FOM 0.3 % 7,015.9 -> 0.53398; VOM 2.26
    # sum 37.2723
    given = heat_pump_input(A, 45.0, tariff_named("fi_heat_pump_2026"))
    actual = heat_pump_alternative(13138.8, 1840.0, given, 0.06, 25)
    assert float(actual.cost_eur_per_mwh) == pytest.approx(37.2723, abs=2e-3)


def test_the_best_alternative_is_the_cheaper_and_unknown_if_one_is_unknown() -> None:
    pump = heat_pump_input(A, 45.0, tariff_named("fi_heat_pump_2026"))
    heat = np.array([13138.8, np.nan])
    boiler = gas_boiler_alternative(heat, 1840.0, gas_boiler_input(A), 0.06, 25)
    best = best_alternative_eur_per_mwh(heat_pump_alternative(heat, 1840.0, pump, 0.06, 25), boiler)
    assert best[0] == pytest.approx(37.2723, abs=2e-3)
    assert np.isnan(best[1])


def test_an_electric_boiler_costs_what_a_hand_finds() -> None:
    # 1 MW, 2,000 MWh at 30 EUR/MWh all in and 99 %: 60.61 EUR thousand; 87 EUR/kW bought once in
    # 20 years without interest, 1.27 EUR/MWh of upkeep
    tariff = Tariff(0, 0, 0, 0, 0, 0, 0, 0)
    boiler = ElectricBoilerInput(87.0, 0.0, 0.0, 1.27, 0.99, 20, 30.0, tariff)
    found = electric_boiler_alternative(2000.0, 1000.0, boiler, 0.0, 20)
    by_hand = 30.0 / 0.99 + 1.27 + 87_000.0 / 20 / 2000.0
    assert float(found.cost_eur_per_mwh) == pytest.approx(by_hand, rel=1e-9)
    assert np.isnan(electric_boiler_alternative(0.0, 0.0, boiler, 0.06, 20).cost_eur_per_mwh)
