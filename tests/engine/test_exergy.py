import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.thermal.exergy import exergy_efficiency, exergy_share


def test_the_exergy_of_the_two_reference_streams():
    # domain 2.13 at T0 = 273.15 K: 75/45 -> 0.1795, 48/42 -> 0.1414
    np.testing.assert_allclose(
        exergy_share([75.0, 48.0], [45.0, 42.0]), [0.1795, 0.1414], atol=5e-5
    )


def test_a_source_of_one_temperature_is_carnot():
    # 1 - 273.15 / 323.15
    assert exergy_share(50.0, 50.0) == pytest.approx(1 - 273.15 / 323.15, rel=1e-12)
    assert exergy_share(50.0 + 1e-7, 50.0) == pytest.approx(1 - 273.15 / 323.15, rel=1e-6)


def test_water_at_ambient_temperature_holds_no_exergy():
    assert exergy_share(20.0, 20.0, 20.0) == pytest.approx(0.0, abs=1e-15)


def test_the_efficiency_is_exergy_over_electricity_and_unknown_without_any():
    # 0.1795 * 48 / 51.5
    efficiency = exergy_efficiency([48.0, 0.0], [51.5, 0.0], 0.1795)
    assert efficiency[0] == pytest.approx(0.1673, abs=1e-4)
    assert np.isnan(efficiency[1])


def test_a_supply_below_the_return_is_refused():
    with pytest.raises(InvalidInput, match="colder than return"):
        exergy_share(40.0, 45.0)
