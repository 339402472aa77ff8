"""The next hub, by the worked example of the domain notes (5.6, 5.7, case B3) and by hand."""

import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.siting.expansion import NextHub, expansion

# B3 flat: EBITDA 679,601, new machines 245,963, debt 237,305 EUR/a
FREE_EUR = 679_601.0 - 245_963.0 - 237_305.0
COST_EUR = 5.56 * FREE_EUR / 0.3
"""Of the next hub: the notes give 5.56 years for 30 % equity."""


def hub(name="first", free=FREE_EUR, cost=COST_EUR, reserve=0.0, years=20, futures=1) -> NextHub:
    return NextHub(name, np.full((futures, years), float(free)), cost, reserve)


def test_the_free_cash_of_the_example() -> None:
    assert pytest.approx(196_334.0, abs=1.0) == FREE_EUR


def test_without_a_reserve_the_second_hub_comes_after_five_and_a_half_years() -> None:
    chain = expansion([hub(), hub("second")], 0.3, part_years=True)
    assert chain.built_year[0, 1] == pytest.approx(5.56, abs=0.01)
    # cash counted at the end of each year: in the sixth
    assert expansion([hub(), hub("second")], 0.3).built_year[0, 1] == 6.0


def test_with_the_full_reserve_first_it_takes_more_than_eight_years() -> None:
    # 533,548 EUR reserve (notes 5.6): 533,548 / 196,333 = 2.72 years more, 8.28
    chain = expansion([hub(reserve=533_548.0), hub("second")], 0.3, part_years=True)
    assert chain.built_year[0, 1] == pytest.approx(8.28, abs=0.02)
    assert 8.0 < chain.built_year[0, 1] < 8.5


def test_a_market_that_decays_ends_the_chain() -> None:
    # income falls a fifth a year: in year 4 the cash turns negative (notes 5.7)
    income = 679_601.0 + 400_000.0
    free = income * 0.8 ** np.arange(20.0)[None, :] - 400_000.0 - 245_963.0 - 237_305.0
    assert free[0, 3] < 0.0
    first = NextHub("first", free, COST_EUR, 0.0)
    chain = expansion([first, NextHub("second", free, COST_EUR, 0.0)], 0.3)
    assert np.isnan(chain.built_year[0, 1])
    assert chain.success_share.tolist() == [1.0, 0.0]
    assert np.isnan(chain.median_year[1])


def test_a_second_hub_pays_for_the_third_together_with_the_first() -> None:
    # 100 a year each; own part 300: the second in year 3; both give 200 a year: 2 years more
    hubs = [hub(name, 100.0, 300.0) for name in ("first", "second", "third")]
    chain = expansion(hubs, 1.0)
    assert chain.built_year[0].tolist() == [0.0, 3.0, 5.0]
    # 100, 200, 0 (300 paid), 200, 100 (400 less 300), 400
    assert chain.cash_eur[0, :6].tolist() == [100.0, 200.0, 0.0, 200.0, 100.0, 400.0]


def test_the_reserve_of_a_new_hub_is_filled_before_the_one_after_it() -> None:
    hubs = [
        hub("first", 100.0, 300.0),
        hub("second", 100.0, 300.0, 200.0),
        hub("third", 100.0, 300.0),
    ]
    # after year 3 both give 200 a year; 200 reserve and 300 own part: 500 in year 6
    assert expansion(hubs, 1.0).built_year[0].tolist() == [0.0, 3.0, 6.0]


def test_the_share_of_futures_counts_those_that_get_there() -> None:
    free = np.array([[100.0] * 10, [20.0] * 10, [-50.0] * 10, [30.0] * 10])
    first, second = NextHub("first", free, 0.0, 0.0), NextHub("second", free, 300.0, 0.0)
    chain = expansion([first, second], 1.0)
    # 100 a year: year 3; 30 a year: year 10; 20 a year makes 200 only
    assert chain.built_year[:, 1].tolist() == [
        3.0,
        pytest.approx(np.nan, nan_ok=True),
        pytest.approx(np.nan, nan_ok=True),
        10.0,
    ]
    assert chain.success_share[1] == 0.5
    assert chain.median_year[1] == 6.5


def test_a_chain_without_a_first_hub_or_with_different_years_is_refused() -> None:
    with pytest.raises(InvalidInput, match="first hub"):
        expansion([], 0.3)
    with pytest.raises(InvalidInput, match="same futures and years"):
        expansion([hub(), hub("second", years=5)], 0.3)
