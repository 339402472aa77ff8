"""Weather of EnergyPlus (.epw) as a table: the outdoor temperature by the hour, ending in UTC.

Eight lines of header, then 8,760 or 8,784 hours in the standard time of the place, hour 1 ending at
1 o'clock; the dry bulb is the seventh value. Months of a typical year come from different years:
all are written as the first one's. Source: EnergyPlus Auxiliary Programs, "Weather File Format".
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from heatmap.ingest.reader.messages import FileRefused, gettext_noop

HEADER_LINES = 8
TIME_ZONE, YEAR, DRY_BULB = 8, 0, 6
MISSING_DEGC = 99.9
YEARS = (8760, 8784)
LEAP = 8784
COLUMNS = "hour_ending_utc,temperature [degC]\n"


def looks_like(head: bytes) -> bool:
    """Return whether a file begins like one of these."""
    return head.startswith(b"LOCATION,") and b"\nDESIGN CONDITIONS" in head


def as_table(path: Path, target: Path) -> None:
    """Write the temperatures as CSV.

    Raises
    ------
    FileRefused
        If the hours are not those of a year, or the header does not say the time zone.
    """
    lines = path.read_text(encoding="latin-1").splitlines()
    try:
        zone_h = float(lines[0].split(",")[TIME_ZONE])
        rows = [line.split(",") for line in lines[HEADER_LINES:] if line.strip()]
        year = int(rows[0][YEAR])
        local = [float(row[DRY_BULB]) for row in rows]
    except (IndexError, ValueError):
        raise FileRefused(
            gettext_noop(
                "The weather file does not follow the EnergyPlus format: time zone, year or dry "
                "bulb cannot be read.\nExport it again."
            )
        ) from None
    if len(local) not in YEARS:
        raise FileRefused(
            gettext_noop(
                "The weather file has %(hours)s hours; a year has 8760 or 8784.\nBring a whole "
                "year."
            ),
            hours=len(local),
        )
    if len(local) == LEAP:
        year -= year % 4
    start = datetime(year, 1, 1, tzinfo=UTC)
    with target.open("w", encoding="utf-8") as table:
        table.write(COLUMNS)
        for hour in range(len(local)):
            end = start + timedelta(hours=hour + 1)
            value = _at(local, hour + zone_h)
            written = "" if value is None else f"{value:.2f}"
            table.write(f"{end:%Y-%m-%d %H:%M}+00:00,{written}\n")


def _at(local: list[float], hour: float) -> float | None:
    """Return the value of a local hour, between two where the zone is not a whole hour."""
    first = int(hour // 1)
    share = hour - first
    near = [local[first % len(local)]] + ([local[(first + 1) % len(local)]] if share else [])
    if any(value >= MISSING_DEGC for value in near):
        return None
    return near[0] if not share else (1.0 - share) * near[0] + share * near[1]
