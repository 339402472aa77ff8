from dataclasses import replace

import numpy as np
import pytest
from hub_judge import northern_year

from engines.dispatch.hub_year import hub_year
from engines.dispatch.ladder import SOLVES, bounds_at, price_ladder
from engines.dispatch.optimum import optimal_year
from engines.errors import EngineError


@pytest.mark.parametrize(("tank_h", "switching_cost"), [(4.0, 0.05), (0.0, 0.05), (4.0, 0.0)])
def test_any_level_lies_between_the_bounds(tank_h, switching_cost):
    hub = northern_year(5, 336, tank_h, switching_cost)
    ladder = price_ladder(hub, 0.2, 2.0)
    assert ladder.level.size == SOLVES
    levels = np.linspace(0.2, 2.0, 23)
    found = bounds_at(ladder, levels)
    for level, lower, upper in zip(levels, found.lower_eur, found.upper_eur, strict=True):
        revenue = level * hub.compute_revenue_eur_per_kwh
        year = optimal_year(replace(hub, compute_revenue_eur_per_kwh=revenue))
        assert lower <= year.upper_eur + 1e-9 * abs(year.upper_eur)
        assert year.lower_eur <= upper + 1e-9 * abs(upper)
    # twelve years are enough to know any other to a few per cent
    assert found.width_eur.max() <= 0.03 * found.upper_eur.max()


def test_bounds_meet_where_a_year_was_solved():
    ladder = price_ladder(northern_year(6, 200, 2.0, 0.05), 0.5, 1.5, solves=4)
    found = bounds_at(ladder, ladder.level)
    np.testing.assert_allclose(found.lower_eur, found.upper_eur, rtol=1e-6)


def test_a_year_that_is_a_straight_line_needs_two_solves():
    # one hour, always on: V = a - 0.5 for a >= 0.5
    hub = hub_year(
        compute_limit_kw=1.0,
        compute_revenue_eur_per_kwh=1.0,
        electricity_price_eur_per_kwh=[0.5],
        heat_value_eur_per_kwh=0.0,
        heat_uptake_kw=0.0,
    )
    ladder = price_ladder(hub, 1.0, 3.0)
    assert ladder.level.tolist() == [1.0, 3.0]
    assert bounds_at(ladder, 2.0).upper_eur == pytest.approx([1.5], rel=1e-12)
    assert bounds_at(ladder, 2.0).width_eur == pytest.approx([0.0], abs=1e-12)


def test_a_ladder_says_nothing_beyond_its_ends():
    hub = northern_year(7, 48, 0.0, 0.0)
    ladder = price_ladder(hub, 0.5, 1.5, solves=3)
    with pytest.raises(EngineError, match="from 0.5 to 1.5"):
        bounds_at(ladder, [1.6])
    for lowest, highest in ((1.0, 1.0), (2.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0)):
        with pytest.raises(EngineError):
            price_ladder(hub, lowest, highest)
    with pytest.raises(EngineError, match="at least two"):
        price_ladder(hub, 0.5, 1.5, solves=1)
