import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.thermal.injection import mixed_return_degc, return_preheat_penalty_eur_per_mwh


def test_mixing_48_kw_into_20_kg_per_s_warms_42_to_42_573_degc():
    # domain 2.6: 48 / (20 * 4.186) = 0.5733 K
    assert mixed_return_degc(48.0, 20.0, 42.0) == pytest.approx(42.573, abs=5e-4)


def test_the_penalty_does_not_depend_on_the_size_of_the_hub():
    # domain 2.6: 0.10 * (75 - 42) = 3.3 and 0.50 * 33 = 16.5 EUR/MWh
    penalty = return_preheat_penalty_eur_per_mwh([0.10, 0.50], 75.0, 42.0)
    np.testing.assert_allclose(penalty, [3.3, 16.5], rtol=1e-12)


def test_a_supply_colder_than_the_return_has_no_penalty_but_a_refusal():
    with pytest.raises(InvalidInput, match="Supply minus return"):
        return_preheat_penalty_eur_per_mwh(0.1, 40.0, 45.0)
