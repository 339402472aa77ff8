import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.thermal.heat_pump import (
    field_cop,
    heat_from_source_kw,
    heat_pump,
    jensen_cop,
    lorenz_cop,
    lorenz_pinch_cop,
    power_from_source_kw,
)

A = build_assumptions()
AMMONIA, ISOBUTANE = heat_pump("ammonia", A), heat_pump("isobutane", A)
# T3a to T3d: sink out, sink in, source in, source out
T3 = np.array([[75, 45, 50, 42], [70, 40, 50, 42], [80, 45, 45, 37], [85, 50, 40, 32.0]]).T


def test_the_ideal_coefficient_of_vector_t3():
    np.testing.assert_allclose(lorenz_cop(*T3), [24.140, 37.315, 15.809, 10.903], rtol=5e-5)


def test_ammonia_reproduces_vector_t3():
    np.testing.assert_allclose(jensen_cop(*T3, AMMONIA), [6.490, 7.456, 5.292, 4.367], rtol=1e-4)


def test_isobutane_reproduces_vector_t3():
    np.testing.assert_allclose(jensen_cop(*T3, ISOBUTANE), [6.592, 7.564, 5.357, 4.356], rtol=1e-4)


def test_the_fallback_is_more_optimistic():
    # domain 2.7: 0.55 (Th + 5) / (Th - Tc + 10) = 7.81 for T3a
    fallback = lorenz_pinch_cop(75, 45, 50, 42, pinch_k=5.0)
    assert fallback == pytest.approx(7.81, abs=5e-3)
    assert fallback > jensen_cop(75, 45, 50, 42, AMMONIA)


def test_reference_case_b1_gets_its_heat_and_power():
    # domain 8.2: Q_src 1920, COP 6.490 -> Q_out 2,269.72, P 349.72
    cop = jensen_cop(75, 45, 50, 42, AMMONIA)
    assert heat_from_source_kw(1920.0, cop) == pytest.approx(2269.72, rel=1e-4)
    assert power_from_source_kw(1920.0, cop) == pytest.approx(349.72, rel=1e-4)


def test_the_field_value_is_derated_then_clamped():
    # 6.490 * 0.9 = 5.841; a source far warmer than the sink needs no work at all: clamped at 8
    assert field_cop(75, 45, 50, 42, AMMONIA) == pytest.approx(5.841, abs=1e-3)
    assert field_cop(50, 45, 90, 80, AMMONIA) == 8.0
    assert field_cop(200, 190, 0, -20, AMMONIA) == 1.5


def test_no_glide_is_the_limit_of_small_glide():
    close = jensen_cop(75.0 + 1e-7, 75.0, 50.0, 50.0 - 1e-7, AMMONIA)
    assert jensen_cop(75.0, 75.0, 50.0, 50.0, AMMONIA) == pytest.approx(close, rel=1e-6)


@pytest.mark.parametrize(
    "wrong", [(40, 45, 50, 42), (75, 45, 42, 50)], ids=["sink that cools", "source that warms"]
)
def test_a_machine_the_wrong_way_round_is_refused(wrong):
    with pytest.raises(InvalidInput, match="warm its sink"):
        jensen_cop(*wrong, AMMONIA)


def test_an_unknown_refrigerant_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="ammonia, isobutane"):
        heat_pump("water", A)


def test_a_coefficient_of_one_has_no_source():
    with pytest.raises(InvalidInput, match="above one"):
        heat_from_source_kw(10.0, 1.0)


@given(
    st.sampled_from([AMMONIA, ISOBUTANE]),
    st.floats(25.0, 55.0),
    st.floats(0.0, 10.0),
    st.floats(10.0, 45.0),
    st.floats(1.0, 30.0),
)
def test_the_coefficient_falls_with_lift(pump, source, cooling, lift, more):
    # the sink's inlet stays, its outlet rises
    low = field_cop(source + lift, source, source, source - cooling, pump)
    high = field_cop(source + lift + more, source, source, source - cooling, pump)
    assert high <= low + 1e-12


@given(st.floats(25, 55), st.floats(1, 10), st.floats(15, 40), st.floats(0.1, 10))
def test_a_warmer_source_never_lowers_the_coefficient(source, cooling, lift, warmer):
    sink = source + lift
    cold = field_cop(sink, source, source, source - cooling, AMMONIA)
    warm = field_cop(sink, source, source + warmer, source + warmer - cooling, AMMONIA)
    assert warm >= cold - 1e-12


@given(st.floats(0.1, 1e5), st.floats(1.5, 8.0))
def test_heat_out_is_source_heat_plus_power(source_kw, cop):
    out, power = heat_from_source_kw(source_kw, cop), power_from_source_kw(source_kw, cop)
    assert out == pytest.approx(source_kw + power, rel=1e-12)
    assert out == pytest.approx(cop * power, rel=1e-12)
