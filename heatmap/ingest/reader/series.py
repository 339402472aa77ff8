"""Reads hourly series from a table: whole years, hour-ending UTC, nothing filled in silence.

A table holds one series (of prices and temperatures also several years of it), or the loads of
several substations and feeders: a column of values for each, named by its id, or one column of
values with another one that names the id.
"""

import itertools
from collections.abc import Mapping
from typing import Any

from heatmap.ingest.reader.messages import FileRefused, Remarks, emit, gettext_noop
from heatmap.ingest.reader.series_stations import (
    LOAD,
    MOST_STATIONS,
    Station,
    by_station,
    station_column,
    station_columns,
)
from heatmap.ingest.reader.series_times import time_columns
from heatmap.ingest.reader.series_values import collect, value_column
from heatmap.ingest.reader.series_year import years_of
from heatmap.ingest.reader.sniff import Source
from heatmap.ingest.reader.table import Csv, Workbook, header_of


def read(source: Source, request: Mapping[str, Any]) -> None:
    """Print the values of each year of each series, and everything that was done to get them."""
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
    asked = request.get("columns") or {}
    times = time_columns(header, asked, first)
    remarks, notes = Remarks(), []
    numbered = enumerate(itertools.chain(first, rows), start=start)
    quantity, unit, stations = _series_of(
        header, asked, set(request.get("stations") or ()), first, times, numbered, remarks
    )
    rows_used = count = 0
    for station in stations:
        said: list[dict[str, Any]] = []
        raw = collect(station.rows, header, times, station.column, quantity, unit, remarks, said)
        if not raw.moments:
            raise FileRefused(
                gettext_noop(
                    "No row of the table has a time and a value.\nState the columns, for example "
                    "time=TIMESTAMP %(quantity)s=PRICE."
                ),
                quantity=quantity,
            )
        found = years_of(raw, quantity, request, header[times[0]], said)
        rows_used, count = rows_used + len(raw.moments), count + len(found)
        notes += [one for one in said if one not in notes]
        for year, values, document in found:
            emit(
                "series", station=station.ref, quantity=quantity, year=year, values=values,
                **document,
            )  # fmt: skip
    emit(
        "facts",
        layer=layer,
        format=source.format,
        crs="-",
        srid=None,
        crs_from="",
        encoding=getattr(table, "encoding", ""),
        rows_read=rows_used + remarks.refused,
        rows_used=rows_used,
        rows_refused=remarks.refused,
        refused_counts=dict(remarks.by_message),
        features=count,
        columns=[],
        unused_columns=[],
        ids_are_row_numbers=True,
        handling={},
        double_rows=0,
        notes=notes,
    )


def _series_of(
    header: list[str],
    asked: Mapping[str, Any],
    known: set[str],
    first: list[list[Any]],
    times: list[int],
    numbered: Any,
    remarks: Remarks,
) -> tuple[str, str, list[Station]]:
    """Return what the values are, their stated unit, and the series of the table."""
    columns = station_columns(header, asked, known, times)
    if columns:
        rows = list(numbered)
        stations = [Station(ref, place, rows) for place, ref in columns.items()]
        return LOAD, "", _not_too_many(stations)
    quantity, column, unit = value_column(header, asked, times)
    place = station_column(header, asked, known, first, [*times, column])
    if place is None:
        return quantity, unit, [Station("", column, numbered)]
    if quantity != LOAD:
        raise FileRefused(
            gettext_noop(
                "Only loads belong to substations and feeders, not %(quantity)s.\nState the column "
                "of the loads: load_kw=COLUMN."
            ),
            quantity=quantity,
        )
    found = by_station(numbered, place, column, header[place], known, remarks)
    if not found:
        raise FileRefused(
            gettext_noop(
                "No row names a substation or feeder of this town; the column is %(column)s.\n"
                "Compare its ids with those of the layers."
            ),
            column=header[place],
        )
    return quantity, unit, _not_too_many(found)


def _not_too_many(stations: list[Station]) -> list[Station]:
    if len(stations) > MOST_STATIONS:
        raise FileRefused(
            gettext_noop(
                "The file holds %(count)s substations and feeders; at most %(limit)s are read at "
                "once.\nSplit it."
            ),
            count=len(stations),
            limit=MOST_STATIONS,
        )
    return stations
