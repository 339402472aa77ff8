import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.errors import InvalidInput, OutOfValidity
from engines.noise.sound import cooler_level_dba, distance_m, level_at_dba, total_level_dba


def test_vector_t10():
    # domain 6.4: LwA 85 gives 37.0 dB at 100 m; 35/40/45/50 dB at 125.9/70.8/39.8/22.4 m
    assert level_at_dba(85.0, 100.0) == pytest.approx(37.0)
    found = distance_m(85.0, [35.0, 40.0, 45.0, 50.0])
    np.testing.assert_allclose(found, [125.9, 70.8, 39.8, 22.4], rtol=1e-3)
    # 4 x 78 dB are 84.02; 34 dB are reached at 126 m, with LwA 94 at 398 m
    assert total_level_dba([78.0] * 4) == pytest.approx(84.02, abs=0.005)
    np.testing.assert_allclose(distance_m([84.02, 94.0], 34.0), [126.0, 398.0], rtol=2e-3)


def test_two_coolers_of_500_kw_are_3_db_louder():
    assert cooler_level_dba(1000.0, 85.0) == pytest.approx(88.01, abs=0.005)
    assert cooler_level_dba(1000.0, 85.0) == pytest.approx(total_level_dba([85.0, 85.0]))


def test_right_beside_a_cooler_nothing_is_said():
    with pytest.raises(OutOfValidity, match="5 m"):
        level_at_dba(85.0, 2.0)
    with pytest.raises(InvalidInput):
        level_at_dba(85.0, 0.0)
    assert distance_m(20.0, 60.0) == 5.0


@given(st.floats(60, 110), st.floats(5, 2000))
def test_distance_and_level_are_each_others_inverse(level, metres):
    assert distance_m(level, level_at_dba(level, metres)) == pytest.approx(metres, rel=1e-9)
