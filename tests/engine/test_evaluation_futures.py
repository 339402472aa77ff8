"""The hubs of a town in many futures, against the study itself and against solving it again."""

import dataclasses

import numpy as np
import pytest
from small_futures import HOURS, drawn, prices, study
from small_town import CHOICES, evaluate, make_candidates, make_grid, make_town

from engines.evaluation.future_plans import PriceYears, operated, plan_table, terms_of
from engines.evaluation.futures import (
    central_npv_eur,
    future_town,
    heat_moves,
    hub_drivers,
    hub_futures,
    sampled,
    table_error,
)
from engines.evaluation.hubs import evaluate_hubs
from engines.evaluation.judge import judge
from engines.evaluation.money_choices import MoneyChoices
from engines.evaluation.town import town_year
from engines.futures.worth import worth


@pytest.fixture(scope="module")
def hubs():
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=prices(0))
    return evaluate(town)[0]


def test_no_spread_gives_the_study_exactly(hubs):
    a = study(spread=0.0)
    found = hub_futures(hubs, drawn(hubs, a), CHOICES, a)
    for values in (found.npv.p10, found.npv.p50, found.npv.p90, found.npv.worst_mean):
        assert values == pytest.approx(hubs.money.npv_eur, rel=1e-12)
    assert (found.positive.share == (hubs.money.npv_eur > 0)).all()
    known = ~np.isnan(hubs.money.lcoh_net_eur_per_mwh)
    assert found.heat_cost_p50_eur_per_mwh[known] == pytest.approx(
        hubs.money.lcoh_net_eur_per_mwh[known], rel=1e-9
    )


def test_the_table_knows_every_line_of_the_study(hubs):
    # nothing is carried over unread: plans, purchases and operation add up to the study's worth
    a = study()
    town = drawn(hubs, a)
    table, terms = plan_table(operated(hubs, a), town, CHOICES, a), terms_of(hubs, a)
    assert central_npv_eur(table, terms, town) == pytest.approx(hubs.money.npv_eur, rel=1e-9)
    found = hub_futures(hubs, town, CHOICES, a)
    assert found.carried_eur == pytest.approx(0.0, abs=1e-6)


def test_the_error_of_the_table_is_small_beside_the_spread(hubs):
    a = study()
    town = drawn(hubs, a)
    found = hub_futures(hubs, town, CHOICES, a)
    error = table_error(hubs, town, CHOICES, a)
    width = found.npv.p90 - found.npv.p10
    assert (width > 0).all()
    assert error.futures == 12
    assert error.years == 12 * 15
    assert (np.abs(error.mean_eur) < 0.05 * width).all()
    assert (error.largest_eur < 0.15 * width).all()


def test_the_worth_of_heat_follows_what_it_displaces(hubs):
    a = study()
    # (35 + 0.2016 * 70)/0.92 + 1.40 = 54.783: 69.4 % gas, 28.0 % CO2, nothing of the power price
    assert heat_moves(hubs.town, CHOICES, a) == pytest.approx([0.69442, 0.28000, 0.0], abs=1e-4)
    waste = dataclasses.replace(CHOICES, displaced_source="waste")
    assert (heat_moves(hubs.town, waste, a) == 0.0).all()
    pump = dataclasses.replace(CHOICES, displaced_source="heat_pump")
    gas, co2, power = heat_moves(hubs.town, pump, a)
    assert gas == co2 == 0.0
    assert 0.3 < power < 1.0
    silent = dataclasses.replace(CHOICES, displaced_source="unknown")
    assert (heat_moves(hubs.town, silent, a) == 0.0).all()


def test_where_the_worth_of_heat_is_unknown_so_is_the_chance():
    months = MoneyChoices(displaced_by_month=("unknown", *["boiler"] * 11))
    silent = dataclasses.replace(CHOICES, money=months)
    town = dataclasses.replace(make_town(), day_ahead_eur_per_mwh=prices(0) - 60.0)
    a, places = study(), make_candidates()
    year = town_year(town, places, silent, a)
    dark = evaluate_hubs(year, places, make_grid(), silent, a)
    assert np.isnan(dark.money.npv_eur[0])
    given = PriceYears((), np.empty((0, HOURS)), are_own=False)
    found = hub_futures(dark, future_town(given, year, silent, a), silent, a)
    assert np.isnan(found.positive.share[0])
    assert np.isnan(found.npv.p50[0])
    judged = judge(places, dark, silent, a, found)
    missing = [r for r in judged.verdicts[0].reasons if r.key == "number_missing"]
    assert "p_npv_positive" in {str(reason.numbers["name"]) for reason in missing}


def test_no_spread_has_no_error(hubs):
    a = study(spread=0.0)
    error = table_error(hubs, drawn(hubs, a), CHOICES, a, sample=2)
    assert error.largest_eur == pytest.approx(0.0, abs=1e-6)


def test_price_years_of_another_length_are_left_out(hubs):
    a = study()
    short = PriceYears(("leap",), np.full((1, HOURS + 24), 50.0), are_own=True)
    town = future_town(short, hubs.town, CHOICES, a)
    assert town.prices.labels == ()
    assert (town.futures.price_year == 0).all()
    assert np.isfinite(hub_futures(hubs, town, CHOICES, a).npv.mean).all()


def test_the_drivers_of_a_hub_that_computes_are_those_of_computing(hubs):
    a = study()
    strongest = hub_drivers(hubs, drawn(hubs, a), CHOICES, a)[0]
    assert {one.key for one in strongest[:2]} == {"decay", "cycle"}
    assert sum(one.alone_share for one in strongest) < 1.15


def test_the_verdict_knows_the_chance(hubs):
    a = study()
    found = hub_futures(hubs, drawn(hubs, a), CHOICES, a)
    places = make_candidates()
    without = judge(places, hubs, CHOICES, a)
    judged = judge(places, hubs, CHOICES, a, found)

    def missing(judgement):
        return {
            str(reason.numbers["name"])
            for reason in judgement.verdicts[0].reasons
            if reason.key == "number_missing"
        }

    assert "p_npv_positive" in missing(without)
    assert "p_npv_positive" not in missing(judged)
    chances = [r for r in judged.conditional[0].reasons if r.key in ("npv_likely", "npv_unlikely")]
    assert chances[0].numbers["probability_percent"] == pytest.approx(
        100.0 * found.positive.share[0]
    )


def test_a_table_of_one_hub_is_that_hub(hubs):
    # what is said of a parcel does not depend on its neighbours
    a = study()
    town = drawn(hubs, a)
    table, terms = plan_table(operated(hubs, a), town, CHOICES, a), terms_of(hubs, a)
    found = worth(table, town.futures, town.heat_factor, terms).npv_eur
    turned = dataclasses.replace(
        table,
        sums=table.sums[::-1].copy(),
        per_demand=table.per_demand[::-1].copy(),
        per_capture=table.per_capture[::-1].copy(),
    )
    assets = tuple(
        dataclasses.replace(one, cost_eur=np.broadcast_to(one.cost_eur, 3)[::-1])
        for one in terms.assets
    )
    there = dataclasses.replace(terms, assets=assets, opex_eur_per_a=terms.opex_eur_per_a[::-1])
    again = worth(turned, town.futures, town.heat_factor, there).npv_eur
    assert again[::-1] == pytest.approx(found, rel=1e-12)


def test_the_same_futures_are_kept_of_every_hub() -> None:
    assert sampled(2000).tolist() == list(range(0, 2000, 10))
    assert sampled(200).tolist() == list(range(200))
    assert np.bincount(sampled(50)).tolist() == [4] * 50
