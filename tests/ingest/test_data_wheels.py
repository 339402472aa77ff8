"""Prices and weather out of the data packages."""

import numpy as np
import pytest

from heatmap.errors import Refusal
from heatmap.ingest.data_wheels import (
    _filled,
    bdew_factors,
    climate_at,
    day_ahead_prices,
    weather_of_region,
)


def test_the_dutch_year_2024_has_its_458_negative_hours():
    prices, filled = day_ahead_prices(2024)
    assert len(prices) == 8760
    # product notes: 458 negative hours in 2024 (29 February, left out, has none)
    assert int((prices < 0).sum()) == 458
    assert len(filled) <= 2


def test_gaps_are_filled_straight_up_to_three_hours_and_listed():
    hours = np.datetime64("2023-01-01T00") + np.arange(8760)
    prices = {moment: float(i) for i, moment in enumerate(hours.tolist())}
    for i in (10, 11, 12):
        del prices[hours.tolist()[i]]
    values, filled = _filled(prices, 2023)
    assert values[9:14] == pytest.approx([9, 10, 11, 12, 13])
    assert filled == ["2023-01-01 10:00 UTC", "2023-01-01 11:00 UTC", "2023-01-01 12:00 UTC"]


def test_a_longer_gap_is_refused():
    hours = np.datetime64("2023-01-01T00") + np.arange(8760)
    prices = {moment: 1.0 for i, moment in enumerate(hours.tolist()) if not 10 <= i < 14}
    with pytest.raises(Refusal, match="gap of 4 hours"):
        _filled(prices, 2023)


def test_weather_moves_from_central_european_time_to_utc():
    # first lines of region 5: hour 1 is 2.1, hour 2 is 1.0 degC; hour 2 CET ends at 01:00 UTC
    weather = weather_of_region(5)
    assert len(weather) == 8760
    assert weather[0] == 1.0
    assert weather[-1] == 2.1


def test_hour_factors_share_out_every_day():
    for profile in ("EFH", "MFH", "GHD"):
        hours, weekdays = bdew_factors(profile)
        assert hours.shape == (7, 24, 10)
        # the published factors are rounded to four digits: 24 of them sum to 1 within 24 * 0.00005
        assert hours.sum(axis=1) == pytest.approx(np.ones((7, 10)), abs=2e-3)
        assert weekdays.mean() == pytest.approx(1.0, abs=0.01)


def test_a_german_place_has_the_climate_of_its_region_and_another_a_substitute():
    aachen = climate_at(6.049, 50.783)
    # the published polygons put Aachen, at the foot of the Eifel, into region 6 (Bad Marienberg)
    assert (aachen.region, aachen.is_substitute) == (6, False)
    helsinki = climate_at(24.94, 60.17)
    assert helsinki.is_substitute
    assert "Substitute" in helsinki.label
