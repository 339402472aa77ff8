from dataclasses import fields, replace

import numpy as np
import pytest
from heat_hubs import one_hub, random_hub
from scipy.optimize import Bounds, LinearConstraint, milp

from engines.dispatch.heat_limited import (
    DispatchInputs,
    break_even_price_eur_per_mwh,
    heat_limited_dispatch,
    hourly,
)
from engines.errors import InvalidInput


def milp_margin_eur(inputs: DispatchInputs, hour: int) -> float:
    """Best margin of one hour by HiGHS: load, heat, rejected >= 0; z (connection open) binary."""
    aux, dry = inputs.auxiliary_share, inputs.dry_cooler_share
    capture, loss, pump = inputs.capture_share, inputs.pipe_loss_kw[0], inputs.pump_kw[0]
    price, uptake = inputs.price_eur_per_mwh[hour], inputs.uptake_kw[0, hour]
    lifting = inputs.heat_pump_per_heat[0, hour]
    worth = inputs.compute_value_eur_per_mwh[0] - inputs.wear_eur_per_mwh
    gain = [
        worth - price * (1 + aux),
        inputs.heat_value_eur_per_mwh[0, hour] - price * lifting,
        -price * dry,
        -price * pump,
    ]
    rows = [
        [capture, -1, -1, -loss],  # captured = delivered + rejected + lost
        [0, 1, 0, -uptake],  # delivered <= uptake if heat flows
        [1 + aux, lifting, dry, pump],  # grid
    ]
    low = [0, -np.inf, -np.inf]
    high = [0, 0, inputs.headroom_kw[0, hour]]
    answer = milp(
        -np.array(gain),
        constraints=LinearConstraint(rows, low, high),
        # A pipe is not opened just to lose heat: with no uptake z stays zero.
        bounds=Bounds([0, 0, 0, 0], [inputs.power_it_kw[0], np.inf, np.inf, float(uptake > 0)]),
        integrality=[0, 0, 0, 1],
    )
    assert answer.success
    return -answer.fun / 1000


def test_every_hour_earns_what_highs_finds():
    inputs = random_hub(1, 400)
    # An open connection does not throttle heat. That costs nothing while a delivered MWh is worth
    # more than the fan power it saves, which holds in all these hours.
    assert (inputs.heat_value_eur_per_mwh[0] + 0.02 * inputs.price_eur_per_mwh > 0).all()
    found = hourly(inputs, 0, 0)
    expected = [milp_margin_eur(inputs, hour) for hour in range(400)]
    np.testing.assert_allclose(found.margin_eur, expected, rtol=1e-6, atol=1e-6)
    assert set(found.choice) == {0, 1, 2, 3}


def test_every_hour_with_a_heat_pump_earns_what_highs_finds_where_the_grid_has_room():
    # with 30 % of the hub's heat drawn by the pump; 1000 (1.03 + 0.96 * 0.3) + 6 kW are 1,324 kW
    inputs = replace(
        random_hub(4, 400),
        heat_pump_per_heat=np.full((1, 400), 0.3),
        headroom_kw=np.full((1, 400), 1400.0),
    )
    worth = inputs.heat_value_eur_per_mwh[0] - (0.3 - 0.02) * inputs.price_eur_per_mwh
    hours = np.flatnonzero(worth > 0)
    assert len(hours) > 200
    found = hourly(inputs, 0, 0)
    expected = [milp_margin_eur(inputs, hour) for hour in hours]
    np.testing.assert_allclose(found.margin_eur[hours], expected, rtol=1e-6, atol=1e-6)
    # the pump's power ends up in the heat
    lifted = found.heat_pump_kw > 0
    of_hub = found.heat_delivered_kw - found.heat_pump_kw
    np.testing.assert_allclose(found.heat_pump_kw[lifted], 0.3 * of_hub[lifted], rtol=1e-12)


def test_a_heat_pump_on_a_tight_grid_leaves_less_for_the_machines():
    # 800 kW of grid, 2 kW pump, k 0.5, loss 10: x = (798 + 5) / (1.03 + 0.48) = 531.788 kW,
    # heat of the hub 0.96 x - 10 = 500.517 > 500 of uptake; so heat 500, the machines for it
    # 510 / 0.96 = 531.25, and the rest of the grid, 798 - 250 - 531.25 * 1.03 = 0.8125 kW, runs
    # machines whose heat is rejected: 0.8125 / (1.03 + 0.02 * 0.96) = 0.7744 kW
    tight = one_hub(
        1,
        headroom_kw=np.array([[800.0]]),
        heat_pump_per_heat=np.array([[0.5]]),
        heat_value_eur_per_mwh=np.array([[90.0]]),
    )
    hub = hourly(tight, 0, 0)
    assert hub.choice[0] == 2
    assert hub.it_power_kw[0] == pytest.approx(532.0244, rel=1e-6)
    assert hub.heat_delivered_kw[0] == pytest.approx(750.0, rel=1e-12)
    assert hub.electricity_kw[0] == pytest.approx(800.0, rel=1e-12)


@pytest.mark.parametrize(
    ("compute_eur_per_mwh", "heat_eur_per_mwh", "adders_eur_per_mwh", "exchange_eur_per_mwh"),
    [  # domain vector T8; hashprice 25: 102.48*25/40 = 64.05
        (102.48, 41.186, 46.97, 90.91),
        (102.48, 41.186, 35.4, 102.48),
        (64.05, 41.186, 46.97, 53.60),
        (102.48, 0.0, 46.97, 52.53),
    ],
)
def test_the_hub_stops_at_the_break_even_price_of_t8(
    compute_eur_per_mwh, heat_eur_per_mwh, adders_eur_per_mwh, exchange_eur_per_mwh
):
    limit = break_even_price_eur_per_mwh(compute_eur_per_mwh, heat_eur_per_mwh, 0.96, 0.03, 0.0)
    assert limit - adders_eur_per_mwh == pytest.approx(exchange_eur_per_mwh, rel=1e-3)
    free = np.zeros(1)
    hub = one_hub(
        2,
        uptake_kw=np.full((1, 2), 5000.0),
        heat_value_eur_per_mwh=np.full((1, 2), heat_eur_per_mwh),
        price_eur_per_mwh=np.array([limit - 0.01, limit + 0.01]),
        compute_value_eur_per_mwh=np.array([compute_eur_per_mwh]),
        pipe_loss_kw=free,
        pump_kw=free,
    )
    np.testing.assert_allclose(hourly(hub, 0, 0).it_power_kw, [1000.0, 0.0], rtol=1e-12)


def test_a_hand_computed_hour_with_surplus():
    # Compute 100 against 60*1.03 = 61.8: run full. Captured 960 = 500 + 10 lost + 450 rejected.
    # Grid: 1030 + 2 pump + 0.02*450 fans = 1041 kW. Margin: 100*1 - 60*1.041 + 40*0.5 = 57.54 EUR.
    hub = hourly(one_hub(1), 0, 0)
    assert hub.choice[0] == 2
    assert hub.heat_rejected_kw[0] == pytest.approx(450, rel=1e-12)
    assert hub.electricity_kw[0] == pytest.approx(1041, rel=1e-12)
    assert hub.margin_eur[0] == pytest.approx(57.54, rel=1e-12)
    # 40 kW of IT heat escape the coolant, 30 auxiliaries, 2 pump, 9 fans
    assert hub.uncaptured_kw[0] == pytest.approx(81, rel=1e-12)


def test_dear_power_leaves_only_the_load_the_network_pays_for():
    # 120 EUR/MWh: 100 - 123.6 < 0 alone, with heat 0.96*40 more than 0: load 510/0.96 = 531.25 kW
    hub = hourly(one_hub(1, price_eur_per_mwh=np.array([120.0])), 0, 0)
    assert hub.choice[0] == 1
    assert hub.it_power_kw[0] == pytest.approx(531.25, rel=1e-12)
    assert hub.heat_delivered_kw[0] == pytest.approx(500, rel=1e-12)


def test_heat_that_costs_money_is_rejected():
    # heat at -60 EUR/MWh: stay closed; 960 rejected, grid 1030 + 19.2
    hub = hourly(one_hub(1, heat_value_eur_per_mwh=np.array([[-60.0]])), 0, 0)
    assert hub.choice[0] == 3
    assert hub.electricity_kw[0] == pytest.approx(1049.2, rel=1e-12)


def test_a_tight_grid_is_used_to_the_last_kilowatt_with_pump_and_fans():
    hub = hourly(one_hub(1, headroom_kw=np.array([[800.0]])), 0, 0)
    assert hub.choice[0] == 2
    assert hub.electricity_kw[0] == pytest.approx(800, rel=1e-12)


def test_a_pipe_that_loses_more_than_the_hub_gives_delivers_nothing():
    hub = hourly(one_hub(1, pipe_loss_kw=np.array([2000.0])), 0, 0)
    assert (hub.choice[0], hub.heat_delivered_kw[0], hub.heat_lost_kw[0]) == (3, 0.0, 0.0)


def test_a_constant_year_is_one_hour_times_8760():
    year = heat_limited_dispatch(one_hub())
    assert year.electricity_mwh[0, 0] == pytest.approx(1.041 * 8760, rel=1e-9)
    assert year.heat_delivered_mwh[0, 0] == pytest.approx(0.5 * 8760, rel=1e-9)
    assert year.electricity_cost_eur[0, 0] == pytest.approx(60 * 1.041 * 8760, rel=1e-9)
    assert year.heat_revenue_eur[0, 0] == pytest.approx(40 * 0.5 * 8760, rel=1e-9)
    assert year.compute_revenue_eur[0, 0] == pytest.approx(100 * 8760, rel=1e-9)
    assert (year.hours_run[0, 0], year.hours_with_heat[0, 0]) == (8760, 8760)
    assert year.peak_kw[0, 0] == pytest.approx(1041, rel=1e-12)


def test_the_pilot_of_case_a_delivers_396_mwh():
    # domain 8.1: (0.96*50 - 0.4158)*8,322 h = 396.00 MWh; 51.5*8,322 = 428.58 MWh (no pump)
    pilot = one_hub(
        power_it_kw=np.array([50.0]), pipe_loss_kw=np.array([0.4158]), pump_kw=np.array([0.0])
    )
    year = heat_limited_dispatch(replace(pilot, availability_share=0.95))
    assert year.heat_delivered_mwh[0, 0] == pytest.approx(396.00, rel=1e-4)
    assert year.electricity_mwh[0, 0] == pytest.approx(428.58, rel=1e-4)


def test_availability_scales_energy_hours_and_money_but_not_the_peak():
    full, half = (
        heat_limited_dispatch(replace(random_hub(2, 200), availability_share=share))
        for share in (1.0, 0.5)
    )
    for field in fields(full):
        if field.name not in ("peak_kw", "notes"):
            np.testing.assert_allclose(
                getattr(half, field.name), 0.5 * getattr(full, field.name), rtol=1e-12
            )
    np.testing.assert_allclose(half.peak_kw, full.peak_kw, rtol=1e-12)


def test_wear_steers_the_hub_but_is_not_booked():
    # 100 - 61.8 = 38.2 EUR/MWh margin alone plus heat: wear of 60 leaves heat only, 90 stops it
    calm, careful, off = (
        heat_limited_dispatch(one_hub(10, wear_eur_per_mwh=wear)) for wear in (0.0, 60.0, 90.0)
    )
    assert careful.it_energy_mwh[0, 0] == pytest.approx(0.53125 * 10, rel=1e-12)
    assert off.it_energy_mwh[0, 0] == 0.0
    assert calm.electricity_cost_eur[0, 0] == pytest.approx(60 * 1.041 * 10, rel=1e-12)


def test_yearly_sums_are_the_sums_of_the_hours_for_every_parcel_and_year():
    town = replace(
        random_hub(3, 300),
        network_of=np.array([0, 0, 1]),
        substation_of=np.array([1, 0, 1]),
        power_it_kw=np.array([300.0, 900.0, 600.0]),
        pipe_loss_kw=np.array([0.0, 20.0, 5.0]),
        pump_kw=np.array([0.0, 3.0, 1.0]),
        compute_value_eur_per_mwh=np.array([120.0, 60.0, 0.0]),
    )
    both = {
        name: np.vstack([getattr(town, name), 0.7 * getattr(town, name)])
        for name in ("uptake_kw", "heat_value_eur_per_mwh", "headroom_kw")
    }
    town = replace(town, **both, heat_pump_per_heat=np.tile([0.0, 0.3], (2, 150)))
    year = heat_limited_dispatch(town)
    for parcel in range(3):
        for number in range(3):
            hours = hourly(town, parcel, number)
            for mwh, kw in (
                (year.electricity_mwh, hours.electricity_kw),
                (year.it_energy_mwh, hours.it_power_kw),
                (year.heat_delivered_mwh, hours.heat_delivered_kw),
                (year.heat_lost_mwh, hours.heat_lost_kw),
                (year.heat_rejected_mwh, hours.heat_rejected_kw),
                (year.uncaptured_mwh, hours.uncaptured_kw),
            ):
                assert mwh[parcel, number] == pytest.approx(kw.sum() / 1000, rel=1e-9, abs=1e-12)
            assert year.peak_kw[parcel, number] == pytest.approx(hours.electricity_kw.max())


def test_results_do_not_depend_on_the_order_of_parcels():
    town = replace(
        one_hub(100),
        network_of=np.zeros(50, int),
        substation_of=np.zeros(50, int),
        power_it_kw=np.linspace(10, 5000, 50),
        pipe_loss_kw=np.linspace(0, 50, 50),
        pump_kw=np.linspace(0, 5, 50),
    )
    swapped = replace(
        town,
        power_it_kw=town.power_it_kw[::-1],
        pipe_loss_kw=town.pipe_loss_kw[::-1],
        pump_kw=town.pump_kw[::-1],
    )
    first, second = heat_limited_dispatch(town), heat_limited_dispatch(swapped)
    np.testing.assert_array_equal(first.electricity_mwh, second.electricity_mwh[::-1])


def test_a_town_without_parcels_gives_empty_tables():
    none = np.zeros(0)
    town = one_hub(
        24,
        network_of=np.zeros(0, int),
        substation_of=np.zeros(0, int),
        power_it_kw=none,
        pipe_loss_kw=none,
        pump_kw=none,
    )
    assert heat_limited_dispatch(town).electricity_mwh.shape == (0, 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"uptake_kw": np.full((1, 24), np.nan)}, "Heat uptake has 24 missing"),
        ({"price_eur_per_mwh": np.full(24, np.nan)}, "Electricity price has 24 missing"),
        ({"headroom_kw": np.full((1, 24), np.inf)}, "Grid headroom has 24"),
        ({"pipe_loss_kw": np.array([np.nan])}, "Pipe loss has 1 missing"),
        ({"headroom_kw": np.full((1, 24), -1.0)}, "must not be negative"),
        ({"headroom_kw": np.full((1, 25), 1.0)}, "same number of hours"),
        ({"uptake_kw": np.full(24, 1.0)}, "hours as columns"),
        ({"heat_value_eur_per_mwh": np.zeros((2, 24))}, "shape of uptake"),
        ({"network_of": np.array([1])}, "Network of each parcel"),
        ({"network_of": np.array([0.0])}, "whole numbers"),
        ({"pump_kw": np.zeros(2)}, "one value per parcel"),
        ({"capture_share": 96.0}, "not per cent"),
        ({"capture_share": 0.0}, "Capture share must be above zero"),
    ],
)
def test_a_wrong_dispatch_input_is_refused_by_name(change, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        heat_limited_dispatch(one_hub(24, **change))


def test_a_parcel_or_year_that_does_not_exist_is_refused():
    for parcel, year in ((1, 0), (0, 1), (-1, 0)):
        with pytest.raises(InvalidInput, match="between 0 and 0"):
            hourly(one_hub(24), parcel, year)
