"""A town without parcels is searched by cells, which follow what they are cut by."""

import pytest
from django.contrib.gis.geos import Polygon
from factories import make_person, make_town, make_version

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Parcel
from heatmap.services.search_cells import LAYER_NAME, provide_search_cells
from heatmap.version_selectors import versions_in_use
from sites.parcel_selectors import parcel_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """A town of two by one kilometre on the lines of the European grid."""
    home = make_town(member=make_person("planner"))
    with acting_as(municipality=home.slug):
        box = Polygon.from_bbox((4_040_000, 3_080_000, 4_042_000, 3_081_000))
        box.srid = 3035
        home.extent = box
        home.save(update_fields=["extent"])
    return home


def provide(town, cell_m: float = 100.0) -> LayerVersion:
    with acting_as(municipality=town.slug):
        provide_search_cells(town, cell_m, None)
        return versions_in_use(town)[LayerKind.PARCELS]


def count(town, version: LayerVersion) -> int:
    with acting_as(municipality=town.slug):
        return Parcel.objects.filter(version=version, parcel_kind="search_cell").count()


def lake(town):
    square = Polygon.from_bbox((4_040_000, 3_080_000, 4_040_500, 3_080_200))
    row = {"wkb": square.hex.decode(), "constraint_kind": "water"}
    return make_version(town, "constraints", data_class=DataClass.MUNICIPAL, rows=[row])


def test_cells_are_a_derived_layer_that_says_how_it_was_made(town):
    version = provide(town)
    assert (version.layer.name, version.nature) == (LAYER_NAME, Nature.DERIVED)
    assert "not a plot" in version.method and version.report["cell_m"] == 100.0
    assert count(town, version) == 20 * 10


def test_cells_are_made_anew_only_when_what_they_rest_on_changes(town):
    first = provide(town)
    assert provide(town) == first
    water = lake(town)
    second = provide(town)
    # five by two cells lie in the lake
    assert (second.number, count(town, second)) == (2, 200 - 10)
    assert second.inputs == [water.pk]
    assert second.data_class == DataClass.MUNICIPAL
    assert provide(town) == second
    third = provide(town, 200.0)
    # ten by five cells of 200 m, of which two lie in the lake and one half
    assert third.number == 3
    assert count(town, third) == 10 * 5 - 2


def test_parcels_that_somebody_brought_are_never_replaced(town):
    brought = make_version(
        town, "parcels", data_class=DataClass.PUBLIC, rows=[{"parcel_kind": "industrial"}]
    )
    assert provide(town) == brought


def test_a_town_too_large_for_its_cells_is_told_what_to_do(town):
    with acting_as(municipality=town.slug):
        town.extent = Polygon.from_bbox(
            (4_000_000, 3_000_000, 4_100_000, 3_100_000),
        )
        with pytest.raises(Refusal) as refusal:
            provide_search_cells(town, 100.0, None)
    assert refusal.value.values["most"] == 40_000


def test_in_a_cell_the_hub_stands_as_far_from_dwellings_as_it_can(town):
    # a dwelling of 10 m in the south-west corner of one cell; of the nine places of that cell the
    # one 85 m east and north of the corner is farthest: sqrt(2) * (85 - 10) = 106 m in the
    # storage grid, whose scale at this place differs by less than half a per cent from the town's
    corner = (4_041_000, 3_080_500)
    square = Polygon.from_bbox((*corner, corner[0] + 10, corner[1] + 10))
    row = {"wkb": square.hex.decode(), "is_dwelling": True}
    buildings = make_version(town, "buildings", data_class=DataClass.PUBLIC, rows=[row])
    cells = provide(town)
    with acting_as(municipality=town.slug):
        cell = Parcel.objects.get(version=cells, geom__contains=square)
        found = parcel_rows(
            town,
            {"parcels": cells.pk, "buildings": buildings.pk},
            dict.fromkeys(("station_low", "station_medium", "feeder_low", "feeder_medium"), []),
        )
    here = next(each for each in found if each.ref == cell.ref)
    assert here.dwelling_m == pytest.approx(75 * 2**0.5, rel=5e-3)
    assert here.building_m == here.dwelling_m


def test_a_hospital_is_heard_by_its_neighbours_not_by_itself(town):
    # two squares of 50 m with 50 m between them; the first parcel is the ground of the hospital
    west, south = 4_041_000, 3_080_500

    def square(at: float, size: float = 50) -> dict[str, str]:
        box = Polygon.from_bbox((west + at, south, west + at + size, south + size))
        return {"wkb": box.hex.decode(), "ref": f"at-{at}"}

    hospital = square(10, 20) | {"use": "hospital"}
    buildings = make_version(town, "buildings", data_class=DataClass.PUBLIC, rows=[hospital])
    parcels = make_version(
        town, "parcels", data_class=DataClass.PUBLIC, rows=[square(0), square(100)]
    )
    with acting_as(municipality=town.slug):
        own, other = parcel_rows(
            town,
            {"parcels": parcels.pk, "buildings": buildings.pk},
            dict.fromkeys(("station_low", "station_medium", "feeder_low", "feeder_medium"), []),
        )
    assert (own.ref, own.sensitive_m, own.hospital_m) == ("at-0", 0.0, None)
    # from 30 m, where the hospital ends, to 100 m
    assert other.hospital_m == pytest.approx(70, rel=5e-3)
