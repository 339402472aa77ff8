"""The alternatives move with the prices of the futures, as the hub does."""

import dataclasses

import numpy as np
import pytest
from small_futures import drawn, prices, study
from small_town import CHOICES, evaluate, make_candidates, make_town

from engines.economics.defaults import gas_boiler_input, heat_pump_input
from engines.evaluation.future_alternatives import alternative_futures, price_moves_eur_per_mwh
from engines.evaluation.futures import hub_futures, study_alone
from engines.evaluation.judge import judge
from engines.grid.tariff import tariff_named


@pytest.fixture(scope="module")
def hubs():
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=prices(0))
    return evaluate(town)[0]


def one_future(**changes):
    return dataclasses.replace(
        study_alone(15), **{name: np.array([value]) for name, value in changes.items()}
    )


def test_prices_of_energy_by_hand():
    a = study()
    moved = one_future(day_ahead_factor=1.5, gas_factor=2.0, co2_factor=0.5)
    moves = price_moves_eur_per_mwh(moved, 40.0, CHOICES, a)
    # half of 40 EUR/MWh more, through a COP of 3.15 and an efficiency of 0.99
    assert moves["heat_pump"] == pytest.approx([20.0 / 3.15])
    assert moves["electric_boiler"] == pytest.approx([20.0 / 0.99])
    # 35 EUR/MWh more for gas, half of 0.2016 x 70 less for CO2, through 1.035
    assert moves["gas_boiler"] == pytest.approx([(35.0 - 0.5 * 0.2016 * 70.0) / 1.035])
    # a burden of 20 EUR/MWh from the sixth year on counts with its weight as worth today
    late = dataclasses.replace(
        study_alone(15), surcharge_eur_per_mwh=np.where(np.arange(15) >= 5, 20.0, 0.0)[None]
    )
    weight = 1.06 ** -np.arange(1.0, 16.0)
    expected = 20.0 * weight[5:].sum() / weight.sum() / 3.15
    assert price_moves_eur_per_mwh(late, 40.0, CHOICES, a)["heat_pump"] == pytest.approx([expected])


def test_the_moved_cost_is_that_of_the_moved_prices(hubs):
    # the bill is a straight line: pricing the heat pump anew at the other price gives the same
    from engines.economics.alternatives import gas_boiler_alternative, heat_pump_alternative

    a = study()
    mean = hubs.town.day_ahead_mean_eur_per_mwh
    moves = price_moves_eur_per_mwh(
        one_future(day_ahead_factor=1.3, gas_factor=1.3), mean, CHOICES, a
    )
    pump = heat_pump_input(a, 1.3 * mean, tariff_named(CHOICES.heat_pump_tariff))
    usual = dataclasses.replace(pump, day_ahead_eur_per_mwh=mean)
    dear, cheap = (heat_pump_alternative(500.0, 100.0, g, 0.06, 15) for g in (pump, usual))
    assert dear.cost_eur_per_mwh - cheap.cost_eur_per_mwh == pytest.approx(moves["heat_pump"][0])
    gas = gas_boiler_input(a)
    other = dataclasses.replace(gas, gas_eur_per_mwh=1.3 * gas.gas_eur_per_mwh)
    dear, cheap = (gas_boiler_alternative(500.0, 100.0, g, 0.06, 15) for g in (other, gas))
    assert dear.cost_eur_per_mwh - cheap.cost_eur_per_mwh == pytest.approx(moves["gas_boiler"][0])


def test_the_chance_of_cheaper_heat_counts_futures(hubs):
    a = study()
    futures = dataclasses.replace(
        study_alone(15).at(np.zeros(4, dtype=np.int64)),
        gas_factor=np.array([0.5, 1.0, 2.0, 3.0]),
    )
    cost = np.full((len(hubs.joined), 4), 60.0)
    found = alternative_futures(hubs, futures, cost, CHOICES, a)
    moves = price_moves_eur_per_mwh(futures, hubs.town.day_ahead_mean_eur_per_mwh, CHOICES, a)
    each = {name: one.cost_eur_per_mwh[0] + moves[name] for name, one in hubs.alternatives.items()}
    cheapest = np.min(list(each.values()), axis=0)
    assert found.cheaper.share[0] == pytest.approx((cheapest > 60.0).mean())
    assert found.cheapest_p50_eur_per_mwh[0] == pytest.approx(np.median(cheapest))


def test_no_spread_leaves_the_alternatives_as_in_the_study(hubs):
    a = study(spread=0.0)
    found = hub_futures(hubs, drawn(hubs, a), CHOICES, a).alternatives
    for name, one in hubs.alternatives.items():
        assert found.cost_eur_per_mwh[name].p10[0] == pytest.approx(one.cost_eur_per_mwh[0])
        assert found.cost_eur_per_mwh[name].p90[0] == pytest.approx(one.cost_eur_per_mwh[0])


def test_the_verdict_compares_medians_of_the_same_futures(hubs):
    a = study()
    found = hub_futures(hubs, drawn(hubs, a), CHOICES, a)
    judged = judge(make_candidates(), hubs, CHOICES, a, found)
    costs = found.alternatives.cost_eur_per_mwh
    best = min(costs[name].p50[0] for name in ("heat_pump", "gas_boiler", "electric_boiler"))
    told = [
        reason.numbers["alternative_eur_per_mwh"]
        for reason in (*judged.verdicts[0].reasons, *judged.conditional[0].reasons)
        if "alternative_eur_per_mwh" in reason.numbers
    ]
    assert told and told[0] == pytest.approx(best)
