import numpy as np
import pytest

from engines.errors import InvalidInput, OutOfValidity
from engines.thermal.exchanger import (
    effectiveness,
    heat_kw,
    log_mean_difference_k,
    outlet_temperatures_degc,
    required_ua_kw_per_k,
    transfer_units,
)

T1 = {"hot_kw_per_k": 6.0, "cold_kw_per_k": 8.0, "hot_in_degc": 55.0, "cold_in_degc": 42.0}


def test_vector_t1_holds_in_both_directions():
    assert transfer_units(0.61538, 0.75) == pytest.approx(1.34589, rel=1e-4)
    assert effectiveness(1.34589, 0.75) == pytest.approx(0.61538, rel=1e-4)
    assert required_ua_kw_per_k(48.0, **T1) == pytest.approx(8.0753, rel=1e-4)
    assert heat_kw(8.0753, **T1) == pytest.approx(48.0, rel=1e-4)
    assert outlet_temperatures_degc(48.0, **T1) == pytest.approx((47.0, 48.0), rel=1e-12)
    # ends: 55 - 48 = 7 K and 47 - 42 = 5 K
    assert log_mean_difference_k(7.0, 5.0) == pytest.approx(5.9440, rel=1e-4)


def test_both_methods_agree_on_the_heat():
    # Q = UA * LMTD is the other way to size the same exchanger
    ua = required_ua_kw_per_k(48.0, **T1)
    assert ua * log_mean_difference_k(7.0, 5.0) == pytest.approx(48.0, rel=1e-12)


def test_equal_flows_are_the_limit_of_nearly_equal_flows():
    # Cr = 1: eps = 2/3 for NTU 2
    near = effectiveness(2.0, [1.0, 1 - 1e-12, 1 - 1e-7])
    np.testing.assert_allclose(near, 2 / 3, rtol=1e-6)
    np.testing.assert_allclose(transfer_units(2 / 3, [1.0, 1 - 1e-12]), 2.0, rtol=1e-6)
    assert log_mean_difference_k(5.0, 5.0) == pytest.approx(5.0, rel=1e-12)


def test_a_condensing_side_has_the_exponential_effectiveness():
    # Cr = 0: eps = 1 - exp(-NTU)
    assert effectiveness(1.0, 0.0) == pytest.approx(1 - np.exp(-1), rel=1e-12)


def test_no_heat_flows_from_cold_to_hot():
    assert heat_kw(8.0, 6.0, 8.0, hot_in_degc=40.0, cold_in_degc=42.0) == 0.0


def test_more_heat_than_the_flow_can_carry_is_refused():
    # 6 kW/K * 13 K = 78 kW at most
    with pytest.raises(OutOfValidity, match="raise the flow"):
        required_ua_kw_per_k(78.1, **T1)
    with pytest.raises(OutOfValidity, match="endless"):
        transfer_units(1.0, 0.5)


def test_crossed_temperatures_and_missing_flows_are_refused():
    with pytest.raises(InvalidInput, match="both ends"):
        log_mean_difference_k(5.0, -1.0)
    with pytest.raises(InvalidInput, match="hot side"):
        heat_kw(8.0, np.nan, 8.0, 50.0, 40.0)
    with pytest.raises(InvalidInput, match="above zero"):
        required_ua_kw_per_k(1.0, 6.0, 8.0, 42.0, 42.0)
