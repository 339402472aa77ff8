"""What plans are worth in futures: by hand, against a plain loop, and its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.economics.cashflow import Asset
from engines.errors import InvalidInput
from engines.futures.draw import Futures, Outlook, dimensions, draw_futures
from engines.futures.drivers import driver_shares
from engines.futures.summary import chance, median_or_missing, spread
from engines.futures.worth import COLUMNS, PlanTable, Terms, worth

YEARS = 3


def plan(it=0.0, heat_eur=0.0, heat=0.0, market=0.0, power=0.0, other=0.0, shadow=0.0, fixed=0.0):
    return [it, heat_eur, heat, market, power, other, shadow, fixed]


FULL = plan(it=100.0, heat_eur=900.0, heat=60.0, market=5000.0, power=103.0, other=2060.0,
            shadow=300.0, fixed=500.0)  # fmt: skip
HALF = plan(it=50.0, heat_eur=700.0, heat=45.0, market=1500.0, power=51.5, other=1030.0,
            shadow=150.0, fixed=500.0)  # fmt: skip


def table(*years, per_demand=None, per_capture=None) -> PlanTable:
    sums = np.array([[row for rows in years for row in rows]])
    first = np.concatenate([[0], np.cumsum([len(rows) for rows in years])])
    nothing = np.zeros_like(sums)
    return PlanTable(
        sums,
        first,
        nothing if per_demand is None else nothing + np.array(per_demand),
        nothing if per_capture is None else nothing + np.array(per_capture),
    )


def future(**changes) -> Futures:
    one, level = np.ones(1), np.ones((1, YEARS))
    base = {
        "compute_factor": level,
        "machine_factor": np.ones((1, YEARS + 1)),
        "day_ahead_factor": one,
        "gas_factor": one,
        "co2_factor": one,
        "infrastructure_factor": one,
        "pipe_factor": one,
        "availability_factor": one,
        "capture_factor": one,
        "demand_factor": level,
        "surcharge_eur_per_mwh": np.zeros((1, YEARS)),
        "price_year": np.zeros((1, YEARS), dtype=np.int64),
    }
    return Futures(**base | {k: np.asarray(v) for k, v in changes.items()})


def terms(**changes) -> Terms:
    base = {
        "rate_share": 0.0,
        "compute_eur_per_mwh": np.full(YEARS, 100.0),
        "assets": (),
        "opex_eur_per_a": np.zeros(1),
        "vat_share": 0.0,
        "debt_share": 0.5,
        "debt_rate_share": 0.0,
        "debt_years": 2,
    }
    return Terms(**base | changes)


def npv(plans: PlanTable, given: Futures, heat: float = 1.0, **changes) -> float:
    return float(worth(plans, given, np.array([heat]), terms(**changes)).npv_eur[0, 0])


def test_the_best_plan_of_each_year_by_hand():
    # full: 100*100 + 900 - 5000 - 2060 - 300 = 3540, half: 50*100 + 700 - 1500 - 1030 - 150 = 3020;
    # full is chosen, and booked without the 300 that only steer
    assert npv(table([HALF, FULL]), future()) == pytest.approx(3 * (3540 + 300 - 500))
    # at twice the price of power: full -1460, half 5700 - 3000 - 1180 = 1520
    assert npv(table([HALF, FULL]), future(day_ahead_factor=[2.0])) == pytest.approx(
        3 * (1520 + 150 - 500)
    )
    # at no revenue nothing runs, and nothing is paid
    dead = future(compute_factor=np.zeros((1, YEARS)))
    assert npv(table([HALF, FULL]), dead) == 0.0


def test_a_year_that_does_not_carry_its_charges_stands_still():
    # at 49 % of the revenue half earns 2450 + 700 - 2530 - 150 = 470, less than its charge of 500
    poor = future(compute_factor=np.full((1, YEARS), 0.49))
    assert npv(table([HALF]), poor) == 0.0
    # at 50 % it earns 520 and runs: 520 + 150 - 500
    fair = future(compute_factor=np.full((1, YEARS), 0.5))
    assert npv(table([HALF]), fair) == pytest.approx(3 * 170)


def test_tax_that_does_not_come_back_is_paid_on_costs_and_purchases():
    # income 10,900, power 7,060, charge 500, upkeep 100: 7,660 of cost, a tenth of it in tax
    bought = (Asset("container", 3000.0, 3, 0.0),)
    taxed = npv(
        table([FULL]), future(), vat_share=0.1, opex_eur_per_a=np.array([100.0]), assets=bought
    )
    assert taxed == pytest.approx(3 * (10_900 - 7660 * 1.1) - 3000 * 1.1)


def test_every_part_of_a_future_moves_its_own_line():
    full = table([FULL])
    usual = npv(full, future())
    # 20 EUR/MWh on 103 MWh in the last two years
    burden = future(surcharge_eur_per_mwh=[[0.0, 20.0, 20.0]])
    assert npv(full, burden) == pytest.approx(usual - 2 * 20 * 103)
    # a tenth more for heat: 90 a year
    assert npv(full, future(), heat=1.1) == pytest.approx(usual + 3 * 90)
    # a tenth less in service: all that flows, not the yearly charge
    assert npv(full, future(availability_factor=[0.9])) == pytest.approx(
        3 * (0.9 * (3540 + 300) - 500)
    )
    # a fifth less heat needed: 200 EUR of heat for 100 % more demand
    less = table([FULL], per_demand=plan(heat_eur=200.0))
    drop = future(demand_factor=[[1.0, 0.8, 0.8]])
    assert npv(less, drop) == pytest.approx(usual - 2 * 40)
    more = table([FULL], per_capture=plan(heat_eur=500.0))
    assert npv(more, future(capture_factor=[1.02])) == pytest.approx(usual + 3 * 10)


def test_purchases_follow_their_own_prices():
    bought = (
        Asset("asic", 1000.0, 2, 0.1),
        Asset("pipe", 400.0, 3, 0.0),
        Asset("container", 600.0, 3, 0.0),
    )
    nothing = table([plan()])
    # machines: -1000, at year 2 -900 (10 % fetched), at year 3 half of their life is left: 550
    flat = npv(nothing, future(), assets=bought)
    assert flat == pytest.approx(-1000 - 900 + 550 - 400 - 600)
    dear = future(machine_factor=[[1.0, 1.0, 0.5, 0.25]], pipe_factor=[1.5],
                  infrastructure_factor=[1.2])  # fmt: skip
    assert npv(nothing, dear, assets=bought) == pytest.approx(
        -1000 - 450 + 137.5 - 400 * 1.5 - 600 * 1.2
    )


def test_the_cost_of_heat_and_the_cover_of_the_debt_by_hand():
    bought = (Asset("container", 3000.0, 3, 0.0),)
    found = worth(table([FULL]), future(), np.ones(1), terms(assets=bought))
    # 3 * 3340 - 3000 = 7020, of which heat earns 900 a year for 60 MWh
    assert found.npv_eur[0, 0] == pytest.approx(7020)
    assert found.heat_eur[0, 0] == pytest.approx(2700)
    assert found.heat_mwh[0, 0] == pytest.approx(180)
    # half of 3000 in two years at no interest: 750 a year of 3340
    assert found.debt_cover[0, 0] == pytest.approx(3340 / 750)
    free = worth(table([FULL]), future(), np.ones(1), terms(assets=bought, debt_share=0.0))
    assert np.isinf(free.debt_cover).all()
    none = worth(table([plan()]), future(), np.ones(1), terms(assets=bought))
    assert none.heat_mwh[0, 0] == 0.0


def test_a_future_reads_the_plans_of_its_price_years():
    dear = [x * 1.2 if i == 3 else x for i, x in enumerate(FULL)]
    two = table([FULL], [dear])
    mixed = future(price_year=np.array([[0, 1, 1]]))
    assert npv(two, mixed) == pytest.approx(3 * 3340 - 2 * 1000)
    with pytest.raises(InvalidInput, match="price year"):
        npv(table([FULL]), mixed)


@given(
    better=st.floats(1.0, 3.0),
    level=st.floats(0.2, 3.0),
    seed=st.integers(0, 1000),
)
def test_worth_rises_with_revenue_and_falls_with_the_price_of_power(better, level, seed):
    rng = np.random.default_rng(seed)
    plans = table([FULL, HALF, list(rng.uniform(0.0, 1.0, COLUMNS) * np.array(FULL))])
    compute = rng.uniform(0.0, 2.0, (1, YEARS))
    # yearly charges do not steer: without them the order cannot be upset
    plans.sums[..., 7] = 0.0
    plans.sums[..., 6] = 0.0
    poor = npv(plans, future(compute_factor=compute, day_ahead_factor=[level]))
    rich = npv(plans, future(compute_factor=better * compute, day_ahead_factor=[level]))
    dear = npv(plans, future(compute_factor=compute, day_ahead_factor=[better * level]))
    assert rich >= poor - 1e-9 >= dear - 2e-9


def earned(futures, heat, f, t, row, *, steers) -> float:
    """What a plan earns in one year of one future, written out."""
    it, sold, _heat, market, power, other, shadow, fixed = row
    paid = futures.day_ahead_factor[f] * market + other
    paid += futures.surcharge_eur_per_mwh[f, t] * power
    flow = 100.0 * futures.compute_factor[f, t] * it + heat[f] * sold - paid
    return flow - shadow - fixed if steers else futures.availability_factor[f] * flow - fixed


def test_a_plain_loop_gives_the_same_answer():
    a = build_assumptions({"futures.draws": 100})
    futures = draw_futures(Outlook(YEARS, 2027.0, 2), a)
    rng = np.random.default_rng(5)
    sums = rng.uniform(0.2, 1.0, (4, 9, COLUMNS)) * np.array(FULL)
    differences = rng.uniform(-0.1, 0.1, (2, *sums.shape)) * np.array(FULL)
    plans = PlanTable(sums, np.array([0, 3, 6, 9]), *differences)
    heat = rng.uniform(0.5, 1.5, 100)
    bought = (Asset("asic", np.arange(4.0) * 1000, 2, 0.1), Asset("pipe", 500.0, 40, 0.0))
    stated = terms(rate_share=0.06, assets=bought, opex_eur_per_a=np.arange(4.0) * 10)
    found = worth(plans, futures, heat, stated).npv_eur
    for n in range(4):
        for f in range(0, 100, 9):
            cash = 0.0
            for t in range(YEARS):
                k = futures.price_year[f, t]

                rows = range(3 * k, 3 * k + 3)
                best = max((earned(futures, heat, f, t, sums[n, j], steers=True), j) for j in rows)[
                    1
                ]
                if earned(futures, heat, f, t, sums[n, best], steers=True) <= 0:
                    continue
                row = (
                    sums[n, best]
                    + (futures.demand_factor[f, t] - 1) * differences[0, n, best]
                    + (futures.capture_factor[f] - 1) * differences[1, n, best]
                )
                cash += earned(futures, heat, f, t, row, steers=False) / 1.06 ** (t + 1)
            m = futures.machine_factor[f]
            asic = n * 1000 * (-1.0 - 0.9 * m[2] / 1.06**2 + 0.55 * m[3] / 1.06**3)
            pipe = 500 * futures.pipe_factor[f] * (-1.0 + (37 / 40) / 1.06**3)
            opex = n * 10 * sum(1.06**-t for t in (1, 2, 3))
            assert found[n, f] == pytest.approx(cash - opex + asic + pipe, rel=1e-9, abs=1e-6)


def test_quantiles_and_the_mean_of_the_worst_by_hand():
    # 0 to 100: P10 is 10, the worst five in a hundred and one are 0 .. 5
    values = np.random.default_rng(1).permutation(np.arange(101.0))[None]
    found = spread(values)
    assert found.p10[0] == pytest.approx(10.0)
    assert found.p50[0] == pytest.approx(50.0)
    assert found.p90[0] == pytest.approx(90.0)
    assert found.worst_mean[0] == pytest.approx(2.5)  # mean of 0, 1, .. 5
    gap = spread(np.array([[1.0, np.nan], [1.0, 3.0]]))
    assert np.isnan(gap.p50[0])
    assert gap.p50[1] == 2.0
    with pytest.raises(InvalidInput, match="at least one"):
        spread(np.empty((1, 0)))


def test_a_chance_has_the_error_of_its_count():
    values = np.array([[1.0] * 25 + [-1.0] * 75, [0.0] * 100, [1.0] * 99 + [np.nan]])
    found = chance(values, 0.0)
    assert found.share[:2].tolist() == [0.25, 0.0]
    assert np.isnan(found.share[2])
    # sqrt(0.25 * 0.75 / 100); a count of none proves nothing better than one in a hundred
    assert found.error_share[:2] == pytest.approx([0.0433, 0.01], abs=1e-4)


def test_a_median_of_nothing_is_missing():
    found = median_or_missing(np.array([[1.0, np.nan, 3.0], [np.nan] * 3]))
    assert found[0] == 2.0
    assert np.isnan(found[1])


def test_drivers_of_a_known_sum_have_their_shares():
    places = dimensions(YEARS)
    gas, pipe, cycle = (places[name] for name in ("gas", "pipe", "cycle"))

    def quantity(points):
        return 2 * points[:, gas.start] + points[:, pipe.start] + points[:, cycle].sum(axis=1)

    # variances of even draws: 4, 1, and 3 years of 1, over 8
    found = {one.key: one for one in driver_shares(quantity, YEARS, seed=1)}
    for key, share in (("gas", 4 / 8), ("cycle", 3 / 8), ("pipe", 1 / 8), ("co2", 0.0)):
        assert found[key].total_share == pytest.approx(share, abs=0.02)
        assert found[key].alone_share == pytest.approx(share, abs=0.02)


def test_what_does_not_vary_has_no_drivers():
    found = driver_shares(lambda points: np.full(len(points), 7.0), YEARS, seed=1)
    assert {one.total_share for one in found} == {0.0}
    with pytest.raises(InvalidInput, match="power of two"):
        driver_shares(lambda points: points[:, 0], YEARS, seed=1, base=100)
