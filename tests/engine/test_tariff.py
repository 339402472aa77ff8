"""All-in price, levies in two steps, peak charge."""

from dataclasses import replace

import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.grid.tariff import (
    annual_electricity_cost,
    fixed_levies_eur_per_a,
    hourly_price_eur_per_mwh,
    tariff_for,
    tariff_named,
)
from engines.tables import catalogue

GERMANY = tariff_named("de_mv_2026")


def test_german_adders_above_one_gigawatt_hour_are_46_97() -> None:
    # 4 + 7 + 4.46 + 9.41 + 0.50 + 1.10 + 20.50, domain.md 3.3
    assert float(hourly_price_eur_per_mwh(0.0, GERMANY, 5000.0)) == pytest.approx(46.97, abs=1e-9)


def test_case_a_in_germany_pays_154_38_and_6180() -> None:
    # the pilot has an energy charge of 10 and stays below 1 GWh: 89.32+4+10+29.46+1.10+20.50
    pilot = replace(GERMANY, energy_charge_eur_per_mwh=10.0)
    assert float(hourly_price_eur_per_mwh(89.32, pilot, 428.58)) == pytest.approx(154.38)
    bill = annual_electricity_cost(428.583, 89.32, 51.5, pilot)
    assert float(bill.capacity_eur) == pytest.approx(6180.0)
    assert float(bill.total_eur) == pytest.approx(66165 + 6180, rel=1e-4)


def test_case_b1_in_germany_matches_the_printed_price_function() -> None:
    # 135.79*E + 15.59*min(E,1000) + 0.50*max(0,E-1000) + 120*2409.72, domain.md 8.2
    energy = 17306.6
    by_hand = 135.79 * energy + 15.59 * 1000 + 0.5 * (energy - 1000) + 120 * 2409.72
    bill = annual_electricity_cost(energy, 89.32, 2409.72, GERMANY)
    assert float(bill.total_eur) == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize("energy", [400.0, 1000.0, 14794.9])
def test_hourly_prices_and_the_fixed_levies_make_the_exact_bill(energy) -> None:
    marginal = float(hourly_price_eur_per_mwh(89.32, GERMANY, energy))
    bill = annual_electricity_cost(energy, 89.32, 0.0, GERMANY)
    hourly = marginal * energy + fixed_levies_eur_per_a(GERMANY, energy)
    assert hourly == pytest.approx(float(bill.total_eur), rel=1e-12)


def test_case_a_in_finland_pays_80_4_and_heat_pumps_21_9_less() -> None:
    data_centre, heat_pump = tariff_named("fi_dc_2026"), tariff_named("fi_heat_pump_2026")
    assert float(hourly_price_eur_per_mwh(45.0, data_centre, 400.0)) == pytest.approx(80.4)
    assert float(hourly_price_eur_per_mwh(45.0, heat_pump, 400.0)) == pytest.approx(58.5)


def test_a_missing_hour_stays_missing() -> None:
    prices = hourly_price_eur_per_mwh(np.array([10.0, np.nan]), GERMANY, 5000.0)
    assert np.isnan(prices).tolist() == [False, True]


def test_negative_prices_stay_negative_only_below_the_adders() -> None:
    assert float(hourly_price_eur_per_mwh(-46.97, GERMANY, 5000.0)) == pytest.approx(0.0, abs=1e-9)


def test_an_unknown_tariff_is_refused_with_the_list() -> None:
    with pytest.raises(InvalidInput, match="de_mv_2026"):
        tariff_named("moon")


def test_a_negative_charge_is_refused() -> None:
    with pytest.raises(InvalidInput, match="tax"):
        replace(GERMANY, tax_eur_per_mwh=-1.0)


def test_sweden_by_its_published_prices() -> None:
    hub, pump = tariff_named("se_dc_2026"), tariff_named("se_heat_pump_2026")
    # 36.0 ore/kWh at 11.4 SEK per EUR; the lower rate of data centres ended in July 2023, so both
    # pay the same
    assert hub.tax_eur_per_mwh == pump.tax_eur_per_mwh == pytest.approx(360 / 11.4, abs=0.005)
    # Lerum: 17.08 ore on 151 winter days x 5/7 x 16 h, 14.28 else; 184 + 322 SEK/kW
    high = 151 * 5 / 7 * 16 / 8760
    assert hub.energy_charge_eur_per_mwh == pytest.approx(
        10 * (14.28 + high * (17.08 - 14.28)) / 11.4, abs=0.005
    )
    assert hub.capacity_charge_eur_per_kw_a == pytest.approx((184 + 322) / 11.4, abs=0.005)


def test_denmark_taxes_heat_pumps_by_the_minimum_and_data_centres_by_the_general_rate() -> None:
    hub, pump = tariff_named("dk_dc_2026"), tariff_named("dk_heat_pump_2026")
    # 0.8 and 0.4 ore/kWh at 7.46 DKK per EUR
    assert hub.tax_eur_per_mwh == pytest.approx(8 / 7.46, abs=0.005)
    assert pump.tax_eur_per_mwh == pytest.approx(4 / 7.46, abs=0.005)
    # Energinet 7.4 + 5.1 ore/kWh
    assert hub.levies_above_eur_per_mwh == pytest.approx((74 + 51) / 7.46, abs=0.005)
    assert tariff_for("electric_boiler", "dk_dc_2026").tax_eur_per_mwh == pump.tax_eur_per_mwh


def test_every_tariff_says_where_each_of_its_numbers_comes_from() -> None:
    for key, row in catalogue("tariffs").items():
        for name in ("supplier_margin", "energy_charge", "levies", "tax", "capacity_charge"):
            source = str(row[f"{name}_source_text"])
            assert source.startswith(("S: ", "E: ", "unknown: ")), (key, name)
