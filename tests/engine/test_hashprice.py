"""Vectors T9 and table 4.2 of the domain specification."""

import numpy as np
import pytest

from engines.compute.hashprice import (
    hashprice_usd_per_ph_day,
    hashrate_th_per_s,
    miner_named,
    network_hashrate_eh_per_s,
    revenue_eur_per_mwh_it,
    revenue_usd_per_kwh_it,
)
from engines.errors import InvalidInput
from engines.tables import catalogue


@pytest.mark.parametrize(
    ("price", "difficulty", "subsidy", "fees", "expected"),
    [  # vector T9, printed to four figures
        (91_000, 152e12, 3.125, 0.0, 37.64),
        (91_000, 152e12, 3.125, 0.047, 38.20),
        (69_500, 125.86e12, 3.125, 0.03, 35.05),
        (91_000, 152e12, 1.5625, 0.047, 19.38),
    ],
)
def test_hash_price_meets_vector_t9(price, difficulty, subsidy, fees, expected) -> None:
    actual = float(hashprice_usd_per_ph_day(price, difficulty, subsidy, fees))
    assert actual == pytest.approx(expected, rel=1e-3)


def test_difficulty_of_152_tera_is_1088_exahash() -> None:
    assert float(network_hashrate_eh_per_s(152e12)) == pytest.approx(1088, rel=1e-3)


def test_revenue_per_kwh_meets_table_4_2() -> None:
    table = np.array(
        [
            [0.1096, 0.0868, 0.0772, 0.0651, 0.0563, 0.0484],
            [0.1535, 0.1215, 0.1080, 0.0911, 0.0788, 0.0678],
            [0.1754, 0.1389, 0.1235, 0.1042, 0.0901, 0.0775],
            [0.2193, 0.1736, 0.1543, 0.1302, 0.1126, 0.0969],
            [0.2632, 0.2083, 0.1852, 0.1562, 0.1351, 0.1163],
        ]
    )
    hashprice = np.array([[25.0], [35.0], [40.0], [50.0], [60.0]])
    efficiency = np.array([9.5, 12.0, 13.5, 16.0, 18.5, 21.5])
    actual = revenue_usd_per_kwh_it(hashprice, efficiency)
    np.testing.assert_allclose(actual, table, atol=6e-5)  # printed to four decimals


def test_revenue_per_mwh_meets_vector_t8() -> None:
    # 40/(24*14) = 0.119048 USD/kWh; /1.15*1000*0.99 = 102.484 EUR/MWh
    assert float(revenue_eur_per_mwh_it(40.0, 14.0, 1.15, 0.01)) == pytest.approx(102.484, rel=1e-5)


def test_fifty_kilowatts_at_16_j_per_th_are_3125_th() -> None:
    assert float(hashrate_th_per_s(50.0, 16.0)) == pytest.approx(3125.0)


def test_power_of_every_machine_is_hash_rate_times_efficiency() -> None:
    for key, row in catalogue("miners").items():
        computed = float(row["hashrate_th"]) * float(row["efficiency_j_per_th"])
        assert computed == pytest.approx(float(row["power_w"]), rel=3e-3), key


def test_unknown_machine_is_refused_with_the_list() -> None:
    with pytest.raises(InvalidInput, match="s21_hyd"):
        miner_named("s99")


def test_a_network_without_difficulty_is_refused() -> None:
    with pytest.raises(InvalidInput, match="difficulty"):
        hashprice_usd_per_ph_day(91_000, 0.0, 3.125, 0.0)
