"""The reference cases of the domain specification, section 8, from input files alone."""

import math

import numpy as np
import pytest
from reference_cases import CASES, load, project_input, solved

from engines.economics.cashflow import Asset
from engines.economics.project import (
    FlatYear,
    MoneyInput,
    ProjectResult,
    evaluate_money,
    evaluate_project,
    flat_year_energy,
)
from engines.errors import InvalidInput


def shown(result: ProjectResult) -> dict[str, float]:
    return {
        "heat_mwh": float(result.energy.delivered_mwh),
        "electricity_mwh": float(result.energy.electricity_mwh),
        "compute_eur": float(result.money.compute_eur[0]),
        "heat_eur": float(result.money.heat_eur[0]),
        "capex_infra_eur": float(result.capex.infrastructure_eur),
        "capex_eur": float(result.capex.total_eur),
        "opex_eur": float(result.opex.total_eur),
        "electricity_eur": float(result.electricity.total_eur),
        "ebitda_eur": float(result.money.ebitda_eur[0]),
        "lcoh_gross": float(result.money.lcoh_gross_eur_per_mwh),
        "lcoh_net": float(result.money.lcoh_net_eur_per_mwh),
        "npv_eur": float(result.money.npv_eur),
        "irr": float(result.money.returns.nearest_root_share),
    }


@pytest.mark.parametrize("name", CASES)
def test_a_reference_case_comes_out_within_a_thousandth(name: str) -> None:
    expected = load(name)["expected"]
    actual = shown(solved(name))
    for key, value in expected.items():
        if value is None:
            assert math.isnan(actual[key]), key
        elif key == "irr":  # printed to a tenth of a per cent, or to one per cent
            assert actual[key] == pytest.approx(value, abs=0.005), key
        else:
            assert actual[key] == pytest.approx(value, rel=1e-3), key


def test_market_wide_decay_costs_four_million_more_than_decay_per_fleet() -> None:
    # domain.md 8.0 and 8.2: -7.31 MEUR against -3.03 MEUR
    market, fleet = solved("b3_fi_decay_market"), solved("b3_fi_decay_fleet")
    assert float(market.money.npv_eur) == pytest.approx(-7.31e6, rel=1e-3)
    assert float(fleet.money.npv_eur - market.money.npv_eur) == pytest.approx(4.28e6, rel=2e-3)


@pytest.mark.parametrize("name", CASES)
def test_present_value_is_price_less_net_cost_times_heat_over_the_annuity(name: str) -> None:
    # identity of domain.md 5.4; exact for every path and every life
    given, result = project_input(load(name)["input"]), solved(name)
    annuity = 0.06 / (1.0 - 1.06**-given.horizon_years)
    margin = given.heat_price_eur_per_mwh - result.money.lcoh_net_eur_per_mwh
    expected = float(margin * result.energy.delivered_mwh) / annuity
    assert float(result.money.npv_eur) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_energy_in_is_delivered_lost_uncaught_and_pumped(name: str) -> None:
    e = solved(name).energy
    out = e.delivered_mwh + e.pipe_loss_mwh + e.uncaptured_mwh + e.auxiliary_mwh
    assert float(e.electricity_mwh - out) == pytest.approx(0.0, abs=1e-6)


def test_reuse_share_of_the_cases_is_as_printed() -> None:
    # domain.md 8.1 and 8.2, at the hub's boundary: 0.96/1.03 and 0.92/1.03
    assert float(solved("case_a_fi").energy.reuse_share) == pytest.approx(0.932, abs=5e-4)
    assert float(solved("b3_fi").energy.reuse_share) == pytest.approx(0.893, abs=5e-4)


def test_a_rise_of_hash_price_by_half_swings_the_value_by_seven_million() -> None:
    # domain.md 8.2: from 40 to 60 USD/PH/d
    base, high = solved("b1_fi"), solved("b1_fi_hashprice_60")
    assert float(high.money.npv_eur - base.money.npv_eur) == pytest.approx(7.15e6, rel=2e-3)


def test_lifting_the_heat_is_worth_less_than_it_costs() -> None:
    assert float(solved("b2_fi").money.npv_eur) > float(solved("b1_fi").money.npv_eur)


def test_heat_alone_never_pays_for_the_machines() -> None:
    for name in CASES:
        assert float(solved(name).money.npv_heat_only_eur) < 0.0, name


def test_many_parcels_give_what_each_gives_alone() -> None:
    record = load("b3_fi")["input"]
    prices = np.array([30.0, 49.304, 60.0, np.nan])
    together = evaluate_project(project_input({**record, "heat_price_eur_per_mwh": prices})).money
    for i, price in enumerate(prices):
        alone = evaluate_project(project_input({**record, "heat_price_eur_per_mwh": price})).money
        np.testing.assert_allclose(together.npv_eur[i], alone.npv_eur, rtol=1e-12)
    assert together.flows_eur.shape == (4, 16)
    assert np.isnan(together.npv_eur[3])


def test_long_lives_leave_value_at_the_end_and_raise_the_present_value() -> None:
    record = load("b3_fi")["input"]
    longer = {**record, "lives": {**record["lives"], "pipe_years": 40}}
    # the pipe with its 20 % costs 316,236; 25/40 of it is left after 15 years at 6 %
    gain = 263_530.5 * 1.2 * 25 / 40 / 1.06**15
    difference = (
        evaluate_project(project_input(longer)).money.npv_eur - solved("b3_fi").money.npv_eur
    )
    assert float(difference) == pytest.approx(gain, rel=1e-6)


def test_a_hub_whose_pipe_loses_more_than_it_makes_is_refused() -> None:
    with pytest.raises(InvalidInput, match="shorten the pipe"):
        flat_year_energy(FlatYear(10.0, 0.03, 0.96, 8000.0, 800.0, math.nan, 5.0))


def test_more_full_load_hours_than_hours_are_refused() -> None:
    with pytest.raises(InvalidInput, match="hours_full_load"):
        FlatYear(10.0, 0.03, 0.96, 8000.0, 8001.0, math.nan, 0.0)


@pytest.mark.parametrize(
    ("part", "key", "values", "sign"),
    [
        ("compute", "hashprice_usd_per_ph_day", (0.0, 20.0, 40.0, 80.0), +1),
        ("compute", "decay_share_per_a", (0.0, 0.1, 0.2, 0.4), -1),
        ("compute", "efficiency_j_per_th", (14.0, 18.0, 24.0), -1),
        (None, "day_ahead_eur_per_mwh", (-20.0, 0.0, 45.0, 90.0), -1),
        (None, "pipe_eur", (0.0, 1e5, 1e6), -1),
        (None, "heat_price_eur_per_mwh", (0.0, 20.0, 60.0), +1),
        (None, "rate_share", (0.0, 0.04, 0.08), -1),
    ],
)
def test_present_value_moves_the_way_it_must(part, key, values, sign) -> None:
    # machines are priced per TH, so a less efficient fleet is also a cheaper one; at 40 USD the
    # lost income outweighs that
    record = load("b3_fi")["input"]
    record["compute"]["path"] = "market"
    worth = []
    for value in values:
        target = record[part] if part else record
        target[key] = value
        worth.append(float(evaluate_project(project_input(record)).money.npv_eur))
    assert (np.diff(worth) * sign > 0.0).all()


def shrinking_hub(**changes) -> MoneyInput:
    """Two parcels, three years, 10 % interest; the first sells less each year, the second none."""
    given = {
        "horizon_years": 3,
        "rate_share": 0.10,
        "assets": (Asset("hub", np.array([1000.0, 500.0]), 3, 0.0),),
        "heat_mwh": np.array([[30.0, 20.0, 10.0], [0.0, 0.0, 0.0]]),
        "heat_eur": np.array([[1500.0, 1000.0, 500.0], [0.0, 0.0, 0.0]]),
        "compute_eur": np.array([[300.0, 200.0, 100.0], [400.0, 300.0, 200.0]]),
        "electricity_eur": np.array([[900.0, 600.0, 300.0], [100.0, 90.0, 80.0]]),
        "opex_eur_per_a": np.array([400.0, 200.0]),
    }
    return MoneyInput(**{**given, **changes})


def test_a_hub_that_runs_less_each_year_by_hand() -> None:
    # parcel 1: EBITDA 1500+300-900-400 = 500, 200, -100
    # NPV -1000 + 500/1.1 + 200/1.21 - 100/1.331 = -455.2968
    # PV(heat) 30/1.1 + 20/1.21 + 10/1.331 = 51.31480
    # PV(cost) 1000 + 1300/1.1 + 1000/1.21 + 700/1.331 = 3534.1848 -> gross 68.8726
    # PV(compute) 300/1.1 + 200/1.21 + 100/1.331 = 513.1480 -> 10 less: net 58.8726
    money = evaluate_money(shrinking_hub())
    np.testing.assert_allclose(money.ebitda_eur[0], [500.0, 200.0, -100.0])
    assert money.npv_eur[0] == pytest.approx(-455.2968, abs=1e-3)
    assert money.lcoh_gross_eur_per_mwh[0] == pytest.approx(68.8726, abs=1e-3)
    assert money.lcoh_net_eur_per_mwh[0] == pytest.approx(58.8726, abs=1e-3)
    assert money.npv_heat_only_eur[0] == pytest.approx(-455.2968 - 513.1480, abs=1e-3)


def test_the_losses_are_those_of_the_worst_year_and_of_the_whole() -> None:
    # parcel 2: EBITDA 100, 10, -80
    money = evaluate_money(shrinking_hub())
    np.testing.assert_allclose(money.loss_year_eur, [100.0, 80.0])
    np.testing.assert_allclose(money.loss_total_eur, -money.npv_eur)
    rich = evaluate_money(shrinking_hub(compute_eur=np.full((2, 3), 1e4)))
    assert rich.loss_year_eur.tolist() == rich.loss_total_eur.tolist() == [0.0, 0.0]


def test_without_heat_the_cost_of_heat_is_missing_and_said_so() -> None:
    money = evaluate_money(shrinking_hub())
    assert np.isnan(money.lcoh_gross_eur_per_mwh[1])
    assert np.isnan(money.lcoh_net_eur_per_mwh[1])
    assert any("1 of 2 projects" in note.text for note in money.notes)


def test_a_gap_in_one_parcel_stays_in_that_parcel() -> None:
    heat = np.array([[1500.0, np.nan, 500.0], [0.0, 0.0, 0.0]])
    money = evaluate_money(shrinking_hub(heat_eur=heat))
    for numbers in (money.npv_eur, money.loss_year_eur, money.loss_total_eur):
        assert np.isnan(numbers).tolist() == [True, False]


def test_amounts_that_do_not_cover_the_study_are_refused() -> None:
    with pytest.raises(InvalidInput, match="electricity_eur .* 3 years"):
        shrinking_hub(electricity_eur=np.ones((2, 2)))
    with pytest.raises(InvalidInput, match="compute_eur"):
        shrinking_hub(compute_eur=0.0)


def test_equal_years_cost_what_the_annuity_says() -> None:
    # LCOH of equal years: (PV_investment*a + yearly cost)/Q
    result = solved("b3_fi")
    annuity = 0.06 / (1.0 - 1.06**-15)
    flows = result.money.flows_eur.copy()
    flows[1:] -= result.money.ebitda_eur
    invested = -float(flows @ 1.06 ** -np.arange(16.0))
    yearly = float(result.opex.total_eur + result.electricity.total_eur)
    expected = (invested * annuity + yearly) / float(result.energy.delivered_mwh)
    assert float(result.money.lcoh_gross_eur_per_mwh) == pytest.approx(expected, rel=1e-9)
