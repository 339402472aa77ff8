import numpy as np
import pytest

from engines.thermal.pipe import (
    heat_loss_kw,
    pressure_gradient_pa_per_m,
    pump_kw,
    temperature_after_degc,
    velocity_m_per_s,
)

PIPE = {"roughness_mm": 0.1, "density_kg_per_m3": 983.2, "viscosity_m2_per_s": 4.74e-7}


def test_friction_agrees_with_an_iterated_colebrook_equation():
    flow, diameter = 5.0, 0.0825
    velocity = float(velocity_m_per_s(flow, diameter, 983.2))
    reynolds = velocity * diameter / 4.74e-7
    friction = 0.02
    for _ in range(50):
        rough = 1e-4 / (3.7 * diameter) + 2.51 / (reynolds * np.sqrt(friction))
        friction = (-2 * np.log10(rough)) ** -2
    expected = friction / diameter * 983.2 * velocity**2 / 2
    gradient = pressure_gradient_pa_per_m(flow, diameter, **PIPE)
    assert gradient == pytest.approx(expected, rel=0.01)


def test_slow_water_follows_hagen_and_poiseuille():
    # dp/dx = 32 mu v / d**2 with mu = rho nu; 0.01 kg/s in 27.3 mm: Re about 980
    velocity = float(velocity_m_per_s(0.01, 0.0273, 983.2))
    expected = 32 * 983.2 * 4.74e-7 * velocity / 0.0273**2
    gradient = pressure_gradient_pa_per_m(0.01, 0.0273, **PIPE)
    assert gradient == pytest.approx(expected, rel=1e-9)


def test_water_that_stands_still_has_no_friction():
    assert pressure_gradient_pa_per_m(0.0, 0.1, **PIPE) == pytest.approx(0.0, abs=1e-6)


def test_the_temperature_falls_towards_the_ground():
    # U L/(m cp) = 0.198*1000/1000/(1.911*4.186) = 0.024752: 10 + 38*exp(-0.024752) = 47.0710
    end = temperature_after_degc(48.0, 0.198, 1000.0, 1.911, 10.0)
    assert end == pytest.approx(47.0710, abs=1e-3)
    assert temperature_after_degc(48.0, 0.198, 1e9, 1.911, 10.0) == pytest.approx(10.0, abs=1e-9)


def test_the_fall_in_temperature_and_the_loss_tell_the_same_heat():
    # For a short pipe the exact fall times m cp equals U L (T0 - Tg)
    fall = 48.0 - temperature_after_degc(48.0, 0.198, 30.0, 1.911, 10.0)
    one_pipe = heat_loss_kw(0.198, 30.0, 48.0, 10.0, 10.0)
    assert fall * 1.911 * 4.186 == pytest.approx(one_pipe, rel=1e-3)


def test_pump_power_is_pressure_times_volume_flow():
    # (100*2*100*1.3 + 30,000) Pa = 56,000 Pa * 0.01 m3/s / 0.5 = 1.12 kW
    power = pump_kw(
        100.0,
        100.0,
        10.0,
        fittings_factor=1.3,
        station_loss_pa=30_000,
        density_kg_per_m3=1000,
        efficiency_share=0.5,
    )
    assert power == pytest.approx(1.12, rel=1e-12)
