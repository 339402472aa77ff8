import numpy as np
import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.thermal.network import (
    ground_temperature_degc,
    network_production_kw,
    return_flow_kg_per_s,
    return_temperature_degc,
    supply_temperature_degc,
)

CURVE = {"max_degc": 90, "min_degc": 70, "cold_degc": -12, "warm_degc": 10}
RETURN = {
    "reference_degc": 45,
    "outdoor_reference_degc": 10,
    "slope_k_per_k": -0.15,
    "bypass_k": 5,
    "bypass_full_degc": 20,
}


def test_the_heating_curve_gives_vector_t2():
    supply = supply_temperature_degc([-15, -12, -5, 0, 5, 10, 15], **CURVE)
    np.testing.assert_allclose(supply, [90, 90, 83.64, 79.09, 74.55, 70, 70], rtol=1e-4)


def test_the_default_assumptions_are_the_curve_of_vector_t2():
    a = build_assumptions()
    assert {
        "max_degc": a["network.supply_max_degc"],
        "min_degc": a["network.supply_min_degc"],
        "cold_degc": a["network.outdoor_cold_degc"],
        "warm_degc": a["network.outdoor_warm_degc"],
    } == CURVE


def test_the_return_rises_in_frost_and_through_summer_bypasses():
    # -10: 45 - 0.15*(-20) = 48; 10: 45; 15: half of 5 K; 20 and above: 50
    back = return_temperature_degc([-10, 10, 15, 20, 30], **RETURN)
    np.testing.assert_allclose(back, [48, 45, 47.5, 50, 50], rtol=1e-12)


@pytest.mark.parametrize("hours", [8760, 8784])
def test_the_ground_is_coldest_in_mid_february_and_has_its_mean_over_the_year(hours):
    ground = ground_temperature_degc(hours, mean_degc=10, amplitude_k=6, coldest_day=45)
    assert np.argmin(ground) // 24 == 44
    assert ground.mean() == pytest.approx(10, abs=1e-9)
    assert (ground.min(), ground.max()) == pytest.approx((4, 16), abs=1e-4)


def test_network_losses_are_the_stated_share_of_production():
    # 0.13 of production lost: production = demand / 0.87
    demand = np.array([0.0, 100.0, 300.0])
    production = network_production_kw(demand, 0.13)
    assert production.sum() == pytest.approx(400 / 0.87, rel=1e-12)
    assert np.ptp(production - demand) == pytest.approx(0, abs=1e-9)


def test_the_flow_carries_the_production():
    # 4186 kW over 40 K: 4186/(4.186*40) = 25 kg/s
    assert return_flow_kg_per_s(4186, 80, 40) == pytest.approx(25, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: supply_temperature_degc([np.nan], **CURVE), "missing"),
        (lambda: supply_temperature_degc([0], **CURVE | {"cold_degc": 10}), "cold to warm"),
        (lambda: supply_temperature_degc([0], **CURVE | {"max_degc": 60}), "above the maximum"),
        (lambda: return_temperature_degc([0], **RETURN | {"bypass_full_degc": 9}), "by-pass"),
        (lambda: network_production_kw([1.0], 13), "not per cent"),
        (lambda: network_production_kw([1.0], 1), "all its heat"),
        (lambda: network_production_kw([-1.0], 0.1), "negative"),
        (lambda: return_flow_kg_per_s([1.0], [40], [40]), "warmer than return"),
        (
            lambda: ground_temperature_degc(0, mean_degc=10, amplitude_k=6, coldest_day=45),
            "at least one hour",
        ),
    ],
)
def test_a_wrong_network_is_refused_with_a_reason(call, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        call()
