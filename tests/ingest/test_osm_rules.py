"""What the tags of OpenStreetMap mean to us."""

import pytest

from heatmap.errors import Refusal
from heatmap.ingest.reader.osm import area_features, line_features, point_features
from heatmap.ingest.reading import read_file


def kinds(found) -> list[str]:
    return [each.kind for each in found]


def test_an_open_car_park_is_a_candidate():
    assert kinds(area_features({"amenity": "parking"})) == ["parcels"]


@pytest.mark.parametrize(
    "tags",
    [
        {"amenity": "parking", "parking": "multi-storey"},
        {"amenity": "parking", "parking": "underground"},
        {"amenity": "parking", "name": "Tiefgarage CT²"},
        {"amenity": "parking", "parking": "street_side"},
    ],
)
def test_a_garage_or_a_lane_is_no_candidate(tags):
    assert kinds(area_features(tags)) == []


def test_a_multi_storey_car_park_is_a_building_and_no_candidate():
    assert kinds(area_features({"amenity": "parking", "building": "yes"})) == ["buildings"]


@pytest.mark.parametrize("landuse", ["brownfield", "industrial", "commercial"])
def test_land_for_work_is_a_candidate(landuse):
    assert kinds(area_features({"landuse": landuse})) == ["parcels"]


def test_the_heating_plant_is_a_building_and_a_plant():
    tags = {"building": "university", "power": "generator", "generator:source": "gas"}
    assert kinds(area_features(tags)) == ["buildings", "plants"]


def test_a_wind_turbine_is_no_heat_plant():
    assert kinds(point_features({"power": "generator", "generator:source": "wind"})) == []


@pytest.mark.parametrize("tags", [{"substance": "heat"}, {"type": "heat"}])
def test_a_heat_pipe_is_a_pipe_and_a_gas_pipe_is_not(tags):
    assert kinds(line_features({"man_made": "pipeline", **tags})) == ["pipes"]
    assert kinds(line_features({"man_made": "pipeline", "substance": "gas"})) == []


def test_storeys_that_are_no_number_are_unknown():
    (building,) = area_features({"building": "yes", "building:levels": "two"})
    assert building.attributes["storeys"] is None
    (building,) = area_features({"building": "yes", "building:levels": "2,5"})
    assert building.attributes["storeys"] == 2.5


@pytest.mark.parametrize(
    ("diameter", "expected"), [("150", 150), ("2²", None), ("99999999999", None), ("DN 150", None)]
)
def test_a_diameter_that_is_no_plain_number_is_unknown(diameter, expected):
    tags = {"man_made": "pipeline", "substance": "heat", "diameter": diameter}
    (pipe,) = line_features(tags)
    assert pipe.attributes["dn_mm"] == expected


@pytest.mark.parametrize("voltage", ["nan", "inf", "-5", "high"])
def test_a_voltage_that_is_no_voltage_is_unknown(voltage):
    (substation,) = point_features({"power": "substation", "voltage": voltage})
    assert substation.attributes["voltage_kv"] is None


def test_a_long_fuel_fits_its_column():
    fuel = "biomass;gas;oil;waste;" * 10
    (plant,) = point_features({"power": "plant", "generator:source": fuel})
    assert len(plant.attributes["fuel"]) <= 30


UNSORTED = """<?xml version="1.0"?>
<osm version="0.6">
 <node id="4" lat="50.781" lon="6.05"/><node id="3" lat="50.781" lon="6.051"/>
 <node id="2" lat="50.78" lon="6.051"/><node id="1" lat="50.78" lon="6.05"/>
 <way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
 <way id="8"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
  <tag k="building" v="office"/></way>
</osm>"""


def test_an_extract_that_is_not_sorted_is_read_whole(tmp_path):
    path = tmp_path / "unsorted.osm"
    path.write_text(UNSORTED)
    found = read_file(path, {})
    assert sorted((one["kind"], one["ref"]) for one in found.features) == [
        ("buildings", "way/8"), ("streets", "way/9"),
    ]  # fmt: skip


def test_an_extract_that_cannot_be_read_is_refused_with_the_cause(tmp_path):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(b"\x00\x00\x00\x0e\n\tOSMHeader\x18\x92\x01" + b"nothing of the sort")
    with pytest.raises(Refusal) as refused:
        read_file(path, {})
    assert "not a readable OpenStreetMap extract" in refused.value.message
    assert refused.value.values["cause"]
