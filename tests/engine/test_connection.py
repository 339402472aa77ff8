import numpy as np
import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.tables import catalogue
from engines.thermal.connection import RunningCosts, capex_eur, size_connections
from engines.thermal.pipe import (
    pressure_gradient_pa_per_m,
    velocity_m_per_s,
)

DEFAULTS = build_assumptions()
WATER = {"density_kg_per_m3": 983.2, "viscosity_m2_per_s": 4.74e-7}
PIPE = {"roughness_mm": 0.1} | WATER
PLACE = {
    "supply_degc": 48.0,
    "return_degc": 42.0,
    "ground_degc": 10.0,
    "area_type": "outer_city",
    "assumptions": DEFAULTS,
}


def test_vector_t4_is_sized_by_the_limits():
    pipe = size_connections([48.0], [30.0], **PLACE)
    # 48/(4.186*6) = 1.911 kg/s
    assert pipe.flow_kg_per_s[0] == pytest.approx(1.911, rel=1e-3)
    assert pipe.dn_mm[0] == 65
    assert pipe.velocity_m_per_s[0] == pytest.approx(0.509, rel=1e-3)
    assert pipe.gradient_pa_per_m[0] == pytest.approx(44.5, rel=1e-3)
    assert pipe.heat_loss_kw[0] == pytest.approx(0.4158, rel=1e-3)
    # (44.5*2*30*1.3 + 30,000) Pa * 1.911/983.2 m3/s / 0.6 = 108.4 W
    assert pipe.pump_kw[0] == pytest.approx(0.1084, rel=1e-3)
    # domain 8.1: 30*1.5*(218.78 + 1763.5*0.065) = 15,003
    assert pipe.capex_eur[0] == pytest.approx(15_003, rel=1e-3)
    assert pipe.notes == ()


@pytest.mark.parametrize(
    ("heat_kw", "supply", "back", "length", "dn", "velocity", "gradient", "loss"),
    [  # domain 8.2, B1 and B3; velocities of B2, B3 and the loss of B2 follow from the equations
        (2269.72, 75.0, 45.0, 400.0, 125, 1.333, 128.2, 9.836),
        (1840.0, 68.0, 45.0, 400.0, 125, None, 143.0, None),
        (1920.0, 48.0, 42.0, 400.0, 250, None, None, None),
    ],
)
def test_the_reference_hubs_get_their_pipe(
    heat_kw, supply, back, length, dn, velocity, gradient, loss
):
    place = PLACE | {"supply_degc": supply, "return_degc": back}
    pipe = size_connections([heat_kw], [length], **place)
    assert pipe.dn_mm[0] == dn
    if velocity:
        assert pipe.velocity_m_per_s[0] == pytest.approx(velocity, rel=1e-3)
    if gradient:
        assert pipe.gradient_pa_per_m[0] == pytest.approx(gradient, rel=1e-3)
    if loss:
        assert pipe.heat_loss_kw[0] == pytest.approx(loss, rel=1e-3)


LARGEST_FLOW_KG_PER_S = {  # domain 2.8, column m_max
    25: 0.30,
    32: 0.62,
    40: 0.93,
    50: 1.82,
    65: 3.59,
    80: 5.61,
    100: 11.18,
    125: 19.58,
    150: 32.32,
    200: 65.76,
    250: 118.5,
    300: 186.4,
}


@pytest.mark.parametrize(("dn", "flow"), LARGEST_FLOW_KG_PER_S.items())
def test_the_largest_flow_of_the_table_meets_a_limit(dn, flow):
    row = catalogue("pipe_types")[f"dn{dn}"]
    diameter = row["inner_diameter_mm"] / 1000
    # The table is rounded to 0.01 kg/s and pressure goes with the square of the flow.
    by_gradient = pressure_gradient_pa_per_m(flow, diameter, **PIPE) / 150.0
    by_velocity = velocity_m_per_s(flow, diameter, WATER["density_kg_per_m3"])
    used = max(np.sqrt(by_gradient), by_velocity / row["velocity_max_m_per_s"])
    assert used == pytest.approx(1.0, rel=0.02)


def test_least_yearly_cost_takes_a_wider_pipe_when_power_is_dear_and_never_a_smaller_one():
    by_limits = size_connections([48.0, 374.0], [2000.0, 2000.0], **PLACE)
    dear = RunningCosts(0.01, 8000.0, 0.0, 10_000.0)
    cheap = RunningCosts(0.12, 8000.0, 40.0, 100.0)
    wide = size_connections([48.0, 374.0], [2000.0, 2000.0], running_costs=dear, **PLACE)
    thrifty = size_connections([48.0, 374.0], [2000.0, 2000.0], running_costs=cheap, **PLACE)
    assert np.all(wide.dn_mm > by_limits.dn_mm)
    assert np.all(thrifty.dn_mm >= by_limits.dn_mm)


def test_the_chosen_diameter_is_the_cheapest_of_the_possible_ones():
    costs = RunningCosts(0.08, 7000.0, 45.0, 120.0)
    chosen = size_connections([300.0], [900.0], running_costs=costs, **PLACE)
    yearly = []
    for row in catalogue("pipe_types").values():
        diameter = row["inner_diameter_mm"] / 1000
        flow = 300 / (4.186 * 6)
        gradient = float(pressure_gradient_pa_per_m(flow, diameter, **PIPE))
        fast = velocity_m_per_s(flow, diameter, 983.2) > row["velocity_max_m_per_s"]
        if gradient > 150 or fast:
            continue
        pump = (gradient * 2 * 900 * 1.3 + 30_000) * flow / 983.2 / 0.6 / 1000
        loss = row["u_1x_w_per_mk"] * 900 * (38 + 32) / 1000
        capex = 1.5 * 900 * (218.78 + 1763.5 * row["dn_mm"] / 1000)
        yearly.append((0.08 * capex + 7.0 * (45 * loss + 120 * pump), row["dn_mm"]))
    assert chosen.dn_mm[0] == min(yearly)[1]


def test_a_flow_beyond_the_table_has_no_connection_and_says_so():
    pipe = size_connections([1e6, 48.0], [30.0, 30.0], **PLACE)
    assert pipe.feasible.tolist() == [False, True]
    assert np.isnan(pipe.capex_eur[0]) and np.isnan(pipe.dn_mm[0])
    assert "1 parcels" in pipe.notes[0].text


def test_a_hub_beside_the_network_needs_only_the_station_pump():
    pipe = size_connections([48.0], [0.0], **PLACE)
    assert (pipe.capex_eur[0], pipe.heat_loss_kw[0], pipe.supply_drop_k[0]) == (0.0, 0.0, 0.0)
    # 30,000 Pa * 1.911/983.2 m3/s / 0.6 = 97.2 W
    assert pipe.pump_kw[0] == pytest.approx(0.0972, rel=1e-3)


def test_area_types_cost_what_the_table_says():
    # domain 2.8, EUR/m before the index 1.5: DN100 499/395/295
    areas = ["inner_city", "outer_city", "park"]
    cost = capex_eur(100.0, 1.0, areas, DEFAULTS) / 1.5
    np.testing.assert_allclose(cost, [499, 395, 295], atol=0.6)


def test_better_insulation_loses_less():
    losses = [
        size_connections(
            [48.0],
            [30.0],
            **PLACE | {"assumptions": build_assumptions({"connection.insulation_series": series})},
        ).heat_loss_kw[0]
        for series in (0, 1, 2)
    ]
    assert losses[0] > losses[1] > losses[2]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"heat_kw": [0.0]}, "Heat must be above zero"),
        ({"length_m": [np.nan]}, "Length"),
        ({"supply_degc": 42.0}, "warmer than return"),
        ({"area_type": "moon"}, "inner_city"),
        (
            {"assumptions": build_assumptions({"connection.insulation_series": 0.5})},
            "0, 1 or 2",
        ),
    ],
)
def test_a_wrong_connection_is_refused_by_name(change, sentence):
    good = {"heat_kw": [48.0], "length_m": [30.0]} | PLACE
    with pytest.raises(InvalidInput, match=sentence):
        size_connections(**(good | change))
