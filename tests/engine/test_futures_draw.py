"""Futures are drawn evenly, together where they belong together, and not at all at no spread."""

import numpy as np
import pytest
from scipy import stats

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.futures.correlation import checked_correlation, correlation_matrix, rearranged
from engines.futures.draw import Outlook, dimensions, draw_futures, futures_from
from engines.futures.marginals import Marginal, deviation, marginals, quantile

NAN = float("nan")
OUTLOOK = Outlook(years=15, start_year=2027.0, price_years=10)


def drawn(**overrides: float):
    given = {f"futures.{key}": value for key, value in overrides.items()}
    return draw_futures(OUTLOOK, build_assumptions(given))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # triangle from 0 over 1 to 4: below the mode F = x^2/4, so F^-1(0.09) = 0.6; above it
        # F = 1 - (4 - x)^2/12, so F^-1(0.97) = 4 - 0.6
        (Marginal("t", "factor", "triangular", 0.0, 1.0, 4.0, NAN), {0.09: 0.6, 0.97: 3.4}),
        (Marginal("u", "offset", "uniform", 0.5, NAN, 0.75, NAN), {0.2: 0.55}),
        # exp(0.25 * 1.6448536)
        (Marginal("l", "factor", "lognormal", NAN, NAN, NAN, 0.25), {0.95: 1.508647, 0.5: 1.0}),
        (Marginal("n", "walk", "normal", NAN, NAN, NAN, 0.55), {0.5: 0.0, 0.95: 0.904669}),
        # a wait with rate 0.03: half of all futures see the event within ln 2 / 0.03 years
        (Marginal("e", "waiting", "exponential", NAN, NAN, NAN, 0.03), {0.5: 23.104906}),
    ],
    ids=["triangular", "uniform", "lognormal", "normal", "exponential"],
)
def test_quantiles_by_hand(given, expected):
    for probability, value in expected.items():
        assert quantile(given, np.array([probability])) == pytest.approx(value, rel=1e-6)


def test_a_beta_has_the_mean_and_deviation_of_the_table():
    one = marginals()["availability"]
    values = quantile(one, (np.arange(20_000) + 0.5) / 20_000)
    assert values.mean() == pytest.approx(1.0, abs=1e-4)
    assert values.std() * one.mode == pytest.approx(0.025, rel=1e-3)


def test_no_spread_is_the_study_itself():
    study = drawn(spread=0.0)
    for name, values in vars(study).items():
        expected = 0.0 if name in ("surcharge_eur_per_mwh", "price_year") else 1.0
        assert (values == expected).all(), name


def test_half_the_spread_is_half_of_every_deviation():
    one = marginals()["infrastructure"]
    at = np.array([0.1, 0.5, 0.9])
    whole, half = deviation(one, at, 1.0) - 1.0, deviation(one, at, 0.5) - 1.0
    assert half == pytest.approx(0.5 * whole)


def test_the_same_seed_gives_the_same_futures_and_another_one_others():
    first, again, other = drawn(), drawn(), drawn(seed=2)
    assert (first.compute_factor == again.compute_factor).all()
    assert (first.compute_factor != other.compute_factor).any()


def test_each_slice_of_a_driver_is_drawn_from_once():
    # the hypercube's promise survives the rearranging for correlation
    count = 500
    futures = drawn(draws=count)
    place = stats.norm.cdf(np.log(futures.gas_factor) / 0.35)
    assert sorted(np.floor(place * count).astype(int)) == list(range(count))


def test_ranks_correlate_as_the_table_says():
    futures = drawn()
    scores = np.log(futures.gas_factor), np.log(futures.day_ahead_factor)
    # normal scores of lognormals are their logarithms
    assert np.corrcoef(*scores)[0, 1] == pytest.approx(0.7, abs=0.01)
    assert np.corrcoef(scores[0], futures.pipe_factor)[0, 1] == pytest.approx(0.0, abs=0.05)
    pair = futures.infrastructure_factor, futures.pipe_factor
    assert stats.spearmanr(*pair).statistic == pytest.approx(6 / np.pi * np.arcsin(0.25), abs=0.02)


def test_correlations_that_contradict_one_another_are_refused_by_name():
    # gas moves with A and A with B, so gas cannot move against B: eigenvalue 1 - 2 * 0.9 < 0
    pairs = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(InvalidInput, match=r"contradict one another \(a with b.*eigenvalue -0.8"):
        correlation_matrix(["a", "b", "c"], pairs)
    with pytest.raises(InvalidInput, match="no driver named 'd'"):
        correlation_matrix(["a"], {("a", "d"): 0.1})
    with pytest.raises(InvalidInput, match="symmetric"):
        checked_correlation(np.array([[1.0, 0.5], [0.2, 1.0]]))


def test_full_correlation_puts_two_drivers_in_the_same_order():
    # the matrix is singular, which is allowed: one driver follows the other
    rng = np.random.default_rng(3)
    even = rng.random((50, 2))
    both = rearranged(even, np.ones((2, 2)), rng)
    assert (both[:, 0].argsort() == both[:, 1].argsort()).all()
    assert sorted(both[:, 1]) == sorted(even[:, 1])


def test_the_hash_price_path_by_hand():
    # all drivers at their middle but the fall, which is 10 points more than the study's 20 %:
    # year t has (0.7/0.8)^t; the cycle's middle is exp(-s^2/2), s^2 = 0.3025 (1, 1.25, 1.3125 ...)
    places = dimensions(3)
    point = np.full((1, max(p.stop for p in places.values())), 0.5)
    fall = marginals()["decay"]
    # 1 - (0.2 - x)^2/(0.5 * 0.18) = F(0.1)
    point[0, places["decay"]] = 1.0 - 0.1**2 / ((fall.high - fall.low) * (fall.high - fall.mode))
    a = build_assumptions({})
    futures = futures_from(point, Outlook(3, 2030.0, 0), a)
    variance = 0.3025 * np.array([1.0, 1.25, 1.3125])
    expected = (0.7 / 0.8) ** np.arange(3) * np.exp(-variance / 2.0)
    assert futures.compute_factor[0] == pytest.approx(expected)
    # machines: the first at today's price, later ones follow by the power 0.85
    assert futures.machine_factor[0, :2] == pytest.approx([1.0, expected[1] ** 0.85])


def test_a_halving_inside_a_year_counts_by_the_part_behind_it():
    places = dimensions(2)
    point = np.full((1, max(p.stop for p in places.values())), 0.5)
    point[0, places["halving"]] = 1.0 - 1e-13  # 0.625 + 0.125 = 0.75 is kept
    a = build_assumptions({"futures.cycle_persistence_share": 0.0})
    futures = futures_from(point, Outlook(2, 2028.0, 0), a)
    middle = futures_from(np.full_like(point, 0.5), Outlook(2, 2028.0, 0), a)
    # the halving of 2028.29: 0.71 of the first year lie behind it, all of the second
    first = (1 - 0.71 * 0.25) / (1 - 0.71 * 0.375)
    ratio = futures.compute_factor[0] / middle.compute_factor[0]
    assert ratio == pytest.approx([first, 0.75 / 0.625], rel=1e-6)


def test_the_cycle_makes_no_money_on_average():
    a = build_assumptions({"futures.draws": 20000})
    names = ("decay", "halving")
    places = dimensions(15)
    rng = np.random.default_rng(1)
    points = rng.random((20_000, max(p.stop for p in places.values())))
    for name in names:
        points[:, places[name]] = 0.5
    futures = futures_from(points, OUTLOOK, a)
    still = np.full((1, points.shape[1]), 0.5)
    trend = futures_from(still, OUTLOOK, a).compute_factor[0]
    phi, sigma = 0.5, 0.55
    variance = sigma**2 * (1 - phi ** (2 * np.arange(1, 16))) / (1 - phi**2)
    mean = futures.compute_factor.mean(axis=0) / (trend * np.exp(variance / 2))
    assert mean == pytest.approx(1.0, abs=0.03)


def test_an_event_burdens_the_rest_of_its_year_and_all_later_ones():
    places = dimensions(3)
    point = np.full((1, max(p.stop for p in places.values())), 0.5)
    point[0, places["event"]] = 1.0 - np.exp(-0.03 * 1.25)  # after a year and a quarter
    futures = futures_from(point, Outlook(3, 2030.0, 0), build_assumptions({}))
    assert futures.surcharge_eur_per_mwh[0] == pytest.approx([0.0, 15.0, 20.0])


def test_a_sample_of_another_study_is_refused():
    with pytest.raises(InvalidInput, match="15 years"):
        futures_from(np.full((1, 3), 0.5), OUTLOOK, build_assumptions({}))


def test_other_computing_has_a_price_of_its_own_and_no_hash_price():
    assert {"decay", "cycle", "halving"} <= set(marginals())
    assert not {"tariff", "tariff_decay"} & set(marginals())
    for kind in ("gpu_rent", "batch_hpc"):
        assert not {"decay", "cycle", "halving"} & set(marginals(kind))
        assert {"tariff", "tariff_decay"} <= set(marginals(kind))
    assert not {"decay", "cycle", "halving", "tariff", "tariff_decay"} & set(marginals("none"))
    # the cycle has a column for each year; without it the sample is that much narrower
    assert max(p.stop for p in dimensions(15, "none").values()) == (
        max(p.stop for p in dimensions(15).values()) - 17
    )


def test_the_price_of_other_computing_by_hand():
    a = build_assumptions()
    outlook = Outlook(3, 2027.0, 0, "gpu_rent")
    places = dimensions(3, "gpu_rent")
    point = np.full((1, max(place.stop for place in places.values())), 0.5)
    # the median level is 1, the middle of the even triangle is no change of the fall
    assert futures_from(point, outlook, a).compute_factor == pytest.approx(np.ones((1, 3)))
    # the 95th percentile of the level, exp(0.25 * 1.6448536), in all years alike
    point[0, places["tariff"]] = 0.95
    assert futures_from(point, outlook, a).compute_factor == pytest.approx(
        np.full((1, 3), 1.508647), rel=1e-6
    )
    # a triangle from -0.15 to 0.15: F(-0.075) = (0.075)^2/(2 * 0.15^2) = 0.125; the price then
    # falls by 12.5 % a year in place of 20 %
    point[0, places["tariff"]], point[0, places["tariff_decay"]] = 0.5, 0.125
    expected = (0.875 / 0.8) ** np.arange(3.0)
    assert futures_from(point, outlook, a).compute_factor[0] == pytest.approx(expected)


def test_a_hub_that_only_heats_has_no_price_of_computing():
    found = draw_futures(Outlook(15, 2027.0, 10, "none"), build_assumptions())
    assert (found.compute_factor == 1.0).all()
    assert (found.machine_factor == 1.0).all()
    assert found.gas_factor.std() > 0.0
