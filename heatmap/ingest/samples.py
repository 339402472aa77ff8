"""A template and a sample of every kind of layer, made from its record; both import as they are."""

import csv
import io
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from engines.units import HOURS_PER_YEAR
from heatmap.ingest.kinds import BY_NAME, Field, Kind

STEP_DEG = 0.001
SERIES_COLUMNS = ("time_utc", "price_eur_per_mwh")
FACTOR_COLUMNS = ("time_utc", "grid_gco2_per_kwh")


def columns_of(kind: Kind) -> list[str]:
    """Names of the columns of a template; a monthly field has twelve."""
    names = []
    for field in kind.fields:
        if field.type == "months":
            names += [f"{field.name}_{month:02d}" for month in range(1, 13)]
        else:
            names.append(field.name)
    return names


def template_csv(kind: str) -> str:
    """Return an empty table with the columns of a kind, and one for the shape."""
    if kind == "series":
        return _csv([list(SERIES_COLUMNS)])
    return _csv([[*columns_of(BY_NAME[kind]), "wkt"]])


def sample_csv(kind: str, lon: float, lat: float) -> str:
    """Return a small table near a place (degrees) that imports without a warning of its own."""
    if kind == "series":
        return _series()
    record = BY_NAME[kind]
    rows = [columns_of(record) + ["wkt"]]
    for number in range(2):
        values = _values(record, number)
        rows.append([*(str(value) for value in values.values()), _wkt(record, number, lon, lat)])
    return _csv(rows)


def sample_geojson(kind: str, lon: float, lat: float) -> str:
    """Return the same sample as GeoJSON."""
    record = BY_NAME[kind]
    features = [
        {
            "type": "Feature",
            "properties": _values(record, number),
            "geometry": {
                "type": {"area": "Polygon", "line": "LineString", "point": "Point"}[
                    record.example_shape
                ],
                "coordinates": _coordinates(record, number, lon, lat),
            },
        }
        for number in range(2)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def sample_model(kind: str, lon: float, lat: float) -> str:
    """Return a small network of pandapower: a transformer, a cable, a load."""
    east = round(lon + STEP_DEG, 6)

    def place(at: float) -> str:
        return json.dumps({"type": "Point", "coordinates": [at, lat]})

    tables = {
        "bus": [
            {"name": "primary", "vn_kv": 110.0, "in_service": True, "geo": place(lon)},
            {"name": "bar", "vn_kv": 20.0, "in_service": True, "geo": place(lon)},
            {"name": "station", "vn_kv": 20.0, "in_service": True, "geo": place(east)},
        ],
        "ext_grid": [{"bus": 0, "vm_pu": 1.0, "va_degree": 0.0, "in_service": True}],
        "trafo": [
            {
                "hv_bus": 0, "lv_bus": 1, "sn_mva": 25.0, "vn_hv_kv": 110.0, "vn_lv_kv": 20.0,
                "vk_percent": 11.2, "vkr_percent": 0.28, "pfe_kw": 29.0, "i0_percent": 0.07,
                "shift_degree": 150.0, "parallel": 1, "in_service": True,
            }
        ],
        "line": [
            {
                "from_bus": 1, "to_bus": 2, "length_km": 2.0, "r_ohm_per_km": 0.161,
                "x_ohm_per_km": 0.117, "c_nf_per_km": 273.0, "max_i_ka": 0.362, "parallel": 1,
                "in_service": True,
            }
        ],
        "load": [{"bus": 2, "p_mw": 1.0, "q_mvar": 0.3, "scaling": 1.0, "in_service": True}],
    }  # fmt: skip
    content = {
        name: {
            "_module": "pandas.core.frame",
            "_class": "DataFrame",
            "_object": json.dumps(
                {
                    "columns": list(rows[0]),
                    "index": list(range(len(rows))),
                    "data": [list(row.values()) for row in rows],
                }
            ),
            "orient": "split",
        }
        for name, rows in tables.items()
    }
    return json.dumps(
        {
            "_module": "pandapower.auxiliary",
            "_class": "pandapowerNet",
            "_object": content | {"f_hz": 50.0, "sn_mva": 1.0, "name": kind},
        }
    )


def _values(kind: Kind, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in kind.fields:
        example = field.example[number]
        if field.type == "months":
            values |= {f"{field.name}_{m:02d}": _of_month(field, number, m) for m in range(1, 13)}
        else:
            values[field.name] = example
    return values


def _of_month(field: Field, number: int, month: int) -> float:
    """Dearer in winter."""
    middle = float(str(field.example[number]))
    return round(middle * (1 + 0.2 * math.cos(2 * math.pi * (month - 1) / 12)), 1)


def _coordinates(kind: Kind, number: int, lon: float, lat: float) -> Any:
    west, south = round(lon + number * 2 * STEP_DEG, 6), round(lat, 6)
    east, north = round(west + STEP_DEG, 6), round(south + STEP_DEG / 2, 6)
    if kind.example_shape == "point":
        return [west, south]
    if kind.example_shape == "line":
        return [[west, south], [round(west + 2 * STEP_DEG, 6), south]]
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def _wkt(kind: Kind, number: int, lon: float, lat: float) -> str:
    points = _coordinates(kind, number, lon, lat)

    def pairs(places: list[list[float]]) -> str:
        return ", ".join(f"{x} {y}" for x, y in places)

    if kind.example_shape == "point":
        return f"POINT ({points[0]} {points[1]})"
    if kind.example_shape == "line":
        return f"LINESTRING ({pairs(points)})"
    return f"POLYGON (({pairs(points[0])}))"


def _series() -> str:
    """A year of prices, dearer in the evening."""
    start = datetime(2023, 1, 1, tzinfo=UTC)
    rows = [list(SERIES_COLUMNS)]
    for hour in range(HOURS_PER_YEAR):
        price = 80 + 30 * math.sin(2 * math.pi * (hour % 24 - 12) / 24)
        rows.append([f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}", f"{price:.2f}"])
    return _csv(rows)


def factor_template_csv() -> str:
    """Return an empty table for the hourly emission factors of a grid."""
    return _csv([list(FACTOR_COLUMNS)])


def factor_sample_csv() -> str:
    """Return a year of emission factors, lower at noon."""
    start = datetime(2023, 1, 1, tzinfo=UTC)
    rows = [list(FACTOR_COLUMNS)]
    for hour in range(HOURS_PER_YEAR):
        factor = 360 - 120 * math.cos(2 * math.pi * (hour % 24 - 12) / 24)
        rows.append([f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}", f"{factor:.1f}"])
    return _csv(rows)


def _csv(rows: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue()
