"""Hubs with a tank and wear in many futures: proved bounds, and years solved again."""

import numpy as np
import pytest
from hub_judge import northern_year

from engines.assumptions import build_assumptions
from engines.dispatch.ladder import bounds_at, price_ladder
from engines.futures.draw import Outlook, draw_futures
from engines.futures.ladders import ladder_bounds, ladder_for, ladder_table, resolved_years
from engines.futures.worth import Terms, worth

PATH = 0.8 ** np.arange(4)
ADDERS = 0.02


@pytest.fixture(scope="module")
def futures():
    a = build_assumptions({"futures.draws": 200})
    return draw_futures(Outlook(len(PATH), 2027.0, 0), a)


@pytest.fixture(scope="module")
def hub():
    return northern_year(5, 336, 4.0, 0.05)


@pytest.fixture(scope="module")
def ladder(hub, futures):
    return ladder_for(hub, PATH, futures)


def test_the_parts_of_a_plan_are_the_whole(hub, ladder):
    earned = ladder.level * ladder.slope_eur + ladder.heat_eur - ladder.power_eur
    assert earned - ladder.shadow_eur == pytest.approx(ladder.lower_eur)
    # what is left is the switching: never a gain, save what stays in the tank
    assert (ladder.shadow_eur >= -1e-9).all()
    assert ladder.power_kwh == pytest.approx(
        ladder.slope_eur / hub.compute_revenue_eur_per_kwh[0] * (1 + hub.parasitic_share)
    )


def test_the_table_of_a_ladder_reads_its_lower_bound(ladder, futures):
    # the shadow cost is counted in the bound and not booked, so the table lies above it, and the
    # booked worth without wear is what is left of the bound when the wear is added back
    terms = Terms(0.06, PATH, (), np.zeros(1), 0.0, 0.0, 0.04, 10)
    still = build_assumptions({"futures.draws": 200, "futures.spread": 0.0})
    only_study = draw_futures(Outlook(len(PATH), 2027.0, 0), still)
    table = ladder_table(ladder, ADDERS, 1.0)
    read = worth(table, only_study, np.ones(200), terms).npv_eur[0, 0]
    bound = ladder_bounds(ladder, PATH, only_study, 0.06)
    wear = sum(
        ladder.shadow_eur[np.argmax(ladder.lower_eur + (a - ladder.level) * ladder.slope_eur)]
        / 1.06 ** (t + 1)
        for t, a in enumerate(PATH)
    )
    assert read == pytest.approx(bound.lower_eur[0] + wear)


def test_bounds_hold_years_that_are_solved(hub, ladder, futures):
    levels = (PATH * futures.compute_factor).ravel()[::97]
    again = resolved_years(hub, ladder, ADDERS, levels, np.ones(len(levels)), np.ones(len(levels)))
    found = bounds_at(ladder, levels)
    assert again.read_eur == pytest.approx(found.lower_eur)
    assert (found.lower_eur <= again.upper_eur * (1 + 1e-9) + 1e-9).all()
    assert (again.lower_eur <= found.upper_eur * (1 + 1e-9) + 1e-9).all()


def test_plans_followed_at_other_prices_earn_no_more_than_the_best_year(hub, ladder):
    rng = np.random.default_rng(2)
    level, dear, warm = (rng.uniform(0.5, 1.5, 12) for _ in range(3))
    again = resolved_years(hub, ladder, ADDERS, level, dear, warm)
    assert (again.read_eur <= again.upper_eur + 1e-9 * np.abs(again.upper_eur)).all()
    assert np.median(1.0 - again.read_eur / again.lower_eur) < 0.1


def test_a_ladder_with_no_revenue_at_all_is_refused(hub, futures):
    with pytest.raises(Exception, match="ascending"):
        price_ladder(hub, 0.0, 0.0)
