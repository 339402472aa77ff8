"""Years of hours from the times and values of a series; nothing is filled in silence."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from heatmap.ingest.reader.layers import note
from heatmap.ingest.reader.messages import FileRefused, gettext_noop
from heatmap.ingest.reader.series_times import HOUR, Raw, in_utc, stamps_are_ends, zone_of

LONGEST_GAP_H = 3
LISTED = 60
WHOLE_H = 8700
"""Hours from which a year of a file counts as one that was meant to be whole."""
LEFT_OUT = gettext_noop(
    "The year %(year)s is left out: %(missing)s hours are missing, %(hours)s of them in a row "
    "until %(end)s."
)
SEVERAL = ("price_eur_per_mwh", "temperature_degc")
"""Of these a file may hold several years: futures draw among them."""


def years_of(
    raw: Raw,
    quantity: str,
    request: Mapping[str, Any],
    time_name: str,
    notes: list[dict[str, Any]],
) -> list[tuple[int, list[float], dict[str, Any]]]:
    """Return years in their order, their hourly values, and what was done to get them.

    Of prices and temperatures every whole year of the file, of all others the fullest one.
    """
    zone = zone_of(raw, request, time_name, notes)
    moments = in_utc(raw, zone)
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
    ends = stamps_are_ends(raw, step, request, time_name, notes)
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
    told = {
        "timezone": str(zone),
        "stamps": "end" if ends else "start",
        "step_minutes": int(step.total_seconds() // 60),
    }
    found = []
    for year in _whole_years(means) if quantity in SEVERAL else []:
        said: list[dict[str, Any]] = []
        try:
            values, filled = _filled(means, year, said)
        except FileRefused as refusal:
            notes.append(note(LEFT_OUT, **refusal.values))
            continue
        notes += said
        found.append((year, values, {"filled": filled, **told}))
    if found:
        return found
    year = _fullest_year(means)
    values, filled = _filled(means, year, notes)
    return [(year, values, {"filled": filled, **told})]


def _hours_by_year(means: Mapping[datetime, float]) -> Counter[int]:
    return Counter((hour - HOUR).year for hour in means)


def _whole_years(means: Mapping[datetime, float]) -> list[int]:
    """Return the years that were meant to be whole, in their order."""
    return sorted(year for year, hours in _hours_by_year(means).items() if hours >= WHOLE_H)


def _fullest_year(means: Mapping[datetime, float]) -> int:
    hours = _hours_by_year(means)
    return max(hours, key=lambda year: (hours[year] >= WHOLE_H, hours[year], year))


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
