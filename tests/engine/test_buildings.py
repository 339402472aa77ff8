"""Heat demand of buildings against the published comparison values."""

import numpy as np
import pytest

from engines.errors import InvalidInput
from engines.thermal.buildings import annual_heat_demand, size_factor, use_of_osm_value


def demand(use: str, footprint: float, storeys: float = np.nan):
    return annual_heat_demand([use], np.array([footprint]), np.array([storeys]))


def test_a_university_building_follows_the_published_values():
    # 1000 m2 x 4 storeys x 0.85 = 3400 m2 net; f = 4.53 * 3400^-0.215 + 0.27 = 1.0587
    # (ln 3400 = 8.1315; 8.1315 * 0.215 = 1.74828; e^-1.74828 = 0.17407; 4.53 * 0.17407 = 0.78855)
    # 66.5 * 1.05855 + 6.7 = 77.094 kWh/m2 -> 262.12 MWh/a
    result = demand("university", 1000.0, 4.0)
    assert result.net_floor_area_m2[0] == pytest.approx(3400.0)
    assert result.heat_demand_mwh_per_a[0] == pytest.approx(262.12, rel=1e-3)


def test_the_size_factor_meets_its_ends():
    assert size_factor(np.array([100.0, 500.0, 50_000.0, 90_000.0])) == pytest.approx(
        [1.46, 1.46, 0.71, 0.71]
    )
    # the printed formula meets the printed ends within rounding: 1.461 and 0.712
    assert size_factor(np.array([500.01, 49_999.0])) == pytest.approx([1.46, 0.71], abs=0.005)


def test_missing_storeys_are_assumed_and_marked():
    result = demand("office", 100.0)
    assert result.storeys[0] == 4.0
    assert result.storeys_assumed[0]


def test_sheds_garages_and_roofs_are_not_heated():
    for value in ("garages", "roof", "shed", "greenhouse", "cowshed"):
        use = use_of_osm_value(value)
        assert demand(use, 500.0, 1.0).heat_demand_mwh_per_a[0] == 0.0, value


def test_a_small_building_without_a_use_counts_as_a_shed():
    assert not demand("unknown", 19.0).is_heated[0]
    assert demand("unknown", 21.0).is_heated[0]


def test_an_unlisted_tag_is_an_unknown_use():
    assert use_of_osm_value("space_station") == "unknown"
    assert use_of_osm_value("university") == "university"


def test_more_floor_means_more_heat_up_to_the_published_step():
    # the printed factor falls from 0.712 to 0.71 at 50,000 m2 net, so the sum steps down there
    areas = np.linspace(50.0, 19_000.0, 400)  # at most 48,450 m2 net
    result = annual_heat_demand(["university"] * 400, areas, np.full(400, 3.0))
    assert np.all(np.diff(result.heat_demand_mwh_per_a) > 0)


def test_nonsense_is_refused():
    with pytest.raises(InvalidInput, match="Unknown building uses"):
        demand("castle_in_the_air", 100.0)
    with pytest.raises(InvalidInput, match="Storeys must be above zero"):
        demand("office", 100.0, -1.0)
    with pytest.raises(InvalidInput, match="not negative"):
        demand("office", -5.0)
