"""Every format that planners have comes to the same two parcels."""

import csv
import json
import zipfile
from contextlib import contextmanager
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from bringing import notes, upload
from django.core.files import File
from factories import make_town
from shapefiles import SQUARES

from heatmap.choices import JobState
from heatmap.identity import acting_as
from heatmap.models import Building, HeatDemandCell, Parcel, Pipe, Plant, Series, Substation
from heatmap.services import quality, upload_steps, uploads

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def rows(town, model) -> list:
    with acting_as(municipality=town.slug):
        return list(model.objects.order_by("ref"))


def frame() -> geopandas.GeoDataFrame:
    columns = {"FLURSTUECK": ["0012/7", "0013"], "NAME": ["Süd", "Öst"], "Fläche_ha": [0.12, 0.2]}
    return geopandas.GeoDataFrame(columns, geometry=SQUARES, crs=25832)


def geopackage(folder: Path) -> Path:
    frame().to_file(folder / "a.gpkg", layer="Flurstücke")
    return folder / "a.gpkg"


def geojson(folder: Path) -> Path:
    frame().to_crs(4326).to_file(folder / "a.geojson")
    return folder / "a.geojson"


def geojson_lines(folder: Path) -> Path:
    frame().to_crs(4326).to_file(folder / "a.geojsonl", driver="GeoJSONSeq")
    return folder / "a.geojsonl"


def flatgeobuf(folder: Path) -> Path:
    frame().to_file(folder / "a.fgb", driver="FlatGeobuf")
    return folder / "a.fgb"


def geoparquet(folder: Path) -> Path:
    frame().to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def geoarrow_parquet(folder: Path) -> Path:
    frame().to_parquet(folder / "b.parquet", geometry_encoding="geoarrow")
    return folder / "b.parquet"


def gml(folder: Path) -> Path:
    frame().to_file(folder / "a.gml", driver="GML")
    return folder / "a.gml"


def csv_with_wkt(folder: Path) -> Path:
    table = pd.DataFrame(frame().drop(columns="geometry"))
    table["wkt"] = [shape.wkt for shape in SQUARES]
    table.to_csv(folder / "a.csv", sep=";", decimal=",", index=False, encoding="cp1252")
    return folder / "a.csv"


def workbook_with_wkt(folder: Path) -> Path:
    table = pd.DataFrame(frame().drop(columns="geometry"))
    table["wkt"] = [shape.wkt for shape in SQUARES]
    table.to_excel(folder / "a.xlsx", index=False)
    return folder / "a.xlsx"


FORMATS = (
    geopackage, geojson, geojson_lines, flatgeobuf, geoparquet, geoarrow_parquet, gml,
    csv_with_wkt, workbook_with_wkt,
)  # fmt: skip


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_every_format_gives_the_same_parcels(town, tmp_path, write):
    done = upload(town, write(tmp_path))
    assert done.job.state == JobState.DONE, done.job.sentence
    found = rows(town, Parcel)
    assert [(p.ref, p.name) for p in found] == [("0012/7", "Süd"), ("0013", "Öst")]
    # 40 m x 30 m and 50 m x 40 m; 0.12 ha and 0.2 ha as stated
    assert [p.area_m2 for p in found] == pytest.approx([1200, 2000], rel=1e-4)
    assert [p.area_stated_m2 for p in found] == pytest.approx([1200, 2000])
    assert "converted from ha to m2" in notes(done)


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_a_file_cut_in_half_is_refused_or_read_in_part_but_never_breaks(town, tmp_path, write):
    whole = write(tmp_path).read_bytes()
    cut = tmp_path / f"cut{write(tmp_path).suffix}"
    cut.write_bytes(whole[: len(whole) // 2])
    done = upload(town, cut)
    assert done.job.state in (JobState.REFUSED, JobState.DONE)
    assert done.job.state == JobState.DONE or done.job.sentence


def test_kml_and_kmz_keep_their_fields(town, tmp_path):
    frame().to_crs(4326).to_file(tmp_path / "a.kml", driver="LIBKML")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.write(tmp_path / "a.kml", "doc.kml")
    for name in ("a.kml", "a.kmz"):
        done = upload(town, tmp_path / name, columns={"ref": "FLURSTUECK"})
        assert done.job.state == JobState.DONE, done.job.sentence
        with acting_as(municipality=town.slug):
            found = Parcel.objects.filter(version=done.version).order_by("ref")
            assert [p.ref for p in found] == ["0012/7", "0013"]


def test_closed_lines_of_a_drawing_become_areas_and_the_guessed_system_is_told(town, tmp_path):
    edges = [shape.exterior for shape in SQUARES]
    geopandas.GeoDataFrame(geometry=edges, crs=25832).to_file(tmp_path / "plan.dxf", driver="DXF")
    done = upload(town, tmp_path / "plan.dxf")
    assert done.job.state == JobState.DONE, done.job.sentence
    assert sorted(p.area_m2 for p in rows(town, Parcel)) == pytest.approx([1200, 2000], rel=1e-4)
    assert "2 closed lines were taken as the edges of areas" in notes(done)
    assert "EPSG:25832) is the only one" in notes(done)


def test_a_german_table_with_coordinates_units_and_signs_for_missing(town, tmp_path):
    (tmp_path / "haus.csv").write_text(
        "id;Rechtswert;Hochwert;Wärmebedarf [kWh/a];Nutzung\n"
        "001;292.700,5;5.629.000,1;12.345,6;Wohnhaus\n"
        "002;292.800,5;5.629.100,1;-;Büro\n"
        "003;292800;5629100;9999;Sonderbau\n",
        encoding="cp1252",
    )
    done = upload(town, tmp_path / "haus.csv", kind="buildings")
    assert done.job.state == JobState.DONE, done.job.sentence
    assert [
        (b.ref, b.use, b.is_dwelling, b.heat_demand_mwh_per_a) for b in rows(town, Building)
    ] == [
        ("001", "residential", True, pytest.approx(12.3456)),
        ("002", "office", False, None),
        ("003", "unknown", False, None),
    ]
    assert "read as missing: - (1), 9999 (1)" in notes(done)
    assert "not understood: Sonderbau" in notes(done)


def test_both_coordinates_in_one_column_and_units_in_cells(town, tmp_path):
    (tmp_path / "t.csv").write_text(
        'name,coords,sr_kva\nT1,"6.05,50.77",630\nT2,"6.06,50.78",0.4 MVA\n', encoding="utf-8"
    )
    done = upload(town, tmp_path / "t.csv", kind="substations")
    assert done.job.state == JobState.DONE, done.job.sentence
    assert [s.rating_kva for s in rows(town, Substation)] == [630.0, 400.0]


def test_plants_of_a_workbook_with_a_cost_for_each_month(town, tmp_path):
    costs = {f"Grenzkosten_{month:02d}": [40 + month] for month in range(1, 13)}
    table = {"Nr": ["01"], "lon": [6.05], "lat": [50.77], "Leistung [MW]": ["1,5"], **costs}
    pd.DataFrame(table).to_excel(tmp_path / "p.xlsx", index=False)
    upload(town, tmp_path / "p.xlsx", kind="plants")
    (plant,) = rows(town, Plant)
    assert (plant.ref, plant.capacity_kw) == ("01", 1500.0)
    assert plant.marginal_cost_eur_per_mwh == [40.0 + month for month in range(1, 13)]


def test_pipes_in_kelvin_and_nominal_diameters_written_as_text(town, tmp_path):
    lines = [
        shapely.LineString([(292_700, 5_629_000), (292_800, 5_629_000)]),
        shapely.LineString([(292_801, 5_629_000), (292_900, 5_629_100)]),
    ]
    columns = {"Nennweite": ["DN 100", '4"'], "VL_K": [363.15, 353.15], "Leiter": [2, 4]}
    path = tmp_path / "netz.gpkg"
    geopandas.GeoDataFrame(columns, geometry=lines, crs=25832).to_file(path)
    done = upload(
        town, path, kind="pipes", columns={"supply_degc": {"column": "VL_K", "unit": "K"}}
    )
    assert done.job.state == JobState.DONE, done.job.sentence
    # 4 inch = 101.6 mm
    assert [(p.dn_mm, p.pipe_count) for p in rows(town, Pipe)] == [(100, 2), (102, 4)]
    assert [p.supply_degc for p in rows(town, Pipe)] == pytest.approx([90.0, 80.0])
    # the ends at x = 292,800 and 292,801 are 1 m apart
    assert done.report["loose_ends"]["count"] == 2


def test_points_lines_and_areas_of_demand_are_gathered_in_cells_without_loss(town, tmp_path):
    # in the storage grid, cell edges at whole hundreds of metres
    at = (4_041_000, 3_082_000)
    point = shapely.Point(at[0] + 10, at[1] + 10)
    line = shapely.LineString([(at[0] + 50, at[1] + 50), (at[0] + 250, at[1] + 50)])
    area = shapely.box(at[0], at[1] + 50, at[0] + 100, at[1] + 150)
    path = tmp_path / "bedarf.gpkg"
    table = {"demand_mwh": [10.0, 40.0, 20.0]}
    geopandas.GeoDataFrame(table, geometry=[point, line, area], crs=3035).to_file(path)
    done = upload(town, path, kind="heat_demand")
    assert done.job.state == JobState.DONE, done.job.sentence
    cells = {c.ref: c.heat_demand_mwh_per_a for c in rows(town, HeatDemandCell)}
    # the line of 200 m lies 50 + 100 + 50 m in three cells; the area half and half in two
    assert cells == {
        "40410-30820": pytest.approx(10 + 10 + 10),
        "40411-30820": pytest.approx(20),
        "40412-30820": pytest.approx(10),
        "40410-30821": pytest.approx(10),
    }


def test_a_raster_of_heat_density_needs_a_unit_and_keeps_its_sum(town, tmp_path):
    path = tmp_path / "dichte.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=4, height=4, count=1, dtype="float32", crs="EPSG:3035",
        transform=Affine(100, 0, 4_041_000, 0, -100, 3_082_400), nodata=-1,
    ) as raster:  # fmt: skip
        raster.write(np.full((1, 4, 4), 50, "float32"))
    assert "does not say the unit" in upload(town, path, kind="heat_demand").job.sentence
    answer = {"heat_demand_mwh_per_a": {"column": "band1", "unit": "MWh/ha"}}
    done = upload(town, path, kind="heat_demand", columns=answer)
    assert done.job.state == JobState.DONE, done.job.sentence
    # pixels of one hectare with 50 MWh/(ha a); the national grid differs by up to 0.1 %
    demand = [cell.heat_demand_mwh_per_a for cell in rows(town, HeatDemandCell)]
    assert demand == pytest.approx([50.0] * 16, rel=2e-3)


@pytest.mark.parametrize(
    ("change", "says", "code"),
    [
        ("swapped", "With x and y exchanged they lie inside", None),
        ("zone", "the zone or system is wrong", 25833),
        ("degrees", "which counts metres", 4326),
        ("prefix", "carry the zone in front", 4647),
        ("south", "southern hemisphere", 25832),
    ],
)
def test_a_file_in_the_wrong_place_is_told_its_likely_mistake(town, tmp_path, change, says, code):
    plain = frame()
    shapes = {
        "swapped": lambda: list(
            shapely.transform(np.array(plain.to_crs(4326).geometry), lambda p: p[:, ::-1])
        ),
        "zone": lambda: list(plain.to_crs(25833).geometry),
        "degrees": lambda: list(plain.to_crs(4326).geometry),
        "prefix": lambda: list(shapely.transform(np.array(SQUARES), lambda p: p + [32e6, 0])),
        "south": lambda: SQUARES,
    }[change]()
    crs = {"swapped": 4326, "south": 32732}.get(change, 25832)
    path = tmp_path / "wo.gpkg"
    geopandas.GeoDataFrame(plain.drop(columns="geometry"), geometry=shapes, crs=crs).to_file(path)
    done = upload(town, path)
    assert done.job.state == JobState.REFUSED
    assert says in done.job.sentence
    again = upload(town, path, srid=code, swap_axes=change == "swapped")
    assert again.job.state == JobState.DONE, again.job.sentence


def test_inspecting_proposes_and_checking_reports_without_publishing(town, tmp_path):
    path = geopackage(tmp_path)
    with acting_as(municipality=town.slug), path.open("rb") as handle:
        received = uploads.receive(
            town, None, kind="parcels", file=File(handle), name=path.name, step="inspect"
        )
    looked = uploads.process(received.job_id)
    (layer,) = looked.proposal["layers"]
    assert layer["kinds"][0]["kind"] == "parcels"
    assert layer["crs"]["srid"] == 25832
    chosen = {c["field"]: c["column"] for c in layer["mappings"]["parcels"]["columns"]}
    assert chosen == {"ref": "FLURSTUECK", "name": "NAME", "area_stated_m2": "Fläche_ha"}
    with acting_as(municipality=town.slug):
        uploads.next_step(looked, "check", None, columns={"ref": {"column": "FLURSTUECK"}})
    checked = uploads.process(looked.job_id)
    assert checked.job.state == JobState.DONE, checked.job.sentence
    assert checked.version is None and checked.report["rows_used"] == 2
    assert rows(town, Parcel) == []
    with acting_as(municipality=town.slug):
        uploads.next_step(checked, "commit", None)
    done = uploads.process(checked.job_id)
    assert done.version is not None and len(rows(town, Parcel)) == 2
    with acting_as(municipality=town.slug):
        assert upload_steps.remembered(town, done.fingerprint)["columns"] == {
            "ref": {"column": "FLURSTUECK"}
        }


def test_overlaps_doubles_and_upright_surfaces_are_in_the_report(town, tmp_path):
    upright = shapely.Polygon(
        [(292_700, 5_629_000, 0), (292_740, 5_629_000, 0), (292_740, 5_629_000, 9)]
    )
    # the second box shares 20 m x 30 m with the first
    shifted = shapely.box(292_720, 5_629_000, 292_760, 5_629_030)
    shapes = [SQUARES[0], shifted, SQUARES[1], SQUARES[1], upright]
    path = tmp_path / "q.gpkg"
    table = {"id": list("ABCDE")}
    geopandas.GeoDataFrame(table, geometry=shapes, crs=25832).to_file(path)
    done = upload(town, path)
    assert [p.ref for p in rows(town, Parcel)] == list("ABCD")
    assert done.report["double_shapes"]["count"] == 1
    overlaps = done.report["overlaps"]
    assert overlaps["count"] == 2  # A with B, and C with its double
    assert overlaps["area_m2"] == pytest.approx(600 + 2000, rel=1e-3)
    (refused,) = done.report["refused"]
    assert (refused["row"], "upright" in refused["message"]) == (5, True)
    lines = quality.as_csv(done.report).splitlines()
    assert lines[0] == "file,row,ref,column,value,message,remedy"
    assert any("footprints instead of walls" in line for line in lines)


def quarter_hours(year: int) -> pd.DataFrame:
    """A price of 10 ct/kWh, quarter-hourly in local time, with the clock changes of Berlin."""
    times = pd.date_range(f"{year}-01-01", f"{year}-12-31 23:45", freq="15min", tz="Europe/Berlin")
    stamps = times.tz_localize(None).strftime("%d.%m.%Y %H:%M")
    return pd.DataFrame({"Zeit": stamps, "Preis ct/kWh": 10.0})


def test_a_local_quarter_hourly_price_becomes_hours_in_utc(town, tmp_path):
    table = quarter_hours(2023)
    table.to_csv(tmp_path / "preis.csv", sep=";", decimal=",", index=False)
    done = upload(town, tmp_path / "preis.csv", kind="series")
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        series = Series.objects.get()
    # 10 ct/kWh = 100 EUR/MWh
    assert len(series.values) == 8760 and set(series.values) == {100.0}
    assert (series.quantity, series.year_label) == ("price_eur_per_mwh", "2023")
    assert "Europe/Berlin" in notes(done) and "averaged to hours" in notes(done)


def test_a_leap_year_with_gaps_and_doubles_is_told_all_that_was_done(town, tmp_path):
    times = pd.date_range("2024-01-01", "2024-12-31 23:00", freq="h", tz="UTC")
    table = pd.DataFrame(
        {"utc": times.strftime("%Y-%m-%dT%H:%M:%SZ"), "temp_C": np.arange(8784.0) % 30}
    )
    table = pd.concat([table.drop(index=[1000, 1001]), table.iloc[[50]]])
    table.to_csv(tmp_path / "t.csv", index=False)
    done = upload(town, tmp_path / "t.csv", kind="series")
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        values = Series.objects.get().values
    assert len(values) == 8760
    # hours 999 and 1002 have 9 and 12 degrees: a straight line gives 10 and 11
    assert values[1000:1002] == pytest.approx([10.0, 11.0])
    said = notes(done)
    assert "2 missing hours were filled" in said and "29 February was left out" in said
    assert "1 times stand twice" in said


def test_a_gap_of_four_hours_refuses_the_series(town, tmp_path):
    times = pd.date_range("2023-01-01", "2023-12-31 23:00", freq="h", tz="UTC")
    table = pd.DataFrame({"utc": times.strftime("%Y-%m-%d %H:%M"), "temp_C": 5.0})
    table.drop(index=range(100, 104)).to_csv(tmp_path / "t.csv", index=False)
    done = upload(town, tmp_path / "t.csv", kind="series")
    assert done.job.state == JobState.REFUSED
    assert "the longest gap has 4 hours" in done.job.sentence


def test_names_of_columns_in_six_languages_are_understood(town, tmp_path):
    for column in (
        "heat_demand_kwh", "Wärmebedarf_kWh", "lämmöntarve kWh", "värmebehov (kWh)",
        "varmebehov_kWh", "besoin chaleur [kWh]",
    ):  # fmt: skip
        features = [
            {"type": "Feature", "properties": {column: 5000},
             "geometry": {"type": "Point", "coordinates": [6.05, 50.77]}},
        ]  # fmt: skip
        path = tmp_path / "d.geojson"
        document = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(document), encoding="utf-8")
        done = upload(town, path, kind="heat_demand")
        assert done.job.state == JobState.DONE, (column, done.job.sentence)
        with acting_as(municipality=town.slug):
            (cell,) = HeatDemandCell.objects.filter(version=done.version)
        assert cell.heat_demand_mwh_per_a == pytest.approx(5.0), column


def test_the_database_finds_the_same_neighbours_as_the_reader_in_a_layer_too_large_for_it(
    town, tmp_path, monkeypatch
):
    # squares of 40 m every 30 m in a row: each of the seven shares 10 m x 40 m with the next; the
    # eighth repeats the first, and the ninth repeats the id of the second, so it is out of it
    boxes = [shapely.box(x, 5_629_000, x + 40, 5_629_040) for x in range(292_700, 292_910, 30)]
    table = {"id": [*"ABCDEFGHB"]}
    path = tmp_path / "row.gpkg"
    shapes = [*boxes, boxes[0], boxes[3]]
    geopandas.GeoDataFrame(table, geometry=shapes, crs=25832).to_file(path)
    small = upload(town, path).report
    monkeypatch.setattr(upload_steps, "spooled", _without_neighbours(upload_steps.spooled))
    large = upload(town, path).report
    assert small["double_shapes"] == large["double_shapes"] == {"count": 1, "rows": [[1, 8]]}
    assert small["overlaps"]["count"] == large["overlaps"]["count"] == 6 + 1 + 1  # A and B with H
    # five neighbours and H with B share 400 m2 each: 7 x 400, and A with its double 1,600
    assert small["overlaps"]["area_m2"] == pytest.approx(7 * 400 + 1600, rel=1e-3)
    assert small["overlaps"]["area_m2"] == pytest.approx(large["overlaps"]["area_m2"], rel=1e-6)
    assert sorted(map(tuple, small["overlaps"]["pairs"])) == sorted(
        map(tuple, large["overlaps"]["pairs"])
    )


def _without_neighbours(spooled):
    @contextmanager
    def forgetting(*arguments):
        with spooled(*arguments) as result:
            result.facts["neighbours"] = None
            yield result

    return forgetting


def test_a_double_and_lists_and_truths_come_through_the_binary_spool(town, tmp_path):
    path = tmp_path / "plants.csv"
    months = [str(10 + month) for month in range(12)]
    header = ["id", "name", "x", "y", "capacity_kw", *[f"cost_{m:02d}" for m in range(1, 13)]]
    rows_ = [
        ["01", 'Ä, "B"', "292700", "5629000", "1500", *months],
        ["02", "", "292710", "5629000", "", *([""] * 12)],
    ]
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([header, *rows_])
    costs = {"columns": [f"cost_{m:02d}" for m in range(1, 13)], "unit": "EUR/MWh"}
    done = upload(town, path, "plants", srid=25832, columns={"marginal_cost_eur_per_mwh": costs})
    assert done.job.state == "done", done.job.sentence
    one, two = rows(town, Plant)
    assert (one.ref, one.name, one.capacity_kw) == ("01", 'Ä, "B"', 1500)
    assert one.marginal_cost_eur_per_mwh == [10.0 + month for month in range(12)]
    assert (two.name, two.capacity_kw, two.marginal_cost_eur_per_mwh) == ("", None, None)
