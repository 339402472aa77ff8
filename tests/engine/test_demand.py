from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engines.errors import InvalidInput
from engines.thermal.demand import (
    geometric_temperature_degc,
    heat_profile,
    profile,
    sigmoid_h,
    temperature_interval,
)


def factors(customer: str, building_class: int) -> tuple[np.ndarray, np.ndarray]:
    """Hour factors (7, 24, 10) and weekday factors (7,) from the judge's own files."""
    folder = Path(find_spec("demandlib").submodule_search_locations[0]) / "bdew" / "bdew_data"
    hours = pd.read_csv(folder / "shlp_hour_factors.csv", index_col=0)
    hours = hours[(hours.shlp_type == customer) & (hours.building_class == building_class)]
    hours = hours.sort_values(["weekday", "hour_of_day"])
    table = hours.filter(like="temp_intervall").to_numpy().reshape(-1, 24, 10)
    weekdays = pd.read_csv(folder / "shlp_weekday_factors.csv", index_col=0)
    of_weekday = weekdays[weekdays.shlp_type == customer].wochentagsfaktor.to_numpy()
    return np.broadcast_to(table, (7, 24, 10)), of_weekday


def made_up_year(hours: int = 8760) -> np.ndarray:
    """A smooth year from about -19 to 33 degC with daily swing and noise."""
    hour = np.arange(hours)
    noise = np.random.default_rng(7).normal(0, 3, hours // 24).repeat(24)
    yearly = 8 - 16 * np.cos(2 * np.pi * hour / hours)
    return yearly + 4 * np.sin(2 * np.pi * hour / 24) + noise


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # domain vector T5
        ("mfh3", [2.28205, 1.80713, 1.36857, 0.86087, 0.45224, 0.23560, 0.15991]),
        ("efh3", [2.69088, 1.95453, 1.38210, 0.81115, 0.40440, 0.20206, 0.13197]),
        ("ghd", [2.88486, 2.13071, 1.41407, 0.72316, 0.32869, 0.19053, 0.15934]),
    ],
)
def test_the_sigmoid_gives_vector_t5(key, expected):
    h = sigmoid_h([-10, 0, 5, 10, 15, 20, 25], profile(key))
    np.testing.assert_allclose(h, expected, rtol=1e-4)


def test_the_sigmoid_ends_in_its_weather_free_part_from_40_degc_on():
    coefficients = profile("mfh3")
    np.testing.assert_allclose(sigmoid_h([40, 45], coefficients), coefficients.d, rtol=1e-12)


def test_the_felt_temperature_remembers_three_days_and_wraps_at_new_year():
    # Day 3: (10 + 0.5*0 + 0.25*0 + 0.125*0)/1.875 = 5.3333; day 0 takes days 4, 3, 2 of the year:
    # (0 + 0.5*20 + 0.25*10 + 0.125*0)/1.875 = 6.6667.
    felt = geometric_temperature_degc([0, 0, 0, 10, 20])
    np.testing.assert_allclose(felt[[3, 0]], [5.33333, 6.66667], rtol=1e-5)


def test_temperature_intervals_include_their_upper_end_and_are_clamped():
    intervals = temperature_interval([-30, -15, -14.9, 0, 0.1, 25, 25.1, 50])
    assert intervals.tolist() == [0, 0, 1, 3, 4, 8, 9, 9]


@pytest.mark.parametrize(
    ("customer", "building_class", "key"),
    [("EFH", 3, "efh3"), ("MFH", 3, "mfh3"), ("GHD", 0, "ghd")],
)
@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.filterwarnings("ignore")  # the judge's pandas idioms, not ours
def test_profiles_agree_with_demandlib(customer, building_class, key, year):
    from demandlib.bdew import HeatBuilding

    index = pd.date_range(f"{year}-01-01", f"{year}-12-31 23:00", freq="h")
    temperature = made_up_year(len(index))
    judge = HeatBuilding(
        index,
        temperature=pd.Series(temperature, index=index),
        shlp_type=customer,
        building_class=building_class,
        wind_class=0,
        annual_heat_demand=1,
    ).get_normalized_bdew_profile()
    hour_factors, weekday_factors = factors(customer, building_class)
    shares = heat_profile(
        temperature,
        hour_factors,
        weekday_factors,
        index.weekday.to_numpy()[::24],
        profile(key),
    )
    # The judge's hour factors are rounded, so its year sums to one only within about 1e-4.
    assert judge.sum() == pytest.approx(1, abs=5e-4)
    np.testing.assert_allclose(shares, judge / judge.sum(), rtol=1e-10)
    assert shares.sum() == pytest.approx(1, rel=1e-12)


def test_a_year_of_minus_30_degc_still_has_a_profile():
    flat = np.full((7, 24, 10), 1 / 24)
    shares = heat_profile(
        np.full(8760, -30.0), flat, np.ones(7), np.arange(365) % 7, profile("mfh3")
    )
    np.testing.assert_allclose(shares, 1 / 8760, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"temperature_degc": np.full(8761, 5.0)}, "8760 or 8784"),
        ({"temperature_degc": np.full(8760, np.nan)}, "8760 missing"),
        ({"hour_factors": np.ones((24, 10))}, r"\(7, 24, 10\)"),
        ({"hour_factors": np.zeros((7, 24, 10))}, "all zero"),
        ({"weekday_factors": np.ones(6)}, r"\(7,\)"),
        ({"weekday_of_day": np.zeros(366, int)}, "365 days"),
        ({"weekday_of_day": np.full(365, 7)}, "between 0 and 6"),
        ({"weekday_of_day": np.zeros(365)}, "whole numbers"),
    ],
)
def test_a_wrong_profile_input_is_refused_by_name(change, sentence):
    good = {
        "temperature_degc": np.full(8760, 5.0),
        "hour_factors": np.ones((7, 24, 10)),
        "weekday_factors": np.ones(7),
        "weekday_of_day": np.zeros(365, int),
        "profile": profile("mfh3"),
    }
    with pytest.raises(InvalidInput, match=sentence):
        heat_profile(**(good | change))


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="efh3, mfh3, ghd"):
        profile("hospital")
