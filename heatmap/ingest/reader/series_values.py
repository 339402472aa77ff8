"""The values of a series: which column holds them, in which unit, and reading them."""

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from heatmap.ingest.kinds import SERIES_NAMES
from heatmap.ingest.reader.layers import note
from heatmap.ingest.reader.messages import FileRefused, Remarks, gettext_noop
from heatmap.ingest.reader.numbers import has_decimal_comma, is_missing, number_and_unit
from heatmap.ingest.reader.series_times import Raw, joined, month_first, stamp
from heatmap.ingest.units import convert, skeleton, unit_in_name

UNITS = {
    "price_eur_per_mwh": "EUR/MWh",
    "temperature_degc": "degC",
    "load_kw": "kW",
    "heat_load_kw": "kW",
    "supply_degc": "degC",
    "return_degc": "degC",
    "grid_t_per_mwh": "t/MWh",
    "residual_t_per_mwh": "t/MWh",
}
PLAUSIBLE = {
    "price_eur_per_mwh": (-1000.0, 5000.0),
    "temperature_degc": (-60.0, 60.0),
    "load_kw": (-1e7, 1e7),
    "heat_load_kw": (0.0, 1e7),
    "supply_degc": (20.0, 200.0),
    "return_degc": (5.0, 120.0),
    "grid_t_per_mwh": (0.0, 1.5),
    "residual_t_per_mwh": (0.0, 1.5),
}
POSSIBLE = {"grid_t_per_mwh": (0.0, 3.0), "residual_t_per_mwh": (0.0, 3.0)}
"""Beyond these a value is an error of unit or sign, and the file is refused."""
LONGEST_PART = 4
"""Names up to this length must stand alone; longer ones count inside a word too."""
NO_STAMP = gettext_noop("the time cannot be read\nWrite it as 2024-12-31 23:00.")
NO_VALUE = gettext_noop("the value is not a number\nCorrect it, or leave the cell empty.")


def value_column(
    header: list[str], asked: Mapping[str, Any], times: list[int]
) -> tuple[str, int, str]:
    """Return what the series is, the place of its column, and the unit that was stated."""
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
    found = [
        (quantity, place)
        for place, name in enumerate(header)
        if place not in times and (quantity := _quantity_of(name))
    ]
    if len({quantity for quantity, _ in found}) == 1:
        return found[0][0], found[0][1], ""
    raise FileRefused(
        gettext_noop(
            "It is not clear which column holds the values; the columns are %(columns)s.\nState it "
            "as price_eur_per_mwh=COLUMN, temperature_degc=COLUMN, load_kw=COLUMN, "
            "heat_load_kw=COLUMN, supply_degc=COLUMN, return_degc=COLUMN, grid_t_per_mwh=COLUMN or "
            "residual_t_per_mwh=COLUMN."
        ),
        columns=", ".join(header[:40]),
    )


def _quantity_of(name: str) -> str:
    """Return what a column of this name holds: the longest known name in it decides.

    So a supply temperature is no outdoor temperature, and a heat load no load.
    """
    plain = skeleton(name)
    parts = {skeleton(part) for part in re.split(r"[^0-9A-Za-zÀ-ÿ]+", name)} | {plain}
    matches = [
        (len(known), quantity)
        for quantity, names in SERIES_NAMES.items()
        for known in map(skeleton, names.split())
        if known in parts or (len(known) > LONGEST_PART and known in plain)
    ]
    return max(matches, default=(0, ""))[1]


def collect(
    rows: Iterable[tuple[int, list[Any]]],
    header: list[str],
    times: list[int],
    column: int,
    quantity: str,
    unit: str,
    remarks: Remarks,
    notes: list[dict[str, Any]],
) -> Raw:
    """Read the stamps and values of numbered rows; what cannot be read is refused with its row."""
    target = UNITS[quantity]
    stated = unit or unit_in_name(header[column], target)
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
                column=header[column],
                unit=target,
            )
        )
    raw = Raw()
    rows = iter(rows)
    buffer = list(itertools.islice(rows, 2000))
    cells = [str(row[column] or "") for _, row in buffer if column < len(row)]
    comma = has_decimal_comma([cell for cell in cells if cell])
    is_month_first = month_first([joined(row, times) for _, row in buffer])
    for number_, row in itertools.chain(buffer, rows):
        text = joined(row, times)
        cell = str(row[column] if column < len(row) and row[column] is not None else "")
        if not text and not cell:
            continue
        moment = stamp(text, month_first=is_month_first)
        parsed = None if is_missing(cell) else number_and_unit(cell, comma=comma)
        if moment is None:
            remarks.refuse(number_, text, NO_STAMP, column=header[times[0]], value=text)
        elif parsed is None:
            if not is_missing(cell):
                remarks.refuse(number_, text, NO_VALUE, column=header[column], value=cell)
        else:
            raw.moments.append(moment)
            raw.has_offset.append(moment.tzinfo is not None)
            raw.values.append(parsed[0] * factors[0] + factors[1])
    _check_possible(raw, quantity, stated, header[column])
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


def _check_possible(raw: Raw, quantity: str, stated: str, column: str) -> None:
    """Refuse a series with values that cannot be: a wrong unit would pass as a dirty grid."""
    if quantity not in POSSIBLE:
        return
    low, high = POSSIBLE[quantity]
    wrong = [value for value in raw.values if not low <= value <= high]
    if wrong:
        raise FileRefused(
            gettext_noop(
                "%(count)s values of column %(column)s lie outside %(low)s to %(high)s t/MWh, the "
                "first one is %(first)s t/MWh, read as %(unit)s.\nState the unit of the column, "
                "for example gCO2/kWh, or correct the values."
            ),
            count=len(wrong),
            column=column,
            low=low,
            high=high,
            first=f"{wrong[0]:g}",
            unit=stated or UNITS[quantity],
        )
