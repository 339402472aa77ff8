"""Weather files, and measured series of the heat network."""

import numpy as np
import pandas as pd
import pytest
from bringing import notes, upload
from factories import make_town

from heatmap.choices import JobState
from heatmap.identity import acting_as
from heatmap.models import Series

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


HEADER = """LOCATION,Testville,-,DEU,own,000000,50.8,6.1,{zone},200.0
DESIGN CONDITIONS,0
TYPICAL/EXTREME PERIODS,0
GROUND TEMPERATURES,0
HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0
COMMENTS 1,made for a test
COMMENTS 2,
DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31
"""


def weather(hours: int, zone: float) -> str:
    """Every hour as warm as its number in the day; hour 1 ends at 1 o'clock."""
    days = pd.date_range("2001-01-01", periods=hours // 24)
    rows = [
        f"{2001 if day.month < 7 else 1999},{day.month},{day.day},{hour},60,?9,{hour}.0,0.0,50"
        for day in days
        for hour in range(1, 25)
    ]
    return HEADER.format(zone=zone) + "\n".join(rows) + "\n"


def test_a_weather_file_becomes_temperatures_in_utc(town, tmp_path):
    path = tmp_path / "testville.epw"
    path.write_text(weather(8760, 1.0))
    done = upload(town, path, kind="series")
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        series = Series.objects.get()
    assert (series.quantity, series.year_label, len(series.values)) == (
        "temperature_degc", "2001", 8760,
    )  # fmt: skip
    # the hour that ends at 1 o'clock UTC ends at 2 in Central European time
    assert series.values[:3] == [2.0, 3.0, 4.0]
    assert series.values[23] == 1.0


def test_half_a_time_zone_lies_between_two_hours(town, tmp_path):
    path = tmp_path / "half.epw"
    path.write_text(weather(8760, 5.5))
    done = upload(town, path, kind="series")
    assert done.job.state == JobState.DONE, done.job.sentence
    with acting_as(municipality=town.slug):
        assert Series.objects.get().values[0] == pytest.approx(6.5)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (weather(8760, 1.0).replace(",1.0,200.0", ",x,200.0"), "EnergyPlus format"),
        (weather(240, 1.0), "240 hours"),
    ],
)
def test_a_broken_weather_file_is_refused_with_its_cause(town, tmp_path, text, cause):
    path = tmp_path / "broken.epw"
    path.write_text(text)
    done = upload(town, path, kind="series")
    assert done.job.state == JobState.REFUSED
    assert cause in done.job.sentence


@pytest.mark.parametrize(
    ("column", "quantity", "value"),
    [
        ("Wärmelast [MW]", "heat_load_kw", 3000.0),
        ("Vorlauftemperatur [°C]", "supply_degc", 3.0),
        ("return_temperature [°C]", "return_degc", 3.0),
        ("Außentemperatur [°C]", "temperature_degc", 3.0),
        ("load [MW]", "load_kw", 3000.0),
    ],
)
def test_the_longest_known_name_tells_what_a_column_holds(town, tmp_path, column, quantity, value):
    times = pd.date_range("2023-01-01", "2023-12-31 23:00", freq="h", tz="UTC")
    table = pd.DataFrame({"utc": times.strftime("%Y-%m-%d %H:%M"), column: np.full(8760, 3.0)})
    table.to_csv(tmp_path / "t.csv", index=False)
    done = upload(town, tmp_path / "t.csv", kind="series")
    assert done.job.state == JobState.DONE, (done.job.sentence, notes(done))
    with acting_as(municipality=town.slug):
        series = Series.objects.get()
    assert series.quantity == quantity
    assert set(series.values) == {value}
