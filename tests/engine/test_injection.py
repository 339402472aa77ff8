import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.thermal.injection import (
    DIRECT_SUPPLY,
    NONE,
    RETURN_PREHEAT,
    injection,
    mixed_return_degc,
    return_preheat_penalty_eur_per_mwh,
)

PLACE = {
    "available_degc": 49.0,
    "supply_degc": np.array([80.0, 80.0, 49.0, 48.0]),
    "return_degc": np.array([42.0, 49.0, 40.0, 47.0]),
    "load_kw": 1000.0,
    "must_run_kw": 200.0,
    "return_flow_kg_per_s": 20.0,
    "max_return_rise_k": 5.0,
}


def test_temperature_decides_the_mode_of_each_hour():
    # 49 degC against 80/42 pre-heats; 80/49 is no colder than the return; 49 and 48 are direct
    modes = injection(**PLACE).mode
    assert modes.tolist() == [RETURN_PREHEAT, NONE, DIRECT_SUPPLY, DIRECT_SUPPLY]


def test_uptake_is_the_rise_times_flow_or_the_free_load():
    # pre-heat: min(49 - 42, 5) K * 20 kg/s * 4.186 = 418.6 kW; direct: 1000 - 200
    np.testing.assert_allclose(injection(**PLACE).uptake_kw, [418.6, 0, 800, 800], rtol=1e-12)


def test_preheat_cannot_exceed_the_free_load():
    place = PLACE | {"must_run_kw": 900.0}
    np.testing.assert_allclose(injection(**place).uptake_kw, [100, 0, 100, 100], rtol=1e-12)


def test_must_run_above_the_load_leaves_nothing():
    assert injection(**PLACE | {"must_run_kw": 2000.0}).uptake_kw.max() == 0.0


def test_no_possible_hour_means_no_heat_and_says_so():
    cold = injection(**PLACE | {"available_degc": 40.0})
    assert cold.mode.tolist() == [NONE] * 4
    assert cold.uptake_kw.tolist() == [0.0] * 4
    assert "no heat in any hour" in cold.notes[-1].text


def test_a_supply_above_the_envelope_never_gets_direct_heat():
    hot = injection(**PLACE | {"supply_degc": 49.0001, "return_degc": 40.0})
    assert DIRECT_SUPPLY not in hot.mode


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


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"load_kw": np.nan}, "Network load"),
        ({"return_degc": 90.0}, "warmer than return"),
        ({"must_run_kw": -1.0}, "Must-run"),
        ({"max_return_rise_k": -1.0}, "return rise"),
    ],
)
def test_a_wrong_place_is_refused_by_name(change, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        injection(**PLACE | change)
