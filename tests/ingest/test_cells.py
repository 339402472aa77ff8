"""A grid over a town without parcels: aligned, cut, named."""

import pytest
import shapely

from heatmap.derive.cells import cell_count, search_cells


def constraint(kind: str, shape) -> dict:
    return {"constraint_kind": kind, "wkb": shapely.to_wkb(shape, hex=True)}


def area_m2(rows) -> dict[str, float]:
    return {row["ref"]: shapely.from_wkb(row["wkb"]).area for row in rows}


def test_cells_lie_on_the_european_grid_and_end_at_the_border():
    # 250 m by 100 m, from x = 50: half a cell, two whole cells; the line above is only touched
    rows = search_cells(shapely.box(4_000_050, 3_000_000, 4_000_300, 3_000_100), [], 100.0)
    assert area_m2(rows) == pytest.approx({
        "N30000E40000": 5_000.0, "N30000E40001": 10_000.0, "N30000E40002": 10_000.0
    })  # fmt: skip
    assert {row["parcel_kind"] for row in rows} == {"search_cell"}


def test_water_and_protected_areas_are_cut_out_and_forest_is_not():
    town = shapely.box(0, 0, 200, 100)
    rows = search_cells(
        town,
        [
            constraint("water", shapely.box(60, 0, 100, 100)),
            # over the water as well: what is gone cannot go twice
            constraint("water_protection", shapely.box(50, 0, 100, 100)),
            constraint("forest", shapely.box(0, 0, 200, 100)),
            constraint("water", shapely.LineString([(0, 0), (200, 100)])),
        ],
        100.0,
    )
    assert area_m2(rows) == pytest.approx({"N0E0": 5_000.0, "N0E1": 10_000.0})


def test_slivers_are_left_out():
    # nine per cent of a cell
    assert search_cells(shapely.box(0, 0, 9, 100), [], 100.0) == []
    lake = constraint("water", shapely.box(0, 0, 100, 91))
    assert search_cells(shapely.box(0, 0, 100, 100), [lake], 100.0) == []


def test_cells_are_counted_before_they_are_made():
    assert cell_count((50, 0, 300, 100), 100.0) == 3
    assert cell_count((0, 0, 1, 1), 100.0) == 1
