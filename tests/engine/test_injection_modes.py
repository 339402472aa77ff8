import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.thermal.best_mode import best_mode
from engines.thermal.envelope import technology
from engines.thermal.heat_pump import field_cop, heat_pump
from engines.thermal.injection_return import return_preheat
from engines.thermal.injection_subnet import subnet, subnet_temperatures_degc
from engines.thermal.injection_supply import supply_direct, supply_lift
from engines.thermal.mode_year import (
    FEASIBLE,
    FLOW_CAP,
    LIFT_TOO_LARGE,
    LIFT_TOO_SMALL,
    NOTHING_NEEDED,
    SINK_TOO_HOT,
    TOO_COLD,
    UNKNOWN,
    hub_heat,
    injection_points,
)

A = build_assumptions()
PUMP = heat_pump("ammonia", A)
OIL = hub_heat(technology("immersion_oil"), 960.0, A)  # 54 hot, 49 loop, 46.5 behind both
PLATES = hub_heat(technology("hydro_high_temperature"), 1840.0, A)  # 70 hot, 67.5 available


def place(**changes):
    given_here = {
        "supply_degc": [80.0],
        "return_degc": [42.0],
        "flow_kg_per_s": [20.0],
        "absorbable_kw": [3000.0],
    }
    return injection_points(**given_here | changes)


def test_preheat_takes_the_rise_times_the_flow():
    # min(46.5 - 42, 5) K * 20 kg/s * 4.186 = 376.74 kW; the hub alone could give more
    year = return_preheat(place(), OIL, max_return_rise_k=5.0)
    assert year.uptake_kw[0, 0] == pytest.approx(376.74, rel=1e-9)
    assert year.delivered_kw[0, 0] == pytest.approx(376.74, rel=1e-9)
    assert year.mixed_degc[0, 0] == pytest.approx(46.5, rel=1e-9)
    assert year.value_class == "return"


def test_48_kw_into_20_kg_per_s_warm_42_to_42_573_degc():
    # domain 2.6
    small = replace(PLATES, heat_kw=48.0)
    year = return_preheat(place(absorbable_kw=48.0), small, max_return_rise_k=5.0)
    assert year.mixed_degc[0, 0] == pytest.approx(42.573, abs=5e-4)


def test_a_large_hub_gives_only_what_passes_its_exchangers():
    # plenty of flow: the share of the chain decides, not the network
    year = return_preheat(
        place(return_degc=45.0, flow_kg_per_s=1e4, absorbable_kw=1e6), OIL, max_return_rise_k=5.0
    )
    assert year.uptake_kw[0, 0] > 10_000
    assert 0 < year.delivered_kw[0, 0] < OIL.heat_kw


def test_every_reason_against_preheat_has_its_hour():
    points = place(
        supply_degc=[80.0] * 5,
        return_degc=[42.0, 42.0, 46.5, 42.0, 42.0],
        flow_kg_per_s=[20.0, 20.0, 20.0, 0.0, np.nan],
        absorbable_kw=[100.0, 0.0, 100.0, 100.0, 100.0],
    )
    year = return_preheat(points, OIL, max_return_rise_k=5.0)
    assert year.reason[0].tolist() == [FEASIBLE, NOTHING_NEEDED, TOO_COLD, FLOW_CAP, UNKNOWN]
    assert np.isnan(year.uptake_kw[0, 4])
    assert np.isnan(year.delivered_kw[0, 4])
    assert year.uptake_kw[0, 1:4].tolist() == [0.0, 0.0, 0.0]
    assert year.feasible_h.tolist() == [1]
    assert {name: int(h[0]) for name, h in year.hours_by_reason().items() if h[0]} == {
        "unknown": 1, "nothing_needed": 1, "too_cold": 1, "flow_cap": 1,
    }  # fmt: skip


def test_direct_supply_needs_the_whole_temperature():
    # 67.5 degC behind the exchangers
    year = supply_direct(place(supply_degc=[67.5, 67.6, 60.0]), PLATES)
    assert year.reason[0].tolist() == [FEASIBLE, TOO_COLD, FEASIBLE]
    assert year.delivered_kw[0, 1] == 0.0
    assert year.delivered_kw[0, 2] == pytest.approx(1840.0)
    assert np.isnan(year.cop).all()


def test_what_the_pipe_loses_must_be_made_hotter():
    year = supply_direct(place(supply_degc=[66.0], drop_k=[[1.0], [2.0]]), PLATES)
    assert year.reason[:, 0].tolist() == [FEASIBLE, TOO_COLD]


def test_a_heat_pump_lifts_the_whole_water():
    # sink 42 -> 80, source 49 -> 41; delivered = 960 COP / (COP - 1), at most what is needed
    year = supply_lift(place(), OIL, PUMP)
    cop = float(field_cop(80.0, 42.0, 49.0, 41.0, PUMP))
    assert year.cop[0, 0] == pytest.approx(cop, rel=1e-12)
    assert year.lift_k[0, 0] == pytest.approx(80.0 - 46.5)
    assert year.delivered_kw[0, 0] == pytest.approx(960.0 * cop / (cop - 1), rel=1e-12)
    assert year.source_kw()[0, 0] == pytest.approx(960.0, rel=1e-12)
    assert year.mixed_degc[0, 0] == 80.0


def test_reference_case_b1_with_its_own_temperatures():
    # domain 8.2 B1: 1,920 kW, source 50/42, sink 75/45, no derate: 2,269.72 kW from 349.72 kW
    hub = replace(OIL, heat_kw=1920.0, first_approach_k=4.0)  # 54 - 4 = 50
    pump = replace(PUMP, derate_share=1.0)
    year = supply_lift(place(supply_degc=75.0, return_degc=45.0), hub, pump)
    assert year.delivered_kw[0, 0] == pytest.approx(2269.72, rel=1e-4)
    assert (year.delivered_kw * year.power_per_heat)[0, 0] == pytest.approx(349.72, rel=1e-3)


def test_the_lift_decides_between_exchanger_machine_and_nothing():
    # available 67.5: none, 5 K, 12.5 K, 27.6 K beyond the sink limit of 95
    year = supply_lift(place(supply_degc=[60.0, 72.5, 80.0, 95.1]), PLATES, PUMP)
    assert year.reason[0].tolist() == [FEASIBLE, LIFT_TOO_SMALL, FEASIBLE, SINK_TOO_HOT]
    assert np.isnan(year.cop[0, 0])
    assert year.power_per_heat[0, 0] == 0.0
    far = supply_lift(place(supply_degc=[120.0]), OIL, PUMP)
    assert far.reason[0, 0] == LIFT_TOO_LARGE


def test_series_spends_less_electricity_per_heat_where_the_return_is_cold():
    points = place(return_degc=35.0)
    whole = supply_lift(points, PLATES, PUMP)
    series = supply_lift(points, PLATES, PUMP, preheat=True)
    assert series.power_per_heat[0, 0] < whole.power_per_heat[0, 0]


def test_series_balances_exchanger_machine_and_hub():
    # 80/42 from 46.5 available: d = 4.5, L = 33.5; e = L / (d + L) / COP; Q = 960 / (1 - e)
    year = supply_lift(place(), OIL, PUMP, preheat=True)
    cop = float(year.cop[0, 0])
    from_hub = 4.5 + 33.5 * (1 - 1 / cop)
    middle = 49.0 - 8.0 * 4.5 / from_hub
    assert cop == pytest.approx(float(field_cop(80.0, 46.5, middle, 41.0, PUMP)), rel=1e-8)
    assert year.power_per_heat[0, 0] == pytest.approx(33.5 / 38.0 / cop, rel=1e-9)
    assert year.delivered_kw[0, 0] == pytest.approx(960.0 * 38.0 / from_hub, rel=1e-9)


def test_a_hub_colder_than_the_return_cannot_preheat_in_series():
    points = place(return_degc=50.0)
    whole = supply_lift(points, OIL, PUMP)
    series = supply_lift(points, OIL, PUMP, preheat=True)
    assert series.cop[0, 0] == pytest.approx(whole.cop[0, 0], rel=1e-9)
    assert series.power_per_heat[0, 0] == pytest.approx(whole.power_per_heat[0, 0], rel=1e-9)


def test_a_subnet_has_its_own_curve_and_price_class():
    supply, back = subnet_temperatures_degc([-20.0, -1.0, 30.0], A)
    np.testing.assert_allclose(supply, [60, 55, 50])  # half way between -12 and 10 degC
    assert back.tolist() == [30.0] * 3
    year = subnet(place(supply_degc=supply, return_degc=back), PLATES, PUMP)
    assert year.value_class == "subnet"
    assert year.reason[0].tolist() == [FEASIBLE] * 3
    assert np.isnan(year.cop).all()


def test_one_row_of_temperatures_serves_all_points():
    points = place(supply_degc=np.full(3, 80.0), absorbable_kw=np.full((4, 3), 500.0))
    year = supply_lift(points, OIL, PUMP)
    assert year.delivered_kw.shape == (4, 3)
    assert year.cop.shape == (1, 3)
    assert year.feasible_h.tolist() == [3] * 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"supply_degc": 40.0}, "warmer than return"),
        ({"absorbable_kw": -1.0}, "Absorbable heat"),
        ({"flow_kg_per_s": [1.0, 2.0], "absorbable_kw": [1.0, 2.0, 3.0]}, "same points and hours"),
        ({"return_degc": np.inf}, "Return temperature"),
    ],
)
def test_a_wrong_place_is_refused_by_name(change, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        place(**change)


def test_a_hub_without_heat_is_refused():
    with pytest.raises(InvalidInput, match="above zero"):
        hub_heat(technology("immersion_oil"), 0.0, A)


def all_modes(points, hub=OIL):
    return [
        return_preheat(points, hub, max_return_rise_k=5.0),
        supply_direct(points, hub),
        supply_lift(points, hub, PUMP),
        supply_lift(points, hub, PUMP, preheat=True),
    ]


PRICES = {"return": 41.0, "supply": 49.0}


def test_the_best_mode_depends_on_the_price_of_electricity():
    years = all_modes(place())
    cheap = best_mode(years, value_eur_per_mwh=PRICES, price_eur_per_mwh=30.0)
    dear = best_mode(years, value_eur_per_mwh=PRICES, price_eur_per_mwh=400.0)
    assert cheap.modes[cheap.best[0]] == "supply_lift"
    assert dear.modes[dear.best[0]] == "return_preheat"


def test_the_worth_is_heat_less_electricity_less_machine():
    # one hour: 960 / (1 - e) kW at 49, e of it at 90 EUR/MWh, 20 EUR/kW of heat a year
    year = supply_lift(place(), OIL, PUMP)
    found = best_mode(
        [year], value_eur_per_mwh=PRICES, price_eur_per_mwh=90.0, heat_pump_eur_per_kw_a=0.001
    )
    e = float(year.power_per_heat[0, 0])
    heat_kw = 960.0 / (1 - e)
    worth = heat_kw * (49 - e * 90) / 1000 - 0.001 * heat_kw
    assert found.worth_eur_per_a[0, 0] == pytest.approx(worth, rel=1e-9)
    assert found.heat_mwh[0, 0] == pytest.approx(heat_kw / 1000, rel=1e-12)
    assert found.power_mwh[0, 0] == pytest.approx(e * heat_kw / 1000, rel=1e-9)


def test_an_hour_that_would_lose_money_is_not_run():
    year = supply_lift(place(supply_degc=[80.0, 80.0]), OIL, PUMP)
    found = best_mode([year], value_eur_per_mwh=PRICES, price_eur_per_mwh=[90.0, 1000.0])
    assert found.heat_mwh[0, 0] == pytest.approx(year.delivered_kw[0, 0] / 1000, rel=1e-12)


def test_each_mode_says_what_is_against_it():
    points = place(supply_degc=[80.0, 80.0], return_degc=[42.0, 48.0])
    found = best_mode(all_modes(points), value_eur_per_mwh=PRICES, price_eur_per_mwh=90.0)
    said = {mode: [each.text for each in texts] for mode, texts in found.sentences(0).items()}
    assert said["supply_series"] == ["Feeds in 2 hours and 2 MWh a year."]
    assert said["supply_direct"] == ["In 2 of 2 hours the hub is too cold."]
    assert said["return_preheat"][1] == "In 1 of 2 hours the hub is too cold."
    assert said["supply_lift"][0].startswith("Earns ")


def test_an_unknown_point_has_no_best_mode_and_says_why():
    points = place(absorbable_kw=[[100.0], [np.nan]])
    found = best_mode(all_modes(points), value_eur_per_mwh=PRICES, price_eur_per_mwh=90.0)
    assert found.best.tolist() == [0, -1]
    assert np.isnan(found.worth_eur_per_a[:, 1]).all()
    assert {each[0].key for each in found.sentences(1).values()} == {"mode_unknown"}


def test_nothing_earned_means_no_mode():
    worthless = {"return": 0.0, "supply": 0.0}
    found = best_mode(all_modes(place()), value_eur_per_mwh=worthless, price_eur_per_mwh=90.0)
    assert found.best.tolist() == [-1]


def test_comparing_nothing_or_unlike_years_is_refused():
    with pytest.raises(InvalidInput, match="no mode"):
        best_mode([], value_eur_per_mwh=PRICES, price_eur_per_mwh=90.0)
    unlike = [supply_direct(place(), OIL), supply_direct(place(supply_degc=[80.0, 80.0]), OIL)]
    with pytest.raises(InvalidInput, match="same points and hours"):
        best_mode(unlike, value_eur_per_mwh=PRICES, price_eur_per_mwh=90.0)
    with pytest.raises(InvalidInput, match="no price for heat into supply"):
        best_mode(unlike[:1], value_eur_per_mwh={"return": 1.0}, price_eur_per_mwh=90.0)
    with pytest.raises(InvalidInput, match="must fit 1 points and 1 hours"):
        best_mode(unlike[:1], value_eur_per_mwh=PRICES, price_eur_per_mwh=[90.0, 91.0])


@st.composite
def places(draw):
    shape = (2, 5)
    back = draw(arrays(float, shape, elements=st.floats(20, 70)))
    spread = draw(arrays(float, shape, elements=st.floats(1, 60)))
    return injection_points(
        supply_degc=back + spread,
        return_degc=back,
        flow_kg_per_s=draw(arrays(float, shape, elements=st.floats(0, 200))),
        absorbable_kw=draw(arrays(float, shape, elements=st.floats(0, 5000))),
        drop_k=draw(arrays(float, (2, 1), elements=st.floats(0, 3))),
    )


@given(places(), st.sampled_from(["immersion_oil", "hydro_high_temperature", "air", "none"]))
def test_no_mode_gives_more_than_is_absorbed_and_energy_closes(points, key):
    hub = hub_heat(technology(key), 960.0, A)
    for year in all_modes(points, hub):
        assert np.all(year.uptake_kw <= points.absorbable_kw)
        assert np.all(year.delivered_kw <= year.uptake_kw)
        assert np.all(year.delivered_kw[~year.feasible] == 0)
        # heat out = heat of the hub + electricity, and the hub gives no more than it has
        power = year.delivered_kw * year.power_per_heat
        np.testing.assert_allclose(year.source_kw() + power, year.delivered_kw, rtol=1e-9)
        assert np.all(year.source_kw() <= hub.heat_kw * (1 + 1e-9))
        counted = sum(year.hours_by_reason().values()) + year.feasible_h
        assert counted.tolist() == [5, 5]


@given(places())
def test_preheat_never_warms_the_return_beyond_what_is_allowed(points):
    year = return_preheat(points, OIL, max_return_rise_k=5.0)
    assert np.all(year.mixed_degc - points.return_degc <= 5.0 + 1e-9)
    # what the water carries away is what was delivered
    carried = points.flow_kg_per_s * 4.186 * (year.mixed_degc - points.return_degc)
    np.testing.assert_allclose(carried, year.delivered_kw, rtol=1e-9, atol=1e-9)
    assert np.all(year.mixed_degc <= np.maximum(OIL.available_degc, points.return_degc) + 1e-9)


def test_a_hundred_points_and_a_year_take_well_under_two_seconds():
    rng = np.random.default_rng(3)
    hours = np.arange(8760)
    outdoor = 10 - 12 * np.cos(2 * np.pi * hours / 8760) + rng.normal(0, 4, 8760)
    supply = np.interp(outdoor, (-12, 10), (90, 70)) - rng.uniform(0, 3, (100, 1))
    need = np.clip(18 - outdoor, 1, None) * rng.uniform(20, 300, (100, 1))
    points = place(
        supply_degc=supply, return_degc=45 + 0 * supply, flow_kg_per_s=need / 120,
        absorbable_kw=need,
    )  # fmt: skip
    all_modes(place())  # compiles
    before = time.perf_counter()
    found = best_mode(
        all_modes(points), value_eur_per_mwh=PRICES, price_eur_per_mwh=np.full(8760, 90.0)
    )
    assert time.perf_counter() - before < 2.0
    assert np.all(found.best >= 0)
