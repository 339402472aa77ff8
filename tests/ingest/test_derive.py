"""Layers made from layers, on towns small enough to draw on paper."""

import pytest
import shapely

from heatmap.derive.candidates import open_land
from heatmap.derive.demand import demand_cells, with_demand
from heatmap.derive.network import grow
from heatmap.derive.substations import with_ratings


def row(ref: str, shape: shapely.Geometry, **values) -> dict:
    return {"ref": ref, "wkb": shapely.to_wkb(shape, hex=True), **values}


def street(ref: str, *points: tuple[float, float], kind: str = "residential") -> dict:
    return row(ref, shapely.LineString(points), street_kind=kind)


def house(ref: str, x: float, y: float, demand: float) -> dict:
    shape = shapely.box(x - 5, y - 5, x + 5, y + 5)
    return row(ref, shape, heat_demand_mwh_per_a=demand, net_floor_area_m2=100.0)


# a T: the plant stands at its foot, 100 m below the crossing; one house at each end of the bar
FOOT, CROSSING, LEFT, RIGHT = (0.0, 0.0), (0.0, 100.0), (-80.0, 100.0), (60.0, 100.0)
STREETS = [street("stem", FOOT, CROSSING), street("bar", LEFT, CROSSING, RIGHT)]
PLANT = [row("plant", shapely.Point(*FOOT))]


def lengths_and_shares(pipes: list[dict]) -> list[tuple[float, float]]:
    return sorted(
        (round(shapely.from_wkb(pipe["wkb"]).length), round(pipe["flow_share"], 6))
        for pipe in pipes
    )


def test_a_network_follows_the_streets_and_carries_what_lies_behind_it():
    pipes = grow(STREETS, PLANT, [house("l", -80, 110, 300.0), house("r", 60, 110, 100.0)])
    # stem 100 m with everything; 80 m to the left with 300 of 400; 60 m to the right with 100
    assert lengths_and_shares(pipes) == [(60, 0.25), (80, 0.75), (100, 1.0)]


def test_a_building_takes_its_heat_from_the_pipe_next_to_it():
    # its middle is closest to the crossing, its corner (50, 102) to the far end of the right bar
    corner = shapely.Polygon([(-60, 150), (0, 150), (50, 102)])
    big = row("big", corner, heat_demand_mwh_per_a=300.0)
    pipes = grow(STREETS, PLANT, [big, house("r", 60, 110, 100.0)])
    assert lengths_and_shares(pipes) == [(160, 1.0)]


def test_a_bigger_flow_never_gets_a_smaller_pipe():
    pipes = grow(STREETS, PLANT, [house("l", -80, 110, 3000.0), house("r", 60, 110, 100.0)])
    by_share = sorted(pipes, key=lambda pipe: pipe["flow_share"])
    assert [pipe["dn_mm"] for pipe in by_share] == sorted(pipe["dn_mm"] for pipe in by_share)


def test_a_small_or_far_building_is_not_connected():
    # below network.smallest_connected_mwh_per_a (20), and beyond network.longest_service_m (80)
    assert grow(STREETS, PLANT, [house("small", 60, 110, 19.0)]) == []
    assert grow(STREETS, PLANT, [house("far", 60, 300, 500.0)]) == []


def test_pipes_do_not_run_under_motorways():
    streets = [street("stem", FOOT, CROSSING, kind="motorway"), STREETS[1]]
    # the plant's nearest node is now the crossing: its own pipe (100 m), then the bar (60 m)
    pipes = grow(streets, PLANT, [house("r", 60, 110, 100.0)])
    assert lengths_and_shares(pipes) == [(160, 1.0)]


def test_the_plant_has_a_pipe_of_its_own():
    # 30 m beside the foot of the stem: 30 + 100 + 60 m
    plant = [row("plant", shapely.box(-35, -5, -25, 5))]
    (pipe,) = grow(STREETS, plant, [house("r", 60, 110, 100.0)])
    line = shapely.from_wkb(pipe["wkb"])
    assert (line.length, line.coords[0]) == (190.0, (-30.0, 0.0))


def test_without_a_plant_no_network_is_invented():
    assert grow(STREETS, [], [house("r", 60, 110, 100.0)]) == []


def test_candidates_lose_the_buildings_on_them_and_small_rests():
    land = shapely.box(0, 0, 50, 20)
    buildings = [row("b", shapely.box(0, 0, 10, 20))]
    (left,) = open_land([row("w1", land, parcel_kind="parking")], buildings)
    assert shapely.from_wkb(left["wkb"]).area == pytest.approx(800.0)  # 1000 - 200
    assert left["ref"] == "P-01"
    tiny = shapely.box(0, 0, 5, 11.9)  # 59.5 m2, under 60
    assert open_land([row("w2", tiny, parcel_kind="parking")], []) == []


def test_land_inside_land_is_counted_once():
    yard = row("yard", shapely.box(0, 0, 100, 100), parcel_kind="industrial")
    lot = row("lot", shapely.box(10, 10, 30, 30), parcel_kind="parking")
    found = {r["ref"]: shapely.from_wkb(r["wkb"]).area for r in open_land([yard, lot], [])}
    assert found == {"P-01": pytest.approx(400.0), "I-01": pytest.approx(9600.0)}


def test_demand_falls_into_the_cell_of_the_middle_of_a_building():
    cells = demand_cells(
        [house("a", 95, 95, 10.0), house("b", 5, 5, 20.0), house("c", 105, 5, 7.0)]
    )
    assert [(cell["ref"], cell["heat_demand_mwh_per_a"], cell["buildings"]) for cell in cells] == [
        ("0-0", 30.0, 2),
        ("1-0", 7.0, 1),
    ]


def test_a_shed_has_no_demand_and_its_storeys_are_marked_as_assumed():
    (shed,) = with_demand([row("s", shapely.box(0, 0, 10, 10), osm_value="shed")])
    assert shed["heat_demand_mwh_per_a"] == 0.0
    assert shed["storeys_assumed"]
    assert not shed["is_heated"]


def test_an_illustrative_substation_carries_its_buildings_at_half_load():
    # 100,000 m2 * 20 W/m2 = 2000 kW; / (0.5 * 0.95) = 4211 kVA -> next standard size 6300
    stations = [row("a", shapely.Point(0, 0)), row("b", shapely.Point(1000, 0))]
    big = house("h", 10, 0, 1.0) | {"net_floor_area_m2": 100_000.0}
    near, far = with_ratings(stations, [big])
    assert (near["peak_load_kw"], near["rating_kva"]) == (pytest.approx(2000.0), 6300.0)
    assert (far["peak_load_kw"], far["rating_kva"]) == (0.0, 400.0)
