"""Gates of the ground, each in every state; expectations derived beside them."""

import math

import pytest

from engines.assumptions import build_assumptions
from engines.errors import InvalidInput
from engines.law.water import awsv_level
from engines.scoring.land import (
    advisory,
    fire_gap_gate,
    fluid_gate,
    loudest_receiver,
    needed_rectangle_m,
    noise_gate,
    ownership_gate,
    protected_gate,
    setback_gate,
    shape_gate,
    slope_gate,
    switched_off,
)
from engines.scoring.zoning import zoning_gate

A = build_assumptions()
NAN = math.nan
NONE = frozenset()


def test_one_container_needs_eight_metres_and_more_need_sixteen() -> None:
    # 144 m2 over 8 m = 18 m, longer than the 12.2 m of a 40-ft container
    assert needed_rectangle_m(500.0, 144.0, A) == (0, 18.0)
    # 60 m2 over 8 m = 7.5 m; a 20-ft container of 6.1 m fits in
    assert needed_rectangle_m(50.0, 60.0, A) == (0, 7.5)
    # 80 m2 / 8 m = 10 m is shorter than a 40-ft container
    assert needed_rectangle_m(300.0, 80.0, A) == (0, 12.2)
    # 500 m2 over 16 m = 31.25 m
    assert needed_rectangle_m(2000.0, 500.0, A) == (1, 31.25)


def test_a_container_fits_or_lacks_metres_or_lies_within_the_accuracy() -> None:
    assert shape_gate(18.0, 8.0, 18.0, 0.5).state == "green"
    close = shape_gate(17.6, 8.0, 18.0, 0.5)
    assert (close.state, close.hint_key) == ("amber", "shape_amber")
    red = shape_gate(12.0, 8.0, 18.0, 0.5)
    assert (red.state, red.hint_numbers["missing_m"]) == ("red", pytest.approx(6.0))
    assert red.hint == (
        "A rectangle of 8 m by 18.0 m is needed; the longest that fits is 6.0 m short."
    )
    assert shape_gate(0.0, 8.0, 18.0, 0.5).state == "red"
    assert shape_gate(NAN, 8.0, 18.0, 0.5).state == "unknown"


@pytest.mark.parametrize(
    ("percent", "state", "threshold"),
    [(5.0, "green", 5.0), (5.1, "amber", 5.0), (15.0, "amber", 5.0), (15.1, "red", 15.0)],
)
def test_slope_is_level_or_to_be_levelled_or_too_steep(percent, state, threshold) -> None:
    gate = slope_gate(percent, A)
    assert (gate.state, gate.value, gate.threshold) == (state, percent, threshold)


def test_slope_that_nobody_measured_is_unknown() -> None:
    assert slope_gate(NAN, A).state == "unknown"


def test_the_fire_gap_counts_what_the_parcel_itself_leaves() -> None:
    # a container 2.44 m wide in the middle of 8 m leaves 2.78 m on each side, 5.56 m on one
    amber = fire_gap_gate(0.0, 8.0, A)
    assert (amber.state, amber.value) == ("amber", pytest.approx(2.78))
    assert amber.hint_numbers["missing_m"] == pytest.approx(2.22)
    assert fire_gap_gate(2.22, 8.0, A).state == "green"
    # 4 m leave 1.56 m on one side, less than 3
    red = fire_gap_gate(0.0, 4.0, A)
    assert (red.state, red.value) == ("red", pytest.approx(1.56))
    assert red.hint_numbers["missing_m"] == pytest.approx(1.44)
    # no rectangle fits: nothing of the parcel counts
    assert fire_gap_gate(4.0, 0.0, A).state == "amber"
    assert fire_gap_gate(2.9, 0.0, A).state == "red"
    assert fire_gap_gate(NAN, 8.0, A).state == "unknown"
    assert fire_gap_gate(10.0, NAN, A).state == "unknown"


def test_noise_at_the_nearest_dwelling_by_the_vector_of_the_domain_notes() -> None:
    # LwA 85 gives 45 dB at 39.8 m, 40 dB at 70.8 m, 35 dB at 125.9 m (domain notes T10); the limit
    # at night is 40, less a margin of 6: 34 dB, reached at 10**((85-8-34)/20) = 141.3 m
    assert noise_gate(141.3, NAN, 85.0, A).state == "green"
    amber = noise_gate(125.9, NAN, 85.0, A)
    assert (amber.state, amber.value) == ("amber", pytest.approx(35.0, abs=0.01))
    # 1 dB too much: coolers of 84 dB(A) would do
    assert amber.hint_numbers["level_dba"] == 84  # 85 - 0.9995, rounded down
    # 5 dB above the limit: coolers of 80 dB(A) keep it, and quiet ones go down to 75
    curable = noise_gate(39.8, NAN, 85.0, A)
    assert (curable.state, curable.hint_key) == ("amber", "noise_quiet")
    assert (curable.value, curable.threshold) == (pytest.approx(45.0, abs=0.01), 40.0)
    assert curable.hint_numbers["missing_m"] == pytest.approx(70.8 - 39.8, abs=0.05)
    assert curable.hint_numbers["level_dba"] == 79  # 85 - 5.002, rounded down
    # at 70.8 * 10**(-10/20) = 22.4 m quiet coolers just keep the limit; nearer none does
    assert noise_gate(22.5, NAN, 85.0, A).state == "amber"
    red = noise_gate(22.3, NAN, 85.0, A)
    assert (red.state, red.hint_key, red.threshold) == ("red", "noise_red", 40.0)
    assert noise_gate(NAN, NAN, 85.0, A).state == "unknown"


def test_noise_nearer_than_five_metres_is_red_or_unknown_never_green() -> None:
    # at 5 m: 85 - 14 - 8 = 63 dB
    assert noise_gate(1.0, NAN, 85.0, A).state == "red"
    # 50 - 14 - 8 = 28 dB at 5 m, but nobody knows at 1 m
    near = noise_gate(1.0, NAN, 50.0, A)
    assert (near.state, near.hint_key) == ("unknown", "noise_too_near")


def test_a_hospital_is_heard_by_its_own_limit_which_is_five_decibels_lower() -> None:
    # TA Laerm 6.1: hospitals 35 dB(A) at night, less 6: 29 dB, at 10**((85-8-29)/20) = 251.2 m
    far_m = 1000.0
    assert noise_gate(far_m, 251.3, 85.0, A).state == "green"
    amber = noise_gate(far_m, 251.1, 85.0, A)
    assert (amber.state, amber.threshold) == ("amber", 29.0)
    # 35 dB at 125.9 m: nearer is over the limit, and quiet coolers reach down to 39.8 m
    curable = noise_gate(far_m, 100.0, 85.0, A)
    assert (curable.state, curable.hint_key, curable.threshold) == ("amber", "noise_quiet", 35.0)
    assert curable.hint_numbers["missing_m"] == pytest.approx(125.9 - 100.0, abs=0.05)
    assert noise_gate(far_m, 39.9, 85.0, A).state == "amber"
    assert noise_gate(far_m, 39.7, 85.0, A).state == "red"


def test_the_hospital_counts_only_while_it_is_disturbed_more_than_the_dwelling() -> None:
    # 5 dB are a factor 10**(5/20) = 1.778 in distance: with the dwelling at 200 m, 355.6 m
    assert loudest_receiver(200.0, 355.0, A).limit_dba == 35.0
    assert loudest_receiver(200.0, 356.0, A).limit_dba == 40.0
    assert loudest_receiver(200.0, NAN, A).limit_dba == 40.0
    # a layer without dwellings cannot make a place quiet, but a hospital can make it loud
    assert noise_gate(NAN, 1000.0, 85.0, A).state == "unknown"
    assert noise_gate(NAN, 20.0, 85.0, A).state == "red"


def test_a_school_nearby_asks_for_a_closer_look() -> None:
    assert setback_gate(100.0, A).state == "green"
    gate = setback_gate(60.0, A)
    assert (gate.state, gate.hint_numbers["missing_m"]) == ("amber", 40.0)
    assert setback_gate(NAN, A).state == "unknown"


def protected(name, overlaps, mapped=NONE, absent=NONE, near_m=NAN):
    return protected_gate(name, overlaps, 500.0, frozenset(mapped), frozenset(absent), A, near_m)


def test_a_flood_area_is_red_and_an_extreme_one_amber() -> None:
    mapped = {"flood", "flood_extreme"}
    red = protected("flood", {"flood": 120.0, "flood_extreme": 400.0}, mapped)
    assert (red.state, red.value, red.hint_numbers["free_m2"]) == ("red", 120.0, 380.0)
    amber = protected("flood", {"flood": 0.5, "flood_extreme": 400.0}, mapped)
    assert (amber.state, amber.hint_numbers["free_m2"]) == ("amber", 100.0)
    assert protected("flood", {"flood": 0.0}, mapped).state == "green"
    assert protected("flood", {"flood": NAN}, mapped).state == "unknown"


def test_a_water_protection_area_without_a_zone_is_unknown_unless_a_zone_forbids() -> None:
    mapped = {"water_protection", "water_protection_inner"}
    gate = protected("water_protection", {"water_protection": 50.0}, mapped)
    assert (gate.state, gate.hint_key) == ("unknown", "protected_unknown")
    both = {"water_protection": 50.0, "water_protection_inner": 2.0}
    assert protected("water_protection", both, mapped).state == "red"
    outer = {"water_protection_outer": 50.0}
    assert protected("water_protection", outer, {"water_protection_outer"}).state == "amber"


def test_what_no_layer_shows_is_unknown_until_the_study_states_it() -> None:
    gate = protected("nature", {"nature_reserve": 0.0})
    assert (gate.state, gate.hint_key) == ("unknown", "not_mapped")
    stated = protected("nature", {}, absent={"nature"})
    assert (stated.state, stated.hint_key) == ("green", "declared_absent")


def test_nature_and_contaminated_ground() -> None:
    reserve = {"nature_reserve": 9.0}
    assert protected("nature", reserve, {"nature_reserve"}).state == "red"
    assert protected("nature", {"landscape": 9.0}, {"landscape"}).state == "amber"
    assert protected("contaminated", {"contaminated": 9.0}, {"contaminated"}).state == "amber"


def test_a_monument_nearby_is_amber_even_without_overlap() -> None:
    near = protected("monument", {}, {"monument"}, near_m=30.0)
    assert (near.state, near.hint_numbers["missing_m"]) == ("amber", 20.0)
    assert protected("monument", {}, {"monument"}, near_m=50.0).state == "green"
    assert protected("monument", {"monument": 4.0}, {"monument"}, near_m=0.0).value == 4.0


def test_an_unknown_group_of_areas_is_refused() -> None:
    with pytest.raises(InvalidInput, match="none of flood"):
        protected("swamp", {})


@pytest.mark.parametrize(
    ("volume", "levels"),
    [(0.22, "AAA"), (1.0, "AAB"), (10.0, "ABC"), (100.0, "ACD"), (1000.0, "BDD"), (1001.0, "CDD")],
)
def test_hazard_levels_are_those_of_the_ordinance(volume, levels) -> None:
    # AwSV s.39 table 1
    assert "".join(awsv_level(volume, wgk) for wgk in (1, 2, 3)) == levels


def test_a_hazard_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput, match="1, 2 or 3"):
        awsv_level(1.0, 4)


def around(water="green", flood="green"):
    kinds = {"green": 0.0, "amber": 5.0, "red": 5.0}
    layer = {"green": "outer", "amber": "outer", "red": "inner", "unknown": "outer"}
    name = f"water_protection_{layer[water]}"
    mapped = NONE if water == "unknown" else {name}
    first = protected("water_protection", {name: kinds.get(water, 0.0)}, mapped)
    kind = "flood_extreme" if flood == "amber" else "flood"
    second = protected("flood", {kind: kinds.get(flood, 0.0)}, {kind} if flood in kinds else NONE)
    assert (first.state, second.state) == (water, flood)
    return first, second


def test_oil_is_judged_by_volume_and_by_the_areas_around() -> None:
    # 500 kW hold 5 m3; class 1: level A
    assert fluid_gate("oil", 500.0, around(), A).state == "green"
    assert fluid_gate("oil", 500.0, around("red"), A).state == "red"
    assert fluid_gate("oil", 500.0, around("amber"), A).state == "amber"
    assert fluid_gate("oil", 500.0, around(flood="red"), A).state == "red"
    assert fluid_gate("oil", 500.0, around(flood="amber"), A).state == "amber"
    assert fluid_gate("oil", 500.0, around("unknown"), A).state == "unknown"
    assert fluid_gate("water", 500.0, around("red"), A).state == "not_applicable"


def test_a_large_tank_of_a_bad_fluid_needs_an_expert() -> None:
    # 2 MW hold 20 m3; class 2: up to 100 m3 is level C, 10 m3 would be level B
    bad = build_assumptions({"fluid.hazard_class": 2.0})
    gate = fluid_gate("oil", 2000.0, around(), bad)
    assert (gate.state, gate.hint_numbers["level"], gate.threshold) == ("amber", "C", 10.0)
    assert gate.hint_numbers["smaller"] == "B"


@pytest.mark.parametrize(
    ("owner", "state"),
    [
        ("municipal", "green"),
        ("Stadtwerke", "green"),
        ("Land", "amber"),
        ("private", "amber"),
        ("lease option", "amber"),
        ("unknown", "unknown"),
        ("", "unknown"),
        ("Order of Malta", "unknown"),
    ],
)
def test_owners(owner, state) -> None:
    assert ownership_gate(owner).state == state


@pytest.mark.parametrize(
    ("zone", "country", "state"),
    [
        ("GI", "DE", "green"),
        ("ge", "DE", "green"),
        ("MI", "DE", "amber"),
        ("WR", "DE", "red"),
        ("Aussenbereich", "DE", "red"),
        ("T-1", "FI", "green"),
        ("TY", "FI", "green"),
        ("AK", "FI", "red"),
        ("AP-2", "FI", "red"),
        ("K", "FI", "amber"),
        ("J", "SE", "green"),
        ("B", "SE", "red"),
        ("Klasse  4", "DK", "green"),
        ("Bolig", "DK", "red"),
        ("J", "FI", "unknown"),
        ("GI", "SE", "unknown"),
        ("unknown", "DE", "unknown"),
        ("", "FI", "unknown"),
    ],
)
def test_zoning_is_read_by_the_catalogue_of_its_country(zone, country, state) -> None:
    assert zoning_gate(zone, country).state == state


def test_a_listed_zone_names_its_source() -> None:
    assert "2 K 194/12" in zoning_gate("GE", "DE").source


def test_a_study_can_let_a_gate_advise_or_leave_it_out() -> None:
    red = slope_gate(20.0, A)
    warned = advisory(red)
    assert (warned.state, warned.value, warned.hint) == ("amber", 20.0, red.hint)
    assert advisory(slope_gate(NAN, A)).state == "unknown"
    off = switched_off(red)
    assert (off.state, off.hint_key, off.value) == ("not_applicable", "gate_off", 20.0)
