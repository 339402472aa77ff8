"""Files made to hurt: refused with a reason, or read without harm; the next upload still works."""

import io
import json
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from bringing import upload
from django.conf import settings
from django.core.management import CommandError, call_command
from factories import make_town
from shapefiles import SQUARES, zipped

from heatmap.choices import JobState
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.ingest import reading
from heatmap.models import LayerVersion, Parcel
from heatmap.services import quality

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def parcels(town) -> list[Parcel]:
    with acting_as(municipality=town.slug):
        return list(Parcel.objects.order_by("ref"))


def refused(town, path: Path, says: str, **answers) -> None:
    done = upload(town, path, **answers)
    assert done.job.state == JobState.REFUSED, (done.job.state, done.report)
    assert says in done.job.sentence, done.job.sentence
    assert parcels(town) == []
    with acting_as(municipality=town.slug):
        assert not LayerVersion.objects.exists()


def text(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_the_reader_stands_behind_all_walls_that_this_kernel_offers(town, tmp_path):
    done = upload(town, zipped(tmp_path))
    walls = set(done.report["walls"])
    assert "limits" in walls
    # every kernel that runs these tests can at least forbid calls or take the network away
    assert walls & {"seccomp", "network namespace"}


def test_a_bomb_stops_at_the_limit(town, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 20 * 2**20)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in (".shp", ".shx", ".dbf"):
            archive.writestr(f"layer{part}", bytes(30 * 2**20))
    assert path.stat().st_size < 2**18
    refused(town, path, "larger than 20 MB")


def test_a_bomb_that_lies_about_its_size_stops_too(town, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 2**20)
    path = tmp_path / "lie.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("layer.geojson", bytes(8 * 2**20))
    content = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.find(sign)
        content[place + offset : place + offset + 4] = struct.pack("<I", 100)
    path.write_bytes(content)
    done = upload(town, path)
    assert done.job.state == JobState.REFUSED


def test_a_zip_in_a_zip_and_members_that_share_their_bytes_are_not_opened(town, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.shp", bytes(100))
    path = tmp_path / "nested.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    refused(town, path, "only another archive")
    # one local member, named a hundred times in the directory
    single = io.BytesIO()
    with zipfile.ZipFile(single, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", bytes(2**20))
    content = single.getvalue()
    start = content.find(b"PK\x01\x02")
    end = content.find(b"PK\x05\x06")
    entry = content[start:end]
    tail = bytearray(content[end:])
    tail[8:12] = struct.pack("<HH", 100, 100)
    tail[12:20] = struct.pack("<II", len(entry) * 100, start)
    path.write_bytes(content[:start] + entry * 100 + bytes(tail))
    assert upload(town, path).job.state == JobState.REFUSED


def test_a_link_in_a_zip_is_never_followed(town, tmp_path):
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("layer.geojson")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    refused(town, path, "no .shp file in this zip")


@pytest.mark.parametrize("name", ["../../../../tmp/x", "/etc/x", "C:\\x\\..\\y", "a!b..c/نص"])
def test_names_in_a_zip_lead_nowhere(town, tmp_path, name):
    zipped(tmp_path)
    path = tmp_path / "names.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            content = (tmp_path / "made" / f"layer{part}").read_bytes()
            archive.writestr(f"{name}{part}", content)
    done = upload(town, path)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert len(parcels(town)) == 2


@pytest.mark.parametrize("name", ["..!..zip", "a;b|c$(id)`id`.zip", "‮gpj.zip", "سجل.zip"])
def test_the_name_of_the_file_itself_is_only_shown(town, tmp_path, name):
    path = zipped(tmp_path).rename(tmp_path / name)
    done = upload(town, path)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert done.original_name == name and "/uploads/" in done.file.path
    assert Path(done.file.path).stem == str(done.job_id)


VRT = """<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>
<SrcLayer>x</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("name", ["a.geojson", "a.gml", "a.kml", "a.json", "a.xml"])
def test_a_virtual_layer_is_refused_under_any_name(town, tmp_path, name):
    refused(town, text(tmp_path, name, VRT), "virtual layer (VRT)")


def test_a_virtual_layer_in_a_zip_is_not_even_unpacked(town, tmp_path):
    path = tmp_path / "v.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.vrt", VRT)
    refused(town, path, "no .shp file in this zip")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ' ]><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&i;</name></Document></kml>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<FeatureCollection xmlns="http://www.opengis.net/gml">&a;</FeatureCollection>'
)


@pytest.mark.parametrize(("name", "content"), [("a.kml", LAUGHS), ("a.gml", OUTSIDE),
                                               ("a.osm", LAUGHS.replace("kml", "osm"))],
)  # fmt: skip
def test_entities_are_refused_before_anything_expands_them(town, tmp_path, name, content):
    kind = "buildings" if name.endswith("osm") else "parcels"
    refused(town, text(tmp_path, name, content), "document type definition", kind=kind)


def test_a_workbook_with_entities_is_refused(town, tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", LAUGHS)
        archive.writestr("xl/workbook.xml", LAUGHS)
    refused(town, path, "document type definition")


GEOJSON = """{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":
"http://169.254.169.254/latest/meta-data","type":"ogcwkt"}},"features":[{"type":"Feature",
"properties":{"id":"1"},"geometry":{"type":"Point","coordinates":[6.05,50.77]}}]}"""


def test_a_reference_system_behind_a_link_is_never_fetched(town, tmp_path):
    refused(town, text(tmp_path, "a.geojson", GEOJSON), "is a link, which is never followed")


def test_schemas_and_links_of_gml_are_not_fetched(town, tmp_path):
    geopandas.GeoDataFrame({"id": ["1"]}, geometry=SQUARES[:1], crs=25832).to_file(
        tmp_path / "a.gml", driver="GML"
    )
    content = (tmp_path / "a.gml").read_text(encoding="utf-8")
    content = content.replace('schemaLocation="', 'schemaLocation="http://127.0.0.1:9/x.xsd ')
    content = content.replace("<ogr:id>", '<ogr:id xlink:href="http://127.0.0.1:9/x">').replace(
        "<ogr:FeatureCollection",
        '<ogr:FeatureCollection xmlns:xlink="http://www.w3.org/1999/xlink"',
    )
    started = time.monotonic()
    done = upload(town, text(tmp_path, "b.gml", content))
    assert done.job.state in (JobState.DONE, JobState.REFUSED)
    assert time.monotonic() - started < 20


def test_the_reader_can_open_no_connection_and_no_file_of_others():
    probe = (
        "import socket, sys, tempfile\n"
        "from pathlib import Path\n"
        "from heatmap.ingest.reader.sandbox import enclose, leave_network\n"
        "leave_network()\n"
        "walls = enclose(memory_bytes=2**30, cpu_seconds=60, file_bytes=2**20,\n"
        "                folder=Path(tempfile.mkdtemp()), readable=[])\n"
        "try:\n"
        "    socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)\n"
        "    print('connected')\n"
        "except OSError: print('no connection')\n"
        "try: print(len(open(sys.argv[2]).read()), 'landlock' in walls)\n"
        "except OSError: print('no file')\n"
    )
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        answer = subprocess.run(
            [sys.executable, "-c", probe, str(server.getsockname()[1]),
             str(settings.BASE_DIR / "pyproject.toml")],
            cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
    assert answer[0] == "no connection"
    # where the kernel has no landlock, that is told, and files of the same user stay readable
    assert answer[1] == "no file" or answer[1].endswith("False")


def test_a_view_in_a_geopackage_is_not_run(town, tmp_path):
    path = tmp_path / "v.gpkg"
    geopandas.GeoDataFrame({"id": ["1"]}, geometry=SQUARES[:1], crs=25832).to_file(path, layer="t")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE hurt (x)")
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT 1 AS fid, geom, i AS id FROM t, n"
        )
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(
                "'endless'" if c in ("table_name", "identifier") else c for c in columns
            )
            database.execute(f"INSERT INTO {table} SELECT {chosen} FROM {table}")
    refused(town, path, "There is no layer endless", layer="endless")
    done = upload(town, path)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert done.report["layer"] == "t" and len(parcels(town)) == 1


def test_triggers_of_a_geopackage_do_not_run(town, tmp_path):
    path = tmp_path / "t.gpkg"
    geopandas.GeoDataFrame({"id": ["1"]}, geometry=SQUARES[:1], crs=25832).to_file(path, layer="t")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TRIGGER evil AFTER UPDATE ON gpkg_contents BEGIN DELETE FROM t; END"
        )
    done = upload(town, path)
    assert done.job.state == JobState.DONE and len(parcels(town)) == 1


def test_ten_million_corners_cost_a_row_and_no_worker(town, tmp_path):
    angles = np.linspace(0, 2 * np.pi, 10_000_000, endpoint=False)
    ring = np.column_stack([292_720 + 10 * np.cos(angles), 5_629_015 + 10 * np.sin(angles)])
    huge = shapely.Polygon(ring)
    path = tmp_path / "huge.gpkg"
    geopandas.GeoDataFrame(
        {"id": ["huge", "good"]}, geometry=[huge, SQUARES[1]], crs=25832
    ).to_file(path)
    done = upload(town, path)
    assert done.job.state in (JobState.DONE, JobState.REFUSED)
    if done.job.state == JobState.DONE:
        assert [p.ref for p in parcels(town)] == ["good"]
        assert "more than 1000000" in quality.warnings(done.report)[0]["message"]
    else:
        assert "memory" in done.job.sentence


@pytest.mark.filterwarnings("ignore:Exception ignored", "ignore:Creating a 256th field")
def test_three_hundred_columns_are_read_and_told(town, tmp_path):
    table = {f"c{number:03d}": ["x", "y"] for number in range(250)}
    path = tmp_path / "wide.gpkg"
    geopandas.GeoDataFrame({"id": ["A", "B"], **table}, geometry=SQUARES, crs=25832).to_file(path)
    more = {f"c{number:03d}": ["x", "y"] for number in range(299)}
    wide = zipped(tmp_path, columns={"id": ["A", "B"], **more})
    for file in (path, wide):
        done = upload(town, file)
        assert done.job.state == JobState.DONE, done.job.sentence
        assert len(done.report["unused_columns"]) >= 200


NASTY = [
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "'; DROP TABLE heatmap_parcel; --",
    "مدينة آخن", "%(x)s %s {0}", "\\N", '"quoted","comma"', "a\tb",
]  # fmt: skip


def test_markup_formulas_and_arabic_in_every_text_stay_texts(town, tmp_path):
    shapes = [shapely.box(292_700 + 50 * i, 5_629_000, 292_740 + 50 * i, 5_629_030)
              for i in range(len(NASTY))]  # fmt: skip
    table = {"id": [f"{i} {word}"[:70].replace("\t", " ") for i, word in enumerate(NASTY)],
             "name": NASTY, "zoning": NASTY, "owner": NASTY}  # fmt: skip
    path = tmp_path / "nasty.geojson"
    geopandas.GeoDataFrame(table, geometry=shapes, crs=25832).to_crs(4326).to_file(path)
    done = upload(town, path)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert [p.name for p in parcels(town)] == [word.replace("\t", " ") for word in NASTY]


def test_a_report_as_csv_runs_no_formula(town, tmp_path):
    path = text(tmp_path, "f.csv", "id,lon,lat\n=1+1,x,y\n+2,6.05,50.77\n@x,a,b\n")
    done = upload(town, path, kind="substations")
    for line in quality.as_csv(done.report).splitlines()[1:]:
        assert not any(cell.startswith(("=", "@")) for cell in line.split(","))


def test_a_reader_that_hangs_is_ended_and_fails_this_upload_only(town, tmp_path, monkeypatch):
    path = zipped(tmp_path)
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.05)
    refused(town, path, "took longer than")
    monkeypatch.undo()
    assert upload(town, path).job.state == JobState.DONE


def test_a_reader_that_dies_fails_this_upload_only(town, tmp_path, monkeypatch):
    path = zipped(tmp_path)
    monkeypatch.setattr(reading, "MEMORY_BYTES", 2**24)
    refused(town, path, "memory")
    monkeypatch.undo()
    assert upload(town, path).job.state == JobState.DONE


def test_one_broken_ring_costs_its_row_at_most(town, tmp_path):
    open_ring = "POLYGON((292700 5629000, 292740 5629000, 292740 5629030, 292700 5629030))"
    path = text(
        tmp_path, "r.csv",
        f"id;wkt\nA;{SQUARES[1].wkt}\nB;{open_ring}\nC;POLYGON((1 1))\nD;nonsense\n",
    )  # fmt: skip
    done = upload(town, path, srid=25832)
    assert done.job.state == JobState.DONE, done.job.sentence
    assert "A" in [p.ref for p in parcels(town)]
    assert {row["row"] for row in done.report["refused"]} >= {4, 5}


def test_the_command_answers_in_json_and_never_with_a_traceback(town, tmp_path):
    for name, content in (("a.gml", OUTSIDE), ("a.vrt", VRT), ("b.geojson", "{"), ("c.zip", "PK")):
        path = text(tmp_path, name, content)
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("import_layer", town.slug, "parcels", str(path), "--json", stdout=out)
        answer = json.loads(out.getvalue())
        assert answer["status"] == "refused"
        assert answer["errors"][0]["file"] == name
        assert answer["errors"][0]["message"] and answer["errors"][0]["remedy"]
    out = io.StringIO()
    call_command("import_layer", town.slug, "parcels", str(zipped(tmp_path)), "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["status"], answer["rows_used"], answer["errors"]) == ("accepted", 2, [])


def test_an_open_shapefile_is_taken_with_its_parts(town, tmp_path):
    zipped(tmp_path)
    out = io.StringIO()
    path = tmp_path / "made" / "layer.shp"
    call_command("import_layer", town.slug, "parcels", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue())["rows_used"] == 2
    with pytest.raises(Refusal, match="only a part of a shapefile"):
        upload(town, path)


def test_nothing_is_left_behind(town, tmp_path, monkeypatch):
    own = tmp_path / "scratch"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    assert upload(town, zipped(tmp_path)).job.state == JobState.DONE
    assert list(own.iterdir()) == []
