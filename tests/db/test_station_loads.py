"""The hourly load of a substation or feeder is brought by its id, and asked for by it."""

import csv
import io

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from factories import make_person, make_town, make_version

from heatmap.choices import DataClass, JobState, Role
from heatmap.errors import sentence
from heatmap.identity import acting_as
from heatmap.models import LayerVersion, Membership, Series, Upload
from heatmap.series_selectors import load_of_station, station_loads, station_refs
from heatmap.services import uploads, versions
from sites.parcel_selectors import newest_versions

pytestmark = pytest.mark.django_db
HOURS = 8760


@pytest.fixture
def town():
    """Substations UW-1 and 0012, and a feeder A."""
    home = make_town(member=make_person("planner"))
    for kind, refs in (("substations", ("UW-1", "0012")), ("feeders", ("A",))):
        rows = [{"ref": ref} for ref in refs]
        make_version(home, kind, data_class=DataClass.RESTRICTED, rows=rows, name=kind)
    return home


def stamps() -> list[str]:
    """The hours of 2023 in UTC, by their beginning."""
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return [
        f"2023-{month:02d}-{day:02d} {hour:02d}:00"
        for month, count in enumerate(days, start=1)
        for day in range(1, count + 1)
        for hour in range(24)
    ]


def upload(town, rows: list[list], step: str = "commit", **answers) -> Upload:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    with acting_as(municipality=town.slug):
        received = uploads.receive(
            town, None, kind="series", file=ContentFile(text.getvalue().encode(), "load.csv"),
            name="load.csv", step=step, **answers,
        )  # fmt: skip
    return uploads.process(received.job_id)


def wide() -> list[list]:
    """Loads of 2 MW in the first hour and 1 MW after it, and of 300 kW always."""
    rows = [[stamp, 1, 300] for stamp in stamps()]
    rows[0][1] = 2
    return [["time_utc", "UW-1 [MW]", "0012_kW"], *rows]


def test_a_column_for_each_substation_becomes_a_series_for_each(town):
    done = upload(town, wide())
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        assert station_refs(town) == ["0012", "A", "UW-1"]
        year, values = load_of_station(town, "UW-1")
        assert (year, len(values), values[0], set(values[1:])) == ("2023", HOURS, 2000, {1000})
        assert set(load_of_station(town, "0012")[1]) == {300}
        assert load_of_station(town, "A") is None
        names = set(Series.objects.values_list("version__layer__name", "version__data_class"))
        assert names == {("Load UW-1", "restricted"), ("Load 0012", "restricted")}
        # a run takes the load of a town, never that of one substation
        assert "load_kw" not in newest_versions(town)
    told = [(one["station"], one["highest"]) for one in done.report["stations"]]
    assert told == [("UW-1", 2000), ("0012", 300)]


def test_a_column_that_names_the_station_sorts_the_rows(town):
    rows = [
        [stamp, ref, load] for stamp in stamps() for ref, load in (("A", "40"), ("0012", "7,5"))
    ]
    rows.insert(5, ["2023-01-01 02:00", "elsewhere", "1"])
    done = upload(town, [["Zeit", "Station", "Last kW"], *rows])
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        assert set(load_of_station(town, "A")[1]) == {40}
        assert set(load_of_station(town, "0012")[1]) == {7.5}
    (refused,) = done.report["refused"]
    assert (refused["row"], refused["column"], refused["value"]) == (7, "Station", "elsewhere")
    assert "no substation or feeder with the id elsewhere" in sentence(
        refused["message"], refused["values"]
    )


def test_a_gap_in_one_of_the_loads_leaves_none(town):
    rows = wide()
    for row in rows[101:105]:
        row[2] = ""
    done = upload(town, rows)
    assert done.job.state == JobState.REFUSED
    assert "the longest gap has 4 hours" in done.job.sentence
    with acting_as(municipality=town.slug):
        assert not Series.objects.exists()


def test_a_file_that_names_stations_of_a_town_without_any_is_refused(town):
    bare = make_town()
    rows = [["time", "station", "load_kw"], *[[stamp, "A", 1] for stamp in stamps()[:48]]]
    done = upload(bare, rows, columns={"station": {"column": "station"}})
    assert done.job.state == JobState.REFUSED
    assert "the town has none" in done.job.sentence


def test_a_load_without_a_station_is_that_of_the_town(town):
    done = upload(town, [["time_utc", "load_kw"], *[[stamp, 5] for stamp in stamps()]])
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        assert Series.objects.get().station_ref == ""
        assert "load_kw" in newest_versions(town)


def test_the_newest_load_counts_and_an_older_one_can_be_restored_with_its_station(town):
    upload(town, wide())
    lower = wide()
    for row in lower[1:]:
        row[2] = 100
    upload(town, lower)
    with acting_as(municipality=town.slug):
        assert set(load_of_station(town, "0012")[1]) == {100}
        old = LayerVersion.objects.get(layer__name="Load 0012", number=1)
        versions.restore(old, None)
        assert set(load_of_station(town, "0012")[1]) == {300}


def test_who_only_looks_does_not_see_the_load_of_a_substation(town):
    upload(town, wide())
    viewer = make_person("viewer")
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=viewer, municipality=town, role=Role.VIEWER)
    with acting_as(user_id=viewer.pk):
        assert load_of_station(town, "UW-1") is None
        town.may = frozenset()
        assert station_loads(town) == []


def test_the_shell_brings_loads_too(town, tmp_path):
    path = tmp_path / "loads.csv"
    with path.open("w", newline="") as handle:
        csv.writer(handle).writerows(wide())
    call_command("import_layer", town.slug, "series", str(path), stdout=io.StringIO())
    with acting_as(municipality=town.slug):
        assert set(load_of_station(town, "0012")[1]) == {300}
