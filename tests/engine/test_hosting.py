import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.grid.hosting import (
    covered_share,
    curtailed_energy_kwh,
    firm_headroom_kw,
    flexible_headroom_kw,
    screening_class,
)

LIMITS = {"loading_max_share": 0.9, "power_factor": 0.95}
CLASSES = {"green_ratio": 1.5, "amber_ratio": 1.0, "flexible_energy_share": 0.9}
LOAD_KW = np.array([[10_000.0, 20_000.0, 15_000.0], [30_000.0, 5_000.0, 5_000.0]])


def test_firm_headroom_is_the_rating_less_the_worst_hour():
    # 0.9*0.95*25,000 = 21,375 kW less 20,000+500 and less 30,000+500
    firm = firm_headroom_kw([25_000, 25_000], LOAD_KW, 500.0, **LIMITS)
    np.testing.assert_allclose(firm, [875.0, -9_125.0], rtol=1e-12)


def test_flexible_headroom_is_hourly_and_never_negative():
    # 0.9*0.95*31,500 = 26,932.5 kW
    flexible = flexible_headroom_kw([31_500, 31_500], LOAD_KW, 0.0, **LIMITS)
    np.testing.assert_allclose(
        flexible, [[16_932.5, 6_932.5, 11_932.5], [0.0, 21_932.5, 21_932.5]], rtol=1e-12
    )


def test_curtailed_energy_counts_only_the_missing_power():
    # 500 - 200 in the first hour, 0 in the second, 500 - 0 in the third
    assert curtailed_energy_kwh(500.0, [200.0, 600.0, 0.0]) == pytest.approx(800.0, rel=1e-12)


def test_covered_share_is_that_of_a_constant_need():
    # need 1000 on [500, 2000]: (500 + 1000)/2000; need 400: all
    share = covered_share([1000.0, 400.0], [[500.0, 2000.0]], [0, 0])
    np.testing.assert_allclose(share, [0.75, 1.0], rtol=1e-12)


def test_screening_classes_meet_their_limits_exactly():
    classes = screening_class(
        [1000.0] * 6,
        [1500.0, 1499.0, 1000.0, 999.0, 999.0, -50.0],
        [1.0, 1.0, 1.0, 0.9, 0.89, 0.0],
        **CLASSES,
    )
    assert classes.tolist() == ["green", "amber", "amber", "flexible", "red", "red"]


def test_unknown_headroom_is_refused_and_never_passes():
    with pytest.raises(InvalidInput, match="Firm headroom has 1 missing"):
        screening_class([1000.0], [np.nan], [1.0], **CLASSES)
    with pytest.raises(InvalidInput, match="Load"):
        firm_headroom_kw(25_000, [np.nan, 1.0], 0.0, **LIMITS)


def test_wrong_shapes_and_limits_are_refused():
    with pytest.raises(InvalidInput, match="one value per parcel"):
        covered_share([1.0, 2.0], [[1.0]], [0])
    with pytest.raises(InvalidInput, match="between 0 and 0"):
        covered_share([1.0], [[1.0]], [1])
    with pytest.raises(InvalidInput, match="green"):
        screening_class([1.0], [1.0], [1.0], **CLASSES | {"green_ratio": 0.5})
