"""The times of a series: which columns hold them, how they are written, in which zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from heatmap.ingest.reader.layers import note
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.units import skeleton

HOUR = timedelta(hours=1)
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


def time_columns(header: list[str], asked: Mapping[str, Any], first: list[list[Any]]) -> list[int]:
    """Return the place of the column with date and time, or of one with each."""
    by_name = {name.casefold(): place for place, name in enumerate(header)}
    wanted = str((asked.get("time") or {}).get("column", "")).casefold()
    if wanted:
        if wanted not in by_name:
            raise _no_time(header)
        return [by_name[wanted]]
    sample = first[:50]

    def share(place: int) -> float:
        cells = [str(row[place] or "") for row in sample if place < len(row)]
        return sum(stamp(cell) is not None for cell in cells) / max(1, len(cells))

    dated = [place for place in range(len(header)) if share(place) > 0.6]
    if not dated:
        raise _no_time(header)
    names = {skeleton(name) for name in TIME_NAMES.split()}
    best = max(
        dated,
        key=lambda place: (
            is_utc(header[place]),
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


def is_utc(name: str) -> bool:
    return "utc" in name.lower() or "gmt" in name.lower()


def _no_time(header: list[str]) -> FileRefused:
    return FileRefused(
        gettext_noop(
            "No column holds date and time; the columns are %(columns)s.\nState it, for example "
            "time=TIMESTAMP."
        ),
        columns=", ".join(header[:40]),
    )


def joined(row: list[Any], places: list[int]) -> str:
    return " ".join(str(row[place] or "").strip() for place in places if place < len(row)).strip()


def month_first(texts: list[str]) -> bool:
    """Whether dates such as 01/31/2024 put the month first."""
    return any(
        (m := STAMP.match(text)) and len(m["a"]) <= 2 and int(m["b"]) > 12 for text in texts
    ) and not any(
        (m := STAMP.match(text)) and len(m["a"]) <= 2 and int(m["a"]) > 12 for text in texts
    )


def stamp(text: str, *, month_first: bool = False) -> datetime | None:
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


def zone_of(
    raw: Raw, request: Mapping[str, Any], time_name: str, notes: list[dict[str, Any]]
) -> ZoneInfo | Any:
    """Return the zone of times that name none: as stated, else as the clock tells."""
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
    if is_utc(time_name):
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


def in_utc(raw: Raw, zone: Any) -> list[datetime]:
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


def stamps_are_ends(
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
