"""Contracts, price regimes, standing ready, own tariffs, money choices."""

from dataclasses import replace

import numpy as np
import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.evaluation.money_choices import money_choices
from engines.grid.balancing import Product, products, standing
from engines.grid.contracts import (
    HighLoadWindow,
    atypical_tariff,
    band_load_bill_eur,
    band_load_share,
    best_contract,
    high_load_hours,
)
from engines.grid.price_regimes import price_regimes
from engines.grid.tariff import (
    annual_electricity_cost,
    stated_tariff,
    tariff_for,
    tariff_named,
)

A = build_assumptions()
GERMANY = tariff_named("de_mv_2026")


def test_a_band_load_pays_less_the_longer_it_runs_and_nothing_below_10_gwh() -> None:
    hours = np.array([6999.0, 7000.0, 7500.0, 8000.0, 8700.0, 8700.0])
    energy = np.array([2e4, 2e4, 2e4, 2e4, 2e4, 9_999.0])
    found = band_load_share(hours, energy, A)
    assert np.isnan(found[[0, 5]]).all()
    assert found[1:5].tolist() == [0.20, 0.15, 0.10, 0.10]


def test_the_band_load_of_case_b2_is_the_bill_with_a_tenth_of_the_network() -> None:
    # domain.md 8.2, B2 DE band load: 2,060 kW over 8,322 h, energy and capacity charge -90 %
    energy, peak = 2.060 * 8322.0, 2060.0
    tenth = replace(
        GERMANY,
        energy_charge_eur_per_mwh=0.7,
        capacity_charge_eur_per_kw_a=12.0,
    )
    expected = float(annual_electricity_cost(energy, 89.32, peak, tenth).total_eur)
    published = annual_electricity_cost(energy, 89.32, peak, GERMANY)
    found = band_load_bill_eur(
        published.total_eur - published.capacity_eur,
        np.array(energy),
        np.array(peak),
        GERMANY,
        band_load_share(np.array(8322.0), np.array(energy), A),
    )
    assert float(found) == pytest.approx(expected, rel=1e-9)


def test_windows_are_hours_of_the_clock_in_their_months() -> None:
    # November to February, 16 to 20 o'clock, one hour ahead of UTC
    full = high_load_hours([HighLoadWindow((11, 12, 1, 2), 16, 20)], 8760, 1)
    assert int(full.sum()) == (30 + 31 + 31 + 28) * 4
    # 16 o'clock of 1 January is 15 UTC
    assert full[14:20].tolist() == [False, True, True, True, True, False]
    assert atypical_tariff(GERMANY, A).capacity_charge_eur_per_kw_a == pytest.approx(24.0)


@pytest.mark.parametrize("window", [((0,), 1, 2), ((), 1, 2), ((1,), 20, 16), ((1,), 1, 25)])
def test_windows_that_cannot_be_are_refused(window) -> None:
    with pytest.raises(InvalidInput, match="high-load window"):
        HighLoadWindow(*window)


def test_the_best_contract_is_none_where_all_lose() -> None:
    names, chosen = best_contract(
        {"flexible": np.array([5.0, -1.0, 2.0]), "band": np.array([7.0, -2.0, np.nan])}
    )
    assert [names[i] for i in chosen] == ["band", "idle", "flexible"]


def test_every_hour_is_in_one_price_regime_and_the_bill_adds_up() -> None:
    day_ahead = np.array([-80.0, -20.0, 10.0, 40.0, 90.0])
    price = day_ahead + 35.0
    drawn = np.array([1000.0, 1000.0, 1000.0, 1000.0, 0.0])
    found = price_regimes(day_ahead, price, np.full(5, 50.0), np.full(5, 80.0), drawn, 0.5)
    assert [regime.hours for regime in found] == [1.0] * 5
    assert [regime.run_h for regime in found] == [0.5, 0.5, 0.5, 0.5, 0.0]
    # the hub is paid 45 EUR/MWh in the first hour, half of the time: -22.5
    assert [regime.cost_eur for regime in found] == pytest.approx([-22.5, 7.5, 22.5, 37.5, 0.0])
    assert found[0].mean_eur_per_mwh == pytest.approx(-45.0)
    assert np.isnan(found[4].mean_eur_per_mwh)
    assert sum(regime.cost_eur for regime in found) == pytest.approx(
        float((drawn * price).sum()) / 1000.0 * 0.5
    )


DOWN = Product("down", "down", 1000.0, 4, 10.0, 0.5, 0.1)
DAY = np.ones(24)


def test_a_block_is_offered_with_what_is_free_in_all_its_hours() -> None:
    drawn = 2000.0 * DAY
    drawn[1] = 500.0
    found = standing(DOWN, drawn, 2500.0 * DAY, 0.0 * DAY, None, 30.0 * DAY)
    # five blocks of 2 MW, one of 0.5: 10.5 MW x 4 h, half of the time
    assert found.offered_mw_h == pytest.approx(10.5 * 4 * 0.5)
    assert found.capacity_eur == pytest.approx(210.0)
    # a tenth is called and loses 30 EUR/MWh
    assert found.lost_eur == pytest.approx(21.0 * 0.1 * 30.0)
    assert found.gain_eur == pytest.approx(210.0 - 63.0)
    assert (found.needs_pool, found.heat_backed) == (False, False)


def test_no_more_is_offered_than_other_plants_can_heat_instead() -> None:
    # 2 MW make 1.8 MW of heat, 0.9 kW each; a backup of 900 kW allows 1,000 kW
    found = standing(DOWN, 2000.0 * DAY, 2000.0 * DAY, 1800.0 * DAY, 900.0 * DAY, 0.0 * DAY)
    assert found.largest_bid_kw == pytest.approx(1000.0)
    assert found.heat_backed
    none = standing(DOWN, 2000.0 * DAY, 2000.0 * DAY, 1800.0 * DAY, 0.0 * DAY, 0.0 * DAY)
    assert none.capacity_eur == 0.0


def test_a_pilot_is_too_small_to_bid_alone_and_a_full_hub_cannot_go_up() -> None:
    assert standing(DOWN, 50.0 * DAY, 50.0 * DAY, 0 * DAY, None, DAY).needs_pool
    up = Product("up", "up", 1000.0, 4, 10.0, 1.0, 0.0)
    assert standing(up, 2000.0 * DAY, 2000.0 * DAY, 0 * DAY, None, DAY).offered_mw_h == 0.0
    both = Product("both", "both", 1000.0, 4, 10.0, 1.0, 0.0)
    half = standing(both, 800.0 * DAY, 2000.0 * DAY, 0 * DAY, None, DAY)
    assert half.largest_bid_kw == 800.0


def test_the_table_of_products_can_be_read() -> None:
    assert {product.key for product in products()} == {"fcr", "afrr_down", "afrr_up", "mfrr_down"}
    assert all(product.block_h == 4 for product in products())


OWN = {
    "supplier_margin_eur_per_mwh": 2,
    "energy_charge_eur_per_mwh": 5,
    "levies_first_eur_per_mwh": 0,
    "levies_above_eur_per_mwh": 0,
    "levy_threshold_mwh": 0,
    "concession_eur_per_mwh": 0,
    "tax_eur_per_mwh": 38.6,
    "capacity_charge_eur_per_kw_a": 45.5,
}


def test_a_tariff_with_unknown_parts_is_refused_and_ones_own_stands_in() -> None:
    with pytest.raises(InvalidInput, match=r"no_dc_2026.*capacity_charge"):
        tariff_named("no_dc_2026")
    choices = money_choices({"tariffs": {"hub": OWN}})
    assert choices.tariff_of_hub("no_dc_2026").tax_eur_per_mwh == 38.6
    # an electric boiler without a tariff of its own pays what the planner states for the hub
    assert choices.tariff_of_electric_boiler("no_dc_2026") == stated_tariff(OWN)


def test_each_technology_has_its_own_tax_class() -> None:
    finland = {name: tariff_for(name, "fi_dc_2026") for name in ("hub", "heat_pump")}
    assert finland["hub"].tax_eur_per_mwh == 22.4
    assert finland["heat_pump"].tax_eur_per_mwh == 0.5
    assert tariff_for("electric_boiler", "fi_dc_2026").tax_eur_per_mwh == 0.5
    # no privilege for electric boilers in Germany: EnFG s.22 is for heat pumps
    assert tariff_for("electric_boiler", "de_mv_2026") == GERMANY
    assert tariff_for("heat_pump", "de_mv_2026").levies_above_eur_per_mwh == 0.5


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"colour": 1}, "colour"),
        ({"displaced_by_month": ["boiler"]}, "twelve months"),
        ({"displaced_by_month": 3}, "must be a list"),
        ({"tariffs": {"hub": {"tax_eur_per_mwh": 1}}}, "missing: capacity_charge"),
        ({"tariffs": {"hub": OWN | {"tax_eur_per_mwh": "much"}}}, "must be a number"),
        ({"tariffs": {"hub": OWN | {"tax_eur_per_mwh": -1}}}, "outside its range"),
        ({"tariffs": {"sauna": OWN}}, "heat_pump"),
        ({"compute_kind": "abacus"}, "btc_asic"),
        ({"land": "steal"}, "lease, buy"),
        ({"owner": "nobody"}, "third_party"),
        ({"treasury": {"hold_share": 0.5}}, "limit_eur"),
        ({"heat_tariff": [[0, 40]]}, "two or more pairs"),
        ({"heat_tariff": [[0, 40], [-5, 60]]}, "coldest to the warmest"),
        ({"high_load_windows": [{"months": [1]}]}, "from_h"),
        ({"curtailed_hours": 9000}, "0 to 8760"),
        ({"town_land": "yes"}, "true or false"),
    ],
)
def test_money_choices_that_do_not_fit_are_refused_with_the_way_to_mend_them(
    document, said
) -> None:
    with pytest.raises(InvalidInput, match=said):
        money_choices(document)


def test_no_choices_are_the_usual_ones() -> None:
    usual = money_choices({})
    assert (usual.compute_kind, usual.land, usual.owner) == ("btc_asic", "lease", "municipal")
    assert usual.treasury.hold_share == 0.0
