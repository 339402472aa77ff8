"""Hosting capacity beside pandapower's own network and power flow, and by hand."""

import json
import math

import numpy as np
import pandapower as pp
import pandapower.networks as pn
import pytest
from grid_nodes import make_nodes

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.grid.nodes import node_headroom
from heatmap.ingest.reader.grid_tables import grid_tables
from heatmap.ingest.samples import sample_model
from sites.verify.power_flow import STEP_SHARE, build, hosting_capacity

# pandapower warns of its own old file
pytestmark = pytest.mark.filterwarnings("ignore:tap_dependency_table")
A = build_assumptions()
TANGENT = math.tan(math.acos(A["grid.power_factor"]))


def tables(net) -> dict:
    """The way of an upload: plain pandapower writes, our reader reads."""
    return grid_tables(pp.to_json(net).encode()).tables


def published():
    """pandapower's example of a medium-voltage grid."""
    return pn.mv_oberrhein()


@pytest.fixture(scope="module")
def oberrhein():
    return published()


def test_the_network_built_from_tables_flows_as_the_original(oberrhein):
    ours = build(tables(oberrhein))
    for net in (ours, oberrhein):
        pp.runpp(net, calculate_voltage_angles=True, init="dc")
    np.testing.assert_allclose(ours.res_bus.vm_pu, oberrhein.res_bus.vm_pu, rtol=1e-9)
    np.testing.assert_allclose(
        ours.res_line.loading_percent, oberrhein.res_line.loading_percent, rtol=1e-7, atol=1e-9
    )
    np.testing.assert_allclose(
        ours.res_trafo.loading_percent, oberrhein.res_trafo.loading_percent, rtol=1e-7
    )


@pytest.mark.parametrize("bus", [39, 100, 238])
def test_at_the_limit_pandapower_agrees_and_beyond_it_does_not(oberrhein, bus):
    asked_kw = 20_000.0
    found = hosting_capacity(tables(oberrhein), bus, A, largest_kw=asked_kw)
    assert 0.0 < found.capacity_kw < asked_kw

    def holds(power_kw: float) -> bool:
        net = published()
        pp.create_load(net, bus, p_mw=power_kw / 1000, q_mvar=power_kw / 1000 * TANGENT)
        pp.runpp(net)
        inner = net.res_bus.vm_pu.drop(net.ext_grid.bus)
        return bool(
            inner.between(0.95, 1.05).all()
            and (net.res_line.loading_percent <= 100.0).all()
            and (net.res_trafo.loading_percent <= 100.0).all()
        )

    assert holds(found.capacity_kw)
    assert not holds(found.capacity_kw + STEP_SHARE * asked_kw)
    assert 0.0 <= found.outage_capacity_kw <= found.capacity_kw
    assert found.outages == len(oberrhein.line) + len(oberrhein.trafo)


def test_the_headroom_of_a_transformer_is_what_the_power_flow_finds_behind_it(oberrhein):
    # transformer 114, 25 MVA over bus 39: rating times power factor less what pandapower says it
    # carries, at a loading of 100 % and without a spare; losses and reactive power are the rest
    pp.runpp(oberrhein)
    load_kw = float(oberrhein.res_trafo.p_hv_mw.at[114]) * 1000.0
    rules = build_assumptions({"grid.loading_max_share": 1.0})
    nodes = make_nodes([25_000.0], [load_kw], firm_capacity_kva=[25_000.0])
    by_rating = node_headroom(nodes, rules).firm_kw[0]
    found = hosting_capacity(tables(oberrhein), 39, A, largest_kw=20_000.0)
    assert found.limit.key == "flow_trafo"
    assert found.capacity_kw == pytest.approx(by_rating, rel=0.02)


def small(**line) -> dict:
    found = grid_tables(sample_model("grid_model", 7.9, 48.5).encode()).tables
    for name, value in line.items():
        found["line"]["columns"][name] = [value]
    return json.loads(json.dumps(found))  # as it comes from the database


def test_a_cable_of_known_current_carries_what_its_rating_says():
    # sqrt(3) * 20 kV * 0.05 A less the load of 1 + j 0.3 MVA; voltage falls little on 2 km
    found = hosting_capacity(small(max_i_ka=0.05), 2, A, largest_kw=4_000.0)
    assert found.limit.key == "flow_line"
    p_mw, q_mvar = 1.0 + found.capacity_kw / 1000, 0.3 + TANGENT * found.capacity_kw / 1000
    carried = math.hypot(p_mw, q_mvar) / (math.sqrt(3.0) * 20.0 * found.voltage_pu)
    assert carried == pytest.approx(0.05, rel=0.02)


def test_on_a_single_line_every_outage_cuts_the_hub_off_and_sets_no_limit():
    found = hosting_capacity(small(), 2, A, largest_kw=1_000.0)
    assert (found.limit.key, found.capacity_kw) == ("flow_largest", 1_000.0)
    # the line and the transformer
    assert [note.key for note in found.notes] == ["flow_islands"]
    assert found.notes[0].numbers["branches"] == 2
    assert found.outage_capacity_kw == 1_000.0


def test_two_lines_carry_together_what_one_of_them_carries_alone_in_an_outage():
    one = hosting_capacity(small(max_i_ka=0.05), 2, A, largest_kw=8_000.0).capacity_kw
    double = small(max_i_ka=0.05)
    line = double["line"]
    line["index"] = [0, 1]
    line["columns"] = {name: values * 2 for name, values in line["columns"].items()}
    found = hosting_capacity(double, 2, A, largest_kw=8_000.0)
    assert found.capacity_kw > 1.9 * one
    assert found.outage_capacity_kw == pytest.approx(one, abs=2 * STEP_SHARE * 8_000.0)
    assert found.outage_limit.key == "flow_outage"


def test_a_grid_beyond_its_limits_carries_nothing_and_says_why():
    found = hosting_capacity(small(max_i_ka=0.01), 2, A, largest_kw=1_000.0)
    assert (found.capacity_kw, found.limit.key) == (0.0, "flow_without_hub")


def test_a_bus_that_is_not_there_is_refused():
    with pytest.raises(InvalidInput, match="no bus 7"):
        hosting_capacity(small(), 7, A, largest_kw=1_000.0)
