"""Reads an hourly series from a table: one year, hour-ending UTC, nothing filled in silence."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from heatmap.ingest.kinds import SERIES_NAMES
from heatmap.ingest.reader.layers import note
from heatmap.ingest.reader.messages import FileRefused, Remarks, emit, gettext_noop
from heatmap.ingest.reader.numbers import has_decimal_comma, is_missing, number_and_unit
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.reader.table import Csv, Workbook, header_of
from heatmap.ingest.units import convert, skeleton, unit_in_name

UNITS = {"price_eur_per_mwh": "EUR/MWh", "temperature_degc": "degC", "load_kw": "kW"}
PLAUSIBLE = {
    "price_eur_per_mwh": (-1000.0, 5000.0),
    "temperature_degc": (-60.0, 60.0),
    "load_kw": (-1e7, 1e7),
}
TIME_NAMES = (
    "time zeit zeitpunkt zeitstempel timestamp datetime datum date von start utc aika paivamaara "
    "tid tidpunkt dato tidspunkt heure horodatage mtu datumvon utc_timestamp hour stunde from "
    "begin datumuhrzeit datetimeutc validfrom cetcest mtucetcest"
)
CLOCK_NAMES = "uhrzeit zeit time klo kello klockan klokken heure hour von start"
COUNTRY_ZONES = {
    "DE": "Europe/Berlin",
    "FI": "Europe/Helsinki",
    "SE": "Europe/Stockholm",
    "DK": "Europe/Copenhagen",
    "NO": "Europe/Oslo",
    "FR": "Europe/Paris",
    "AT": "Europe/Vienna",
    "NL": "Europe/Amsterdam",
    "CH": "Europe/Zurich",
    "BE": "Europe/Brussels",
}
LONGEST_GAP_H = 3
LISTED = 60
HOUR = timedelta(hours=1)
STAMP = re.compile(
    r"^(?P<a>\d{1,4})[-./](?P<b>\d{1,2})[-./](?P<c>\d{2,4})(?:[T ]+(?P<h>\d{1,2})[:.h](?P<m>\d{2})"
    r"(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?)?\s*(?P<z>Z|UTC|[+-]\d{1,2}:?(?:\d{2})?)?"
    r"(?:\s*\(?(?P<name>CET|CEST|MEZ|MESZ|EET|EEST)\)?)?(?:\s*[-–].*)?$"
)
FIXED_ZONES = {"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3}


@dataclass
class Raw:
    """Stamps and values as they stand in the file."""

    moments: list[datetime] = field(default_factory=list)
    has_offset: list[bool] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def read(source: Source, request: Mapping[str, Any]) -> None:
    """Print the values of one year and everything that was done to get them."""
    if source.format not in ("csv", "xlsx"):
        raise FileRefused(
            gettext_noop(
                "An hourly series is read from a CSV or XLSX file only.\nExport it as one of them."
            )
        )
    encoding = request.get("encoding") or ""
    table = Csv(source, encoding) if source.format == "csv" else Workbook(source, encoding)
    layer = request.get("layer") or table.layers()[0].name
    rows = table.rows(layer)
    header, first, start = header_of(rows)
    columns = request.get("columns") or {}
    time_columns = _time_columns(header, columns, first)
    quantity, value_column, unit = _value_column(header, columns, time_columns)
    remarks, notes = Remarks(), []
    raw = _collect(
        itertools.chain(first, rows),
        header,
        start,
        time_columns,
        value_column,
        quantity,
        unit,
        remarks,
        notes,
    )
    if not raw.moments:
        raise FileRefused(
            gettext_noop(
                "No row of the table has a time and a value.\nState the columns, for example "
                "time=TIMESTAMP %(quantity)s=PRICE."
            ),
            quantity=quantity,
        )
    year, values, document = _one_year(raw, request, header[time_columns[0]], remarks, notes)
    emit(
        "facts",
        layer=layer,
        format=source.format,
        crs="-",
        srid=None,
        crs_from="",
        encoding=getattr(table, "encoding", ""),
        rows_read=len(raw.moments) + remarks.refused,
        rows_used=len(raw.moments),
        rows_refused=remarks.refused,
        refused_counts=dict(remarks.by_message),
        features=len(values),
        columns=[],
        unused_columns=[],
        ids_are_row_numbers=True,
        handling={},
        double_rows=0,
        notes=notes,
        series={"quantity": quantity, "year": year, "values": values, **document},
    )


def _time_columns(header: list[str], asked: Mapping[str, Any], first: list[list[Any]]) -> list[int]:
    by_name = {name.casefold(): place for place, name in enumerate(header)}
    wanted = str((asked.get("time") or {}).get("column", "")).casefold()
    if wanted:
        if wanted not in by_name:
            raise _no_time(header)
        return [by_name[wanted]]
    sample = first[:50]

    def share(place: int) -> float:
        cells = [str(row[place] or "") for row in sample if place < len(row)]
        return sum(_stamp(cell) is not None for cell in cells) / max(1, len(cells))

    dated = [place for place in range(len(header)) if share(place) > 0.6]
    if not dated:
        raise _no_time(header)
    names = {skeleton(name) for name in TIME_NAMES.split()}
    best = max(
        dated,
        key=lambda place: (
            _is_utc(header[place]),
            any(n in skeleton(header[place]) for n in names),
            -place,
        ),
    )
    stamps = [str(row[best] or "") for row in sample if best < len(row)]
    if not any(re.search(r"\d[:.h]\d{2}", re.sub(r"^\S+", "", s) or "") for s in stamps):
        for place, name in enumerate(header):
            cells = [str(row[place] or "") for row in sample if place < len(row)]
            clock = all(re.match(r"^\d{1,2}([:.]\d{2})", cell) for cell in cells if cell)
            if (
                place != best
                and clock
                and skeleton(name) in {skeleton(n) for n in CLOCK_NAMES.split()}
            ):
                return [best, place]
    return [best]


def _is_utc(name: str) -> bool:
    return "utc" in name.lower() or "gmt" in name.lower()


def _no_time(header: list[str]) -> FileRefused:
    return FileRefused(
        gettext_noop(
            "No column holds date and time; the columns are %(columns)s.\nState it, for example "
            "time=TIMESTAMP."
        ),
        columns=", ".join(header[:40]),
    )


def _value_column(
    header: list[str], asked: Mapping[str, Any], times: list[int]
) -> tuple[str, int, str]:
    by_name = {name.casefold(): place for place, name in enumerate(header)}
    for quantity in SERIES_NAMES:
        if quantity in asked:
            column = str(asked[quantity].get("column", "")).casefold()
            if column not in by_name:
                raise FileRefused(
                    gettext_noop(
                        "There is no column %(column)s for %(field)s.\nThe file has the columns "
                        "%(columns)s."
                    ),
                    column=column,
                    field=quantity,
                    columns=", ".join(header[:40]),
                )
            return quantity, by_name[column], str(asked[quantity].get("unit") or "")
    found = []
    for quantity, names in SERIES_NAMES.items():
        for place, name in enumerate(header):
            if place in times:
                continue
            words = {skeleton(part) for part in re.split(r"[^0-9A-Za-zÀ-ÿ]+", name)} | {
                skeleton(name)
            }
            known = {skeleton(alias) for alias in names.split()}
            if words & known or any(len(k) > 4 and k in skeleton(name) for k in known):
                found.append((quantity, place))
    if len({quantity for quantity, _ in found}) == 1:
        return found[0][0], found[0][1], ""
    raise FileRefused(
        gettext_noop(
            "It is not clear which column holds the values; the columns are %(columns)s.\nState it "
            "as price_eur_per_mwh=COLUMN, temperature_degc=COLUMN or load_kw=COLUMN."
        ),
        columns=", ".join(header[:40]),
    )


def _collect(
    rows: Any,
    header: list[str],
    start: int,
    times: list[int],
    value_column: int,
    quantity: str,
    unit: str,
    remarks: Remarks,
    notes: list[dict[str, Any]],
) -> Raw:
    target = UNITS[quantity]
    stated = unit or unit_in_name(header[value_column], target)
    factors = convert(stated or target, target)
    if factors is None:
        raise FileRefused(
            gettext_noop(
                "%(unit)s cannot be turned into %(target)s, in which %(field)s is kept.\n"
                "State the unit of the column."
            ),
            unit=stated,
            target=target,
            field=quantity,
        )
    if not stated:
        notes.append(
            note(
                gettext_noop("Column %(column)s does not say its unit; %(unit)s was assumed."),
                column=header[value_column],
                unit=target,
            )
        )
    raw, comma, month_first = Raw(), None, None
    buffer = list(itertools.islice(rows, 2000))
    cells = [str(row[value_column] or "") for row in buffer if value_column < len(row)]
    comma = has_decimal_comma([cell for cell in cells if cell])
    month_first = _month_first([_joined(row, times) for row in buffer])
    for number_, row in enumerate(itertools.chain(buffer, rows), start=start):
        text = _joined(row, times)
        cell = str(
            row[value_column] if value_column < len(row) and row[value_column] is not None else ""
        )
        if not text and not cell:
            continue
        stamp = _stamp(text, month_first=month_first)
        parsed = None if is_missing(cell) else number_and_unit(cell, comma=comma)
        if stamp is None:
            remarks.refuse(number_, text, NO_STAMP, column=header[times[0]], value=text)
        elif parsed is None:
            if not is_missing(cell):
                remarks.refuse(number_, text, NO_VALUE, column=header[value_column], value=cell)
        else:
            raw.moments.append(stamp)
            raw.has_offset.append(stamp.tzinfo is not None)
            raw.values.append(parsed[0] * factors[0] + factors[1])
            raw.rows.append(number_)
    low, high = PLAUSIBLE[quantity]
    odd = sum(not low <= value <= high for value in raw.values)
    if odd:
        notes.append(
            note(
                gettext_noop(
                    "%(count)s values lie outside %(low)s to %(high)s %(unit)s and were kept."
                ),
                count=odd,
                low=low,
                high=high,
                unit=target,
            )
        )
    return raw


NO_STAMP = gettext_noop("the time cannot be read\nWrite it as 2024-12-31 23:00.")
NO_VALUE = gettext_noop("the value is not a number\nCorrect it, or leave the cell empty.")


def _joined(row: list[Any], places: list[int]) -> str:
    return " ".join(str(row[place] or "").strip() for place in places if place < len(row)).strip()


def _month_first(texts: list[str]) -> bool:
    """Whether dates such as 01/31/2024 put the month first."""
    return any(
        (m := STAMP.match(text)) and len(m["a"]) <= 2 and int(m["b"]) > 12 for text in texts
    ) and not any(
        (m := STAMP.match(text)) and len(m["a"]) <= 2 and int(m["a"]) > 12 for text in texts
    )


def _stamp(text: str, *, month_first: bool = False) -> datetime | None:
    match = STAMP.match(text.strip())
    if not match:
        return None
    a, b, c = (int(match[part]) for part in "abc")
    year, month, day = (
        (a, b, c) if len(match["a"]) == 4 else (c, a, b) if month_first else (c, b, a)
    )
    year += 2000 if year < 100 else 0
    hour = int(match["h"] or 0)
    try:
        moment = datetime(year, month, day) + timedelta(  # noqa: DTZ001  the zone follows
            hours=hour, minutes=int(match["m"] or 0), seconds=int(match["s"] or 0)
        )
    except (ValueError, OverflowError):
        return None
    zone = match["z"]
    if zone in ("Z", "UTC"):
        return moment.replace(tzinfo=UTC)
    if zone:
        digits = re.sub(r"[^0-9]", "", zone)
        hours, minutes = int(digits[:-2] or digits) if len(digits) > 2 else int(digits), 0
        minutes = int(digits[-2:]) if len(digits) > 2 else 0
        if hours > 14:
            return None
        shift = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
        return (moment - shift).replace(tzinfo=UTC)
    if match["name"]:
        return (moment - timedelta(hours=FIXED_ZONES[match["name"]])).replace(tzinfo=UTC)
    return moment


def _one_year(
    raw: Raw,
    request: Mapping[str, Any],
    time_name: str,
    remarks: Remarks,
    notes: list[dict[str, Any]],
) -> tuple[int, list[float], dict[str, Any]]:
    zone = _zone(raw, request, time_name, notes)
    moments = _in_utc(raw, zone)
    steps = np.diff(np.array(sorted(moments)))
    step = min((s for s in steps.tolist() if s > timedelta(0)), default=HOUR)
    if step > HOUR or HOUR % step:
        raise FileRefused(
            gettext_noop(
                "The shortest step of the series is %(minutes)s minutes; hours or equal parts of "
                "an hour are needed.\nExport hourly values."
            ),
            minutes=str(int(step.total_seconds() // 60)),
        )
    ends = _stamps_are_ends(raw, step, request, time_name, notes)
    shift = timedelta(0) if ends else step
    hours: dict[datetime, list[float]] = {}
    seen: set[datetime] = set()
    doubles = []
    for moment, value in zip(moments, raw.values, strict=True):
        if moment in seen:
            doubles.append(moment)
            continue
        seen.add(moment)
        end = moment + shift
        whole = end.replace(minute=0, second=0) + (
            HOUR if end.minute or end.second else timedelta(0)
        )
        hours.setdefault(whole, []).append(value)
    if step < HOUR:
        notes.append(
            note(
                gettext_noop("Steps of %(minutes)s minutes were averaged to hours."),
                minutes=int(step.total_seconds() // 60),
            )
        )
    if doubles:
        notes.append(
            note(
                gettext_noop(
                    "%(count)s times stand twice, the first one at %(first)s; the first value "
                    "counts."
                ),
                count=len(doubles),
                first=f"{doubles[0]:%Y-%m-%d %H:%M} UTC",
            )
        )
    means = {hour: float(np.mean(values)) for hour, values in hours.items()}
    year = _fullest_year(means)
    values, filled = _filled(means, year, notes)
    return (
        year,
        values,
        {
            "filled": filled,
            "timezone": str(zone),
            "stamps": "end" if ends else "start",
            "step_minutes": int(step.total_seconds() // 60),
        },
    )


def _zone(
    raw: Raw, request: Mapping[str, Any], time_name: str, notes: list[dict[str, Any]]
) -> ZoneInfo | Any:
    if all(raw.has_offset):
        return UTC
    wanted = str(request.get("timezone") or "")
    if wanted:
        try:
            return ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise FileRefused(
                gettext_noop(
                    "The time zone %(zone)s is not known.\nWrite it as Europe/Berlin or UTC."
                ),
                zone=wanted,
            ) from error
    if _is_utc(time_name):
        return UTC
    local = ZoneInfo(COUNTRY_ZONES.get(str(request.get("country")), "Europe/Berlin"))
    if _keeps_summer_time(raw.moments, local):
        notes.append(
            note(
                gettext_noop(
                    "The clock was changed twice a year in the file; the times were read as "
                    "%(zone)s."
                ),
                zone=str(local),
            )
        )
        return local
    notes.append(
        note(
            gettext_noop(
                "The times name no zone and the clock is never changed; they were read as UTC. "
                "State the time zone if they are not."
            )
        )
    )
    return UTC


def _keeps_summer_time(moments: list[datetime], zone: ZoneInfo) -> bool:
    """Whether the hour skipped in spring is missing, or the one of autumn stands twice."""
    plain = [m for m in moments if m.tzinfo is None]
    there = set(plain)
    for year in {m.year for m in plain}:
        for month in (3, 10):
            sunday = max(day for day in range(25, 32) if datetime(year, month, day).weekday() == 6)  # noqa: DTZ001
            day = datetime(year, month, sunday)  # noqa: DTZ001
            hour = 3 if str(zone) == "Europe/Helsinki" else 2
            gone = day + timedelta(hours=hour)
            around = {gone - HOUR, gone + HOUR} <= there
            if month == 3 and around and gone not in there:
                return True
            if month == 10 and plain.count(gone) > 1:
                return True
    return False


def _in_utc(raw: Raw, zone: Any) -> list[datetime]:
    result: list[datetime] = []
    seen: dict[datetime, int] = {}
    for moment in raw.moments:
        if moment.tzinfo is not None:
            result.append(moment.astimezone(UTC))
            continue
        local = moment.replace(tzinfo=zone, fold=min(seen.get(moment, 0), 1))
        # the second time an hour of autumn is named it is the later one
        seen[moment] = seen.get(moment, 0) + 1
        result.append(local.astimezone(UTC))
    return result


def _stamps_are_ends(
    raw: Raw,
    step: timedelta,
    request: Mapping[str, Any],
    time_name: str,
    notes: list[dict[str, Any]],
) -> bool:
    asked = str(request.get("stamps") or "")
    if asked in ("start", "end"):
        return asked == "end"
    name = skeleton(time_name)
    if any(word in name for word in ("bis", "end", "hourending", "until")):
        return True
    first, last = (
        min(m.replace(tzinfo=None) for m in raw.moments),
        max(m.replace(tzinfo=None) for m in raw.moments),
    )
    ends = first.time() == (datetime.min + step).time() and last.time() == datetime.min.time()
    notes.append(
        note(gettext_noop("Each time was read as the end of its interval."))
        if ends
        else note(gettext_noop("Each time was read as the beginning of its interval."))
    )
    return ends


def _fullest_year(means: Mapping[datetime, float]) -> int:
    years: dict[int, int] = {}
    for hour in means:
        start = hour - HOUR
        years[start.year] = years.get(start.year, 0) + 1
    return max(years, key=lambda year: (years[year] >= 8700, years[year], year))


def _filled(
    means: dict[datetime, float], year: int, notes: list[dict[str, Any]]
) -> tuple[list[float], list[str]]:
    start = datetime(year, 1, 1, tzinfo=UTC)
    count = (datetime(year + 1, 1, 1, tzinfo=UTC) - start) // HOUR
    ends = [start + (place + 1) * HOUR for place in range(count)]
    values = np.array([means.get(end, np.nan) for end in ends])
    _wrap(values, means, ends, notes)
    missing = np.isnan(values)
    runs, run = [], 0
    for place, gap in enumerate([*missing, False]):
        run = run + 1 if gap else 0
        if run:
            runs.append((run, place))
    longest = max(runs, default=(0, 0))
    if longest[0] > LONGEST_GAP_H:
        raise FileRefused(
            gettext_noop(
                "The series of %(year)s has %(missing)s missing hours; the longest gap has "
                "%(hours)s hours and ends on %(end)s. Up to 3 hours in a row are filled in.\n"
                "Complete the series and bring it again."
            ),
            year=year,
            missing=int(missing.sum()),
            hours=longest[0],
            end=f"{ends[longest[1]]:%Y-%m-%d %H:%M} UTC",
        )
    place = np.arange(count)
    values[missing] = np.interp(place[missing], place[~missing], values[~missing])
    filled = [f"{ends[i]:%Y-%m-%d %H:%M} UTC" for i in np.flatnonzero(missing)]
    if filled:
        notes.append(
            note(
                gettext_noop("%(count)s missing hours were filled in a straight line: %(hours)s."),
                count=len(filled),
                hours=", ".join(filled[:LISTED]),
            )
        )
    if count == 8784:
        keep = np.array([((end - HOUR).month, (end - HOUR).day) != (2, 29) for end in ends])
        values = values[keep]
        notes.append(
            note(
                gettext_noop(
                    "29 February was left out, so that the year has 8,760 hours like the other "
                    "series."
                )
            )
        )
    return [float(value) for value in values], filled


def _wrap(
    values: np.ndarray,
    means: Mapping[datetime, float],
    ends: list[datetime],
    notes: list[dict[str, Any]],
) -> None:
    """Fill the last hours of a local year from its first ones, which lie in the year before."""
    tail = 0
    while tail < LONGEST_GAP_H and np.isnan(values[-1 - tail]):
        tail += 1
    early = [means.get(ends[0] - (place + 1) * HOUR) for place in range(tail)]
    if tail and all(value is not None for value in early):
        for place, value in enumerate(reversed(early)):
            values[len(values) - tail + place] = value
        notes.append(
            note(
                gettext_noop(
                    "The year was given in local time; its first %(count)s hours, which lie in the "
                    "year before in UTC, stand at the end."
                ),
                count=tail,
            )
        )
