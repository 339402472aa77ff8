import math

import numpy as np
import pytest

from engines.dispatch.hub_year import fullest_end_kwh, hub_year
from engines.errors import EngineError

HUB = {
    "compute_limit_kw": 100.0,
    "compute_revenue_eur_per_kwh": 0.05,
    "electricity_price_eur_per_kwh": [0.03, 0.06, -0.01],
    "heat_value_eur_per_kwh": 0.03,
    "heat_uptake_kw": 80,
}


def test_defaults_are_those_of_a_hub_with_free_and_unlimited_rejection_and_no_tank():
    hub = hub_year(**HUB)
    assert (hub.capture_share, hub.parasitic_share, hub.tank_kwh) == (1.0, 0.0, 0.0)
    assert (hub.tank_loss_share_per_h, hub.tank_start_kwh, hub.tank_end) == (0.0, 0.0, "free")
    assert (hub.tank_end_value_eur_per_kwh, hub.switching_cost_eur_per_kw) == (0.0, 0.0)
    assert hub.heat_pump_cop is None
    assert hub.rejection_cost_eur_per_kwh.tolist() == [0.0] * 3
    for unlimited in (hub.rejection_limit_kw, hub.tank_charge_kw, hub.tank_discharge_kw):
        assert unlimited.tolist() == [math.inf] * 3


def test_a_hub_of_numbers_has_a_common_year_and_lists_give_any_length():
    assert hub_year(**HUB | {"electricity_price_eur_per_kwh": 0.03}).hours == 8760
    assert hub_year(**HUB | {"electricity_price_eur_per_kwh": [0.03]}).hours == 1
    assert hub_year(**HUB | {"electricity_price_eur_per_kwh": np.zeros(8784)}).hours == 8784


def test_null_and_left_out_are_the_same_for_fields_with_a_default():
    assert hub_year(**HUB, heat_pump_cop=None, rejection_limit_kw=None).heat_pump_cop is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("compute_limit_kw", None, "compute_limit_kw is missing"),
        ("compute_limit_kw", -1.0, "compute_limit_kw must not be below 0, not -1"),
        ("compute_limit_kw", [1.0, -2.0, 3.0], "compute_limit_kw, hour 2, must not be below 0"),
        ("compute_limit_kw", math.inf, "compute_limit_kw must be a finite number"),
        ("compute_limit_kw", 10**400, "compute_limit_kw must"),
        ("compute_revenue_eur_per_kwh", "0.05", "compute_revenue_eur_per_kwh must be a number"),
        ("compute_revenue_eur_per_kwh", True, "compute_revenue_eur_per_kwh must be a number"),
        ("electricity_price_eur_per_kwh", [], "electricity_price_eur_per_kwh is an empty list"),
        ("electricity_price_eur_per_kwh", [0.1, math.nan, 0.1], "hour 2, must be a finite number"),
        ("electricity_price_eur_per_kwh", [0.1, None, 0.1], "hour 2, must be a number, not null"),
        ("electricity_price_eur_per_kwh", [[0.1], [0.1], [0.1]], "hour 1, must be a number"),
        ("electricity_price_eur_per_kwh", np.zeros((3, 1)), "one flat list"),
        ("electricity_price_eur_per_kwh", {"0": 0.1}, "must be a number, not an object"),
        ("heat_uptake_kw", [1.0, 2.0], "all lists need the same number of hours"),
        ("heat_uptake_kw", [1.0], "heat_uptake_kw has 1 hours"),
        ("heat_uptake_kw", math.inf, "heat_uptake_kw must be a finite number"),
        ("capture_share", 96.0, "capture_share must not be above 1"),
        ("capture_share", -0.1, "capture_share must not be below 0"),
        ("capture_share", [1.0, 1.0, 1.0], "capture_share must be a single number"),
        ("parasitic_share", 3.0, "parasitic_share must not be above 1"),
        ("rejection_limit_kw", -1.0, "rejection_limit_kw must not be below 0"),
        ("rejection_limit_kw", math.nan, "rejection_limit_kw must be a finite number"),
        ("rejection_limit_kw", -math.inf, "rejection_limit_kw must be a finite number"),
        ("rejection_cost_eur_per_kwh", math.inf, "rejection_cost_eur_per_kwh must be a finite"),
        ("tank_kwh", -1.0, "tank_kwh must not be below 0"),
        ("tank_loss_share_per_h", 1.5, "tank_loss_share_per_h must not be above 1"),
        ("tank_start_kwh", 1.0, r"tank_start_kwh \(1\) is above tank_kwh \(0\)"),
        ("tank_end", "full", 'tank_end is "free" or "at_least_start"'),
        ("tank_end", ["free"], 'tank_end is "free" or "at_least_start"'),
        ("switching_cost_eur_per_kw", -0.1, "switching_cost_eur_per_kw must not be below 0"),
        ("switching_cost_eur_per_kw", 1e300, "switching_cost_eur_per_kw must be a finite number"),
        ("heat_pump_cop", 1.0, "heat_pump_cop must be above 1"),
        ("heat_pump_cop", [3.0, 0.5, 3.0], "heat_pump_cop, hour 2, must be above 1"),
        ("heat_pump_cop", math.nan, "heat_pump_cop must be a finite number"),
        ("tank_kw", 5.0, "tank_kw is not a field of a hub"),
    ],
)
def test_a_wrong_field_is_refused_by_name(field, value, sentence):
    with pytest.raises(EngineError, match=sentence):
        hub_year(**HUB | {field: value})


def test_a_tank_that_cannot_end_as_it_starts_is_refused_with_what_it_can_reach():
    # 100 kWh, half lost in each of 3 hours, 10 kW of heat: 60, 40, 30 kWh
    tank = {"tank_kwh": 100.0, "tank_start_kwh": 100.0, "tank_loss_share_per_h": 0.5}
    hub = HUB | tank | {"compute_limit_kw": 10.0}
    assert fullest_end_kwh(hub_year(**hub)) == pytest.approx(30.0, rel=1e-12)
    with pytest.raises(EngineError, match="tank_end.*holds 30 kWh.*tank_start_kwh"):
        hub_year(**hub, tank_end="at_least_start")


def test_a_tank_that_can_just_end_as_it_starts_is_accepted():
    tank = {"tank_kwh": 100.0, "tank_start_kwh": 100.0, "tank_loss_share_per_h": 0.5}
    hub = hub_year(**HUB | tank | {"compute_limit_kw": 50.0}, tank_end="at_least_start")
    assert fullest_end_kwh(hub) == pytest.approx(100.0, rel=1e-12)
