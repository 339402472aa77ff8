"""One place over sizes of hub, in a town small enough to check by hand."""

import dataclasses

import numpy as np
import pytest
from small_town import (
    CHOICES,
    make_access,
    make_candidates,
    make_grid,
    make_town,
)

from engines.assumptions import build_assumptions
from engines.evaluation.hubs import evaluate_hubs
from engines.evaluation.records import GridInput, Rules
from engines.evaluation.sizes import choose_size, size_curves
from engines.evaluation.town import town_year, town_years, with_power
from engines.siting.size import SIZES_KW

STATED_FIRM = {
    "stated_firm_kw": np.array([110.0]),
    "rating_kva": np.array([np.nan]),
    "peak_load_kw": np.array([np.nan]),
}


def curves(candidates=None, grid=None, choices=CHOICES, town=None, **overrides):
    a = build_assumptions({key.replace("__", "."): value for key, value in overrides.items()})
    places, town = candidates or make_candidates(), town or make_town()
    years = town_years(town, places, choices, a, SIZES_KW)
    return size_curves(years, places, grid or make_grid(), choices, a)


def lone(**changes):
    """The parcel next to the plant alone."""
    return dataclasses.replace(make_candidates().at([0]), **changes)


def test_every_point_is_the_hub_of_that_size_worked_out_alone() -> None:
    curve = curves()[0]
    for power in (50.0, 250.0):
        a = with_power(build_assumptions(), power)
        places = make_candidates()
        hubs = evaluate_hubs(
            town_year(make_town(), places, CHOICES, a), places, make_grid(), CHOICES, a
        )
        k = curve.power_it_kw.tolist().index(power)
        assert curve.npv_eur[k] == pytest.approx(hubs.money.npv_eur[0], rel=1e-12)
        assert curve.heat_mwh[k] == pytest.approx(hubs.dispatch.heat_delivered_mwh[0, 0], rel=1e-12)
        assert curve.needed_kw[k] == pytest.approx(hubs.needed_kw[0], rel=1e-12)
        assert curve.capex_eur[k] == pytest.approx(np.broadcast_to(hubs.cost.total_eur, 3)[0])


def test_heat_as_worth_today_is_that_of_all_years() -> None:
    curve = curves(lone(), economics__rate_share=0.06)[0]
    # an even yearly heat H over 15 years is worth H (1 - 1.06**-15)/0.06 = 9.712 H; it may be less
    # in later years, when computing pays less
    assert np.all(curve.heat_today_mwh <= curve.heat_mwh * 9.7123)
    assert np.all(curve.heat_today_mwh > 0.0)


@pytest.mark.parametrize(
    ("changes", "grid", "last_kw", "limit"),
    [
        # 1,000 kVA with 400 kW used: the firm part ends between 257.5 kW and 515 kW of need
        ({}, make_grid(1000.0, 400.0), 250.0, ("headroom",)),
        # domain notes 6.3: 2 MW take 500 m2 at least, 10 MW 2,500; 5 MW in a straight line 1,250
        ({}, make_grid(1e5, 0.0), 2000.0, ("area",)),
        # 240 m2: 1 MW takes 250, 500 kW lie between 60 (50 kW) and 250
        ({"area_m2": np.array([240.0])}, make_grid(1e5, 0.0), 500.0, ("area",)),
        # at 20 m the quietest coolers (75 dB(A) for 500 kW, less 20 log10 20 + 8 = 34.0) reach
        # 40 dB(A) at -1.0 dB to 500 kW: 395 kW of heat; 250 kW give 240 kW of heat, 500 give 480
        ({"dwelling_m": np.array([20.0])}, make_grid(1e5, 0.0), 250.0, ("noise",)),
        # nothing is known of the grid: the plot is the limit
        ({"grid": make_access([-1])}, make_grid(), 2000.0, ("area",)),
    ],
)
def test_a_curve_ends_where_the_site_does(changes, grid, last_kw, limit) -> None:
    curve = curves(lone(**changes), grid)[0]
    assert (curve.power_it_kw[-1], curve.limit, curve.limit_is_red) == (last_kw, limit, True)
    assert set(curve.red) == {()}


def test_heat_that_nobody_takes_ends_a_curve() -> None:
    # a tenth of the demand, and the return takes 166 MWh of any hub. Hydro catches 0.92 kW per kW
    # for 0.95 of 8,760 h: 766 MWh at 100 kW, of which that is 22 %; 1,914 MWh at 250 kW, of which
    # it is 8.7 % and less than the tenth that is asked for
    network = {"customer_mwh_per_a": np.array([788.4, 87.6])}
    curve = curves(lone(), make_grid(1e5, 0.0), town=make_town(**network))[0]
    assert (curve.power_it_kw[-1], curve.limit) == (100.0, ("heat_uptake",))
    assert curve.takes_mwh[-1].sum() / (0.92 * 100 * 8.76 * 0.95) == pytest.approx(0.217, abs=2e-3)


def test_firm_headroom_is_the_limit_where_nobody_knows_more() -> None:
    # stated: 110 kW are always free, and nothing of what a flexible connection would get
    nodes = dataclasses.replace(make_grid().stations, **STATED_FIRM)
    curve = curves(lone(), GridInput(nodes, make_grid().feeders))[0]
    # 100 kW and 3 % auxiliaries pass; the gate of the next size is not red, but not known
    assert curve.power_it_kw.tolist() == [50.0, 100.0]
    assert (curve.limit, curve.limit_is_red) == (("headroom",), False)
    assert not choose_size(curve, SIZES_KW, 250.0).is_refused


def test_a_place_that_no_size_can_mend_is_not_tried() -> None:
    found = curves(lone(zoning=("WR",)))[0]
    assert (len(found.power_it_kw), found.limit, found.limit_is_red) == (0, ("zoning",), True)
    choice = choose_size(found, SIZES_KW)
    assert (choice.power_it_kw, choice.by, choice.is_refused) == (50.0, "none_fits", True)


def test_a_gate_that_only_advises_ends_nothing() -> None:
    rules = Rules(gates={"zoning": "advises"})
    found = curves(lone(zoning=("WR",)), choices=dataclasses.replace(CHOICES, rules=rules))[0]
    assert len(found.power_it_kw)


def test_a_stated_size_is_kept_and_refused_beyond_the_limit() -> None:
    curve = curves(lone())[0]
    small, large = choose_size(curve, SIZES_KW, 100.0), choose_size(curve, SIZES_KW, 10000.0)
    assert (small.power_it_kw, small.by, small.is_refused) == (100.0, "stated", False)
    assert (large.power_it_kw, large.by, large.is_refused) == (10000.0, "stated", True)


def test_other_places_do_not_move_a_curve() -> None:
    alone, among = curves(lone())[0], curves()[0]
    twice = make_candidates()
    twice = dataclasses.replace(twice.at([0, 1, 2, 0]), refs=("near", "branch", "alone", "again"))
    for other in (among, curves(twice)[0], curves(twice)[3]):
        assert alone.npv_eur == pytest.approx(other.npv_eur, rel=1e-12)
        assert alone.heat_today_mwh == pytest.approx(other.heat_today_mwh, rel=1e-12)
        assert (alone.red, alone.limit, alone.best) == (other.red, other.limit, other.best)
