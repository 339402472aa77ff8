"""The books of one hub and the choice of its contract, on the town that a hand can check."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import CHOICES, evaluate, make_town

from engines.assumptions import build_assumptions
from engines.compute.treasury import Treasury
from engines.evaluation.books import Books, books
from engines.evaluation.hubs import Hubs
from engines.evaluation.market import cheapest_hours
from engines.evaluation.money_choices import MoneyChoices
from engines.grid.contracts import HighLoadWindow

A = build_assumptions({})
NEAR = 0
WINTER_EVENINGS = (HighLoadWindow((1, 2, 11, 12), 16, 20),)
YEARS = 15


def opened(
    price: float = 20.0, money: MoneyChoices | None = None, tariff: str = CHOICES.tariff, **changes
) -> tuple[Hubs, Books]:
    hubs, _ = evaluate(make_town(price=price), money=money, tariff=tariff, **changes)
    choices = dataclasses.replace(CHOICES, money=money or MoneyChoices(), tariff=tariff)
    a = build_assumptions(
        {"hub.power_it_kw": 100.0}
        | {key.replace("__", "."): value for key, value in changes.items()}
    )
    return hubs, books(hubs, NEAR, {"plant": 1500.0}, choices, a)


def test_the_lines_are_the_flows_and_the_electricity_lines_are_the_bill() -> None:
    hubs, found = opened()
    np.testing.assert_allclose(found.accounts.flows_eur, hubs.money.flows_eur[NEAR], atol=1e-6)
    power = sum(line.amounts_eur for line in found.accounts.lines if line.key.startswith("power_"))
    np.testing.assert_allclose(-power[1:], hubs.electricity_eur[NEAR, :YEARS], atol=1e-6)
    market = found.accounts.line("power_market")[1]
    assert market == pytest.approx(-20.0 * hubs.dispatch.electricity_mwh[NEAR, 0])


def test_grants_land_and_lost_tax_are_in_flows_and_cost_of_heat_alike() -> None:
    changes = {
        "economics__grant_share": 0.3,
        "economics__vat_lost_share": 0.5,
        "economics__land_price_eur_per_m2": 400.0,
    }
    hubs, found = opened(money=MoneyChoices(land="buy"), **changes)
    np.testing.assert_allclose(found.accounts.flows_eur, hubs.money.flows_eur[NEAR], atol=1e-6)
    # land keeps its price: bought on the first day, there at the end
    assert hubs.cost.land_eur[NEAR] == pytest.approx(400.0 * 115.8, rel=0.01)
    assert float(hubs.cost.lease_eur_per_a[NEAR]) == 0.0
    plain, _ = opened(money=MoneyChoices(land="buy"))
    # 30 % of the infrastructure less 9.5 % tax on nearly everything that is paid
    assert hubs.cost.grant_eur[NEAR] == pytest.approx(
        0.3 * float(plain.cost.capex.infrastructure_eur[NEAR] + plain.cost.cable_eur[NEAR])
    )
    margin = 1.0 / hubs.money.lcoh_net_eur_per_mwh[NEAR]
    assert np.isfinite(margin)
    # the identity of 5.4 with grants and tax: heat is sold at one price here
    heat = hubs.dispatch.heat_delivered_mwh[NEAR, :YEARS] @ 1.06 ** -np.arange(1.0, 16.0)
    price = hubs.money.heat_eur[NEAR, 0] / hubs.dispatch.heat_delivered_mwh[NEAR, 0]
    assert (price - hubs.money.lcoh_net_eur_per_mwh[NEAR]) * heat == pytest.approx(
        hubs.money.npv_eur[NEAR], rel=1e-9
    )


def test_a_year_that_does_not_earn_its_capacity_charge_is_a_year_off() -> None:
    # a hundred hours at -100 EUR/MWh, the others far too dear: 103 kW drawn are paid 64.6 EUR/MWh,
    # 665 EUR, and compute and heat earn about as much again; the charge is 30 EUR/kW, 3,090 EUR
    prices = np.full(8760, 500.0)
    prices[:100] = -100.0
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=prices)
    hubs, _ = evaluate(town)
    offered = hubs.operation.offers["flexible"]
    assert offered.dispatch.hours_run[NEAR, 0] == pytest.approx(95.0)
    assert offered.margin_eur[NEAR, 0] < 0.0
    assert hubs.operation.contract(NEAR, 0) == "idle"
    assert hubs.electricity_eur[NEAR, 0] == hubs.dispatch.peak_kw[NEAR, 0] == 0.0
    assert not hubs.series(NEAR).electricity_kw.any()
    fixed = float(hubs.cost.running_eur_per_a[NEAR])
    assert hubs.money.ebitda_eur[NEAR, 0] == pytest.approx(-fixed)
    # with 900 such hours the charge is earned
    prices[:900] = -100.0
    more, _ = evaluate(dataclasses.replace(town, day_ahead_eur_per_mwh=prices))
    assert more.operation.contract(NEAR, 0) == "flexible"


@settings(max_examples=12, deadline=None)
@given(price=st.floats(-50.0, 150.0), hashprice=st.floats(0.0, 80.0))
def test_operation_never_earns_less_than_standing_still_or_running_flat(price, hashprice) -> None:
    # issue 7: dispatched EBITDA >= flat EBITDA and >= -(fixed cost); without the shadow cost of
    # wear, which steers and is no cash
    hubs, _ = evaluate(
        make_town(price=price),
        compute__hashprice_usd_per_ph_day=hashprice,
        hub__wear_eur_per_mwh=0.0,
    )
    fixed = float(hubs.cost.running_eur_per_a[NEAR])
    ebitda = hubs.money.ebitda_eur[NEAR]
    assert (ebitda >= -fixed - 1e-6).all()
    # flat: every hour at full power, heat where the network takes it, 35.4 EUR/MWh of adders
    flat_mwh = 100.0 * 8760 * 0.95 / 1000.0
    drawn_mwh = 1.03 * flat_mwh + hubs.inputs.dry_cooler_share * 0.92 * flat_mwh
    bill = drawn_mwh * (price + 35.4) + 30.0 * drawn_mwh / (8760 * 0.95) * 1000.0
    compute = flat_mwh * hubs.compute.eur_per_mwh_it
    assert (ebitda >= compute - bill - fixed - 1e-6).all()


@settings(max_examples=8, deadline=None)
@given(st.floats(0.0, 60.0), st.floats(1.0, 60.0), st.floats(10.0, 60.0), st.floats(1.0, 30.0))
def test_dear_power_lowers_the_present_value_and_dear_hashes_raise_it(
    price, dearer, hashprice, higher
) -> None:
    def npv(day_ahead: float, hash_: float) -> float:
        hubs, _ = evaluate(make_town(price=day_ahead), compute__hashprice_usd_per_ph_day=hash_)
        return float(hubs.money.npv_eur[NEAR])

    base = npv(price, hashprice)
    assert npv(price + dearer, hashprice) <= base + 1e-6
    assert npv(price, hashprice + higher) >= base - 1e-6


def test_a_hub_that_stays_off_in_the_windows_pays_a_fifth_of_the_charge() -> None:
    money = MoneyChoices(high_load_windows=WINTER_EVENINGS)
    hubs, found = opened(price=-20.0, money=money, tariff="de_mv_2026")
    assert found.market.chosen[0] == "atypical"
    by_name = {contract.name: contract for contract in found.market.contracts}
    # 30+31+31+28 evenings of four hours less, of which 95 % would have been in service
    off = 120 * 4 * 0.95
    assert by_name["flexible"].hours_run - by_name["atypical"].hours_run == pytest.approx(off)
    assert found.accounts.line("power_capacity")[1] == pytest.approx(
        -24.0 * by_name["atypical"].peak_kw
    )
    series = hubs.series(NEAR)
    assert series.electricity_kw[15:19].tolist() == [0.0] * 4  # 16 to 20 o'clock, an hour ahead


def test_a_band_load_is_open_to_a_large_hub_and_never_rests() -> None:
    hubs, found = opened(price=0.0, tariff="de_mv_2026", hub__power_it_kw=2000.0)
    by_name = {contract.name: contract for contract in found.market.contracts}
    # no substation limits it: 2 MW with pumps and fans over 8,322 h
    band = by_name["band_load"]
    assert "atypical" not in by_name
    assert band.hours_run == pytest.approx(8322.0)
    assert (found.market.chosen[0] == "band_load") == (
        hubs.operation.offers["band_load"].margin_eur[NEAR, 0]
        > max(0.0, hubs.operation.offers["flexible"].margin_eur[NEAR, 0])
    )


def test_a_small_hub_or_another_country_has_no_band_load() -> None:
    assert [each.name for each in opened(tariff="de_mv_2026")[1].market.contracts] == ["flexible"]
    _, finnish = opened(hub__power_it_kw=2000.0)
    assert [each.name for each in finnish.market.contracts] == ["flexible"]


def test_the_price_regimes_are_the_year_that_was_run() -> None:
    hubs, found = opened()
    regimes = found.market.regimes
    assert sum(each.hours for each in regimes) == 8760
    assert sum(each.energy_mwh for each in regimes) == pytest.approx(
        hubs.dispatch.electricity_mwh[NEAR, 0]
    )
    assert sum(each.cost_eur for each in regimes) == pytest.approx(
        hubs.dispatch.electricity_cost_eur[NEAR, 0]
    )


def test_ownership_shares_out_the_present_value_and_the_savings_of_the_network() -> None:
    hubs, found = opened()
    alone = sum(found.ownership["municipal"]["town"].values())
    shared = sum(sum(lines.values()) for lines in found.ownership["third_party"].values())
    assert shared == pytest.approx(alone)
    operator = sum(found.ownership["third_party"]["operator"].values())
    assert operator == pytest.approx(float(hubs.money.npv_eur[NEAR]))
    # the network pays 80 % of what it saves (heat.share_return)
    town = found.ownership["third_party"]["town"]
    assert -town["heat"] == pytest.approx(0.8 * town["displaced"])
    # a private owner asks for more interest
    assert found.operator_eur != pytest.approx(operator)


def test_an_unknown_source_leaves_the_value_of_heat_unknown_and_says_so() -> None:
    money = MoneyChoices(displaced_by_month=("boiler",) * 11 + ("unknown",))
    hubs, found = opened(money=money)
    assert np.isnan(hubs.money.npv_eur[NEAR])
    assert np.isnan(hubs.money.heat_eur[NEAR, 0])
    assert np.isfinite(hubs.money.lcoh_gross_eur_per_mwh[NEAR])
    assert np.isnan(found.payback_a)
    assert np.isnan(found.reserve.total_eur)
    assert any(note.key == "displaced_unknown" for note in hubs.notes)


def test_a_price_by_outdoor_temperature_stands_in_for_the_shared_saving() -> None:
    # 10 degC all year lies halfway between 60 at 0 and 20 at 20 degC; the return costs 0.02*25
    money = MoneyChoices(heat_tariff=((0.0, 60.0), (20.0, 20.0)))
    hubs, _ = opened(money=money)
    price = hubs.money.heat_eur[NEAR, 0] / hubs.dispatch.heat_delivered_mwh[NEAR, 0]
    assert price == pytest.approx(40.0 - 0.02 * 25.0)


def test_the_costs_of_the_plants_go_before_the_stated_source() -> None:
    town = dataclasses.replace(make_town(), plants_eur_per_mwh={"plant": np.full(12, 24.0)})
    hubs, _ = evaluate(town)
    assert hubs.town.displaced_eur_per_mwh == pytest.approx(24.0)
    price = hubs.money.heat_eur[NEAR, 0] / hubs.dispatch.heat_delivered_mwh[NEAR, 0]
    assert price == pytest.approx(0.8 * (24.0 - 0.02 * 25.0))
    assert any(note.key == "displaced_measured" for note in hubs.notes)


def test_a_hub_that_only_heats_buys_no_computers_and_earns_nothing_by_them() -> None:
    hubs, found = opened(price=-60.0, money=MoneyChoices(compute_kind="none"))
    assert float(hubs.cost.capex.asic_eur[NEAR]) == 0.0
    assert not found.accounts.line("compute").any()
    assert found.reserve.by_path_eur.keys() == {"no_computing"}
    assert found.sinking_eur_per_a == 0.0


def test_other_computing_earns_its_tariff_and_costs_its_hardware() -> None:
    hubs, found = opened(money=MoneyChoices(compute_kind="gpu_rent"))
    # 1.80 EUR/kWh on 60 % of the hours, 10 months and a half of decay until 2027; 100 kW at
    # 30,000 EUR/kW
    lag = 2027.0 - 2026.12
    expected = 1080.0 * 0.8**lag
    assert hubs.compute.eur_per_mwh_it[0] == pytest.approx(expected)
    assert float(hubs.cost.capex.asic_eur[NEAR]) == pytest.approx(3e6)
    assert "low_price" not in found.reserve.by_path_eur


def test_kept_coins_are_worth_more_if_the_coin_rises_and_less_if_it_falls() -> None:
    _, found = opened(money=MoneyChoices(treasury=Treasury(0.5, 1e9)))
    worth = found.treasury_eur
    assert worth["doubles"] > worth["stays"] > worth["halves"]
    assert opened()[1].treasury_eur == {}


def test_allotted_energy_counts_only_where_the_hub_would_stand_still() -> None:
    # at 200 EUR/MWh the hub never runs; at 30 + 35.4 an hour with heat and computing pays
    _, dear = opened(price=200.0, money=MoneyChoices(curtailed_hours=400))
    extra = dear.market.curtailed
    assert extra is not None
    assert extra.hours == 400
    assert extra.energy_mwh > 0.0
    assert extra.gain_eur > 0.0
    _, running = opened(price=20.0, money=MoneyChoices(curtailed_hours=400))
    assert running.market.curtailed.hours == 0
    assert opened(price=200.0)[1].market.curtailed is None
    _, small = opened(
        price=200.0, money=MoneyChoices(curtailed_hours=400), contract__curtailed_least_kw=101.0
    )
    assert small.market.curtailed is None


def test_the_upkeep_of_a_heat_pump_is_a_line_of_its_own() -> None:
    hubs, _ = evaluate(make_town(price=20.0), technology="air", economics__vat_lost_share=0.5)
    choices = dataclasses.replace(CHOICES, technology="air")
    a = build_assumptions({"hub.power_it_kw": 100.0, "economics.vat_lost_share": 0.5})
    found = books(hubs, NEAR, {"plant": 1500.0}, choices, a)
    assert hubs.feed.heat_pump_kwth[NEAR] > 0.0
    assert hubs.feed.mode[NEAR] == "supply_lift"
    # all heat passes the heat pump at constant temperatures: 2.26 EUR for each MWh of it
    lifted = hubs.dispatch.heat_delivered_mwh[NEAR, :YEARS]
    upkeep = found.accounts.line("heat_pump_upkeep")[1:]
    np.testing.assert_allclose(upkeep, -2.26 * lifted, rtol=1e-9)
    assert lifted[0] > 0.0
    # what the network pays is the price agreed: nine tenths of what it saves, whole
    paid = found.accounts.line("heat")[1] / lifted[0]
    assert paid == pytest.approx(A["heat.share_supply"] * 54.783, rel=1e-4)
    # nothing is counted twice
    np.testing.assert_allclose(found.accounts.flows_eur, hubs.money.flows_eur[NEAR], atol=1e-6)


def test_a_grant_is_repaid_for_the_years_that_are_left() -> None:
    plain, free = opened(economics__grant_share=0.3, economics__grant_binding_years=0.0)
    _, bound = opened(economics__grant_share=0.3)
    grant = float(plain.cost.grant_eur[NEAR])
    assert grant > 0.0
    # closing after four of ten years gives six tenths back in that year; after ten nothing
    less = free.closure.npv_eur - bound.closure.npv_eur
    assert less[3] == pytest.approx(0.6 * grant / 1.06**4)
    np.testing.assert_allclose(less[9:], 0.0, atol=1e-6)


def test_allotted_hours_are_the_cheapest() -> None:
    prices = np.array([50.0, -10.0, 30.0, -10.0, 90.0])
    assert cheapest_hours(prices, 3).tolist() == [False, True, True, True, False]
    assert cheapest_hours(prices, 1).tolist() == [False, True, False, False, False]


def test_curtailed_energy_and_reserve_count_only_when_chosen() -> None:
    shown = MoneyChoices(curtailed_hours=400)
    beside, _ = opened(price=200.0, money=shown)
    assert beside.sold is None
    counted, found = opened(price=200.0, money=dataclasses.replace(shown, count_curtailed=True))
    gain = counted.sold.by_kind_eur["curtailed"][NEAR, :15]
    # the first year's gain is the one that stands beside; later computing earns less
    assert gain[0] == pytest.approx(found.market.curtailed.gain_eur)
    assert (np.diff(gain) <= 1e-9).all()
    discount = (1.0 + A["economics.rate_share"]) ** -np.arange(1.0, 16.0)
    assert counted.money.npv_eur[NEAR] - beside.money.npv_eur[NEAR] == pytest.approx(
        float(gain @ discount)
    )
    assert found.accounts.line("curtailed")[1:] == pytest.approx(gain)
    assert found.accounts.flows_eur == pytest.approx(counted.money.flows_eur[NEAR])


def test_reserve_counts_with_its_best_product_and_backed_heat() -> None:
    beside, books = opened(price=20.0)
    best = max(each.gain_eur for each in books.market.reserve)
    assert best > 0.0
    counted, found = opened(price=20.0, money=MoneyChoices(count_reserve=True))
    gain = counted.sold.by_kind_eur["balancing"][NEAR]
    assert gain[0] == pytest.approx(best)
    assert counted.money.npv_eur[NEAR] > beside.money.npv_eur[NEAR]
    assert found.accounts.flows_eur == pytest.approx(counted.money.flows_eur[NEAR])
    # without the rating of the plants nobody knows who heats instead, and nothing counts
    unknown = dataclasses.replace(make_town(20.0), plants_kw={"plant": math.nan})
    silent = evaluate(unknown, money=MoneyChoices(count_reserve=True))[0]
    assert (silent.sold.by_kind_eur["balancing"] == 0.0).all()
