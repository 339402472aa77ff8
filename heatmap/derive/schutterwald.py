"""Schutterwald from generic networks: gas customers, a heat network's pipes, stations and cables.

All of it is "generic, derived from reality" by the makers of pandapower and pandapipes (BSD-3).
"""

import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import shapely
from pyproj import Transformer

from heatmap.ingest.network_tables import HEAT, POWER, Table, network_tables

STORAGE = "EPSG:3035"
GAS_GRID, DEGREES = "EPSG:31467", "EPSG:4326"
HEATING_VALUE_KWH_PER_M3 = 10.0
"""Lower heating value of natural gas H; 9.5 to 10.5 in Germany."""
BOILER_SHARE = 0.9
"""Heat per lower heating value of installed gas boilers over a year (expert estimate)."""

CUSTOMER_METHOD = (
    "Heat demand = stated annual gas demand x 10 kWh/m3 (lower heating value) x 0.9 (boiler). The "
    "customers of a generic gas network, derived from reality; every one is taken as a house."
)
PIPE_METHOD = (
    "Geometry of a generic heat network that the makers of pandapipes derived from the gas network "
    "of the same place; its diameters and demands are placeholders and are not used."
)
STATION_METHOD = (
    "Stations of a generic medium-voltage network, derived from reality. Rating of the "
    "transformer; load of the load case that comes with the network."
)
CABLE_METHOD = (
    "Cables of generic networks, derived from reality. Rating from the largest current; load of "
    "the load case that comes with the medium-voltage network. No load is known of cables at low "
    "voltage."
)
Row = dict[str, Any]


def customers() -> list[Row]:
    """Return the gas customers as buildings with a heat demand."""
    gas = network_tables("pandapipes", f"{HEAT}/gas_net_schutterwald_1bar.json")
    places = gas["junction_geodata"].rows
    rows = []
    for number, sink in gas["sink"]:
        place = places[sink["junction"]]
        rows.append(
            {
                "ref": f"C-{number:04d}",
                "wkb": _point((place["x"], place["y"]), GAS_GRID),
                "use": "house",
                "is_heated": True,
                "is_dwelling": True,
                "heat_demand_mwh_per_a": sink["demand_m3_per_a"]
                * HEATING_VALUE_KWH_PER_M3
                * BOILER_SHARE
                / 1000.0,
            }
        )
    return rows


def pipes() -> list[Row]:
    """Return the supply side of the heat network, without joints that have no length."""
    heat = network_tables("pandapipes", f"{HEAT}/sw_heat.json")
    places = heat["pipe_geodata"].rows
    return [
        {"ref": f"H-{number:03d}", "wkb": _line(places[number]["coords"], GAS_GRID)}
        for number, row in heat["pipe"]
        if not row["name"].startswith("return_")
        and len(set(map(tuple, places[number]["coords"]))) > 1
    ]


def plants() -> list[Row]:
    """Return the place where the heat network is fed."""
    heat = network_tables("pandapipes", f"{HEAT}/sw_heat.json")["substation"]
    rows = []
    for number, row in heat:
        if row["type"] == "heat_generator":
            # this table writes its places latitude first
            latitude, longitude = row["geo"]["coordinates"]
            rows.append(
                {
                    "ref": f"G-{number}",
                    "name": row["name"],
                    "wkb": _point((longitude, latitude), DEGREES),
                    "plant_kind": "heating_plant",
                    "fuel": "",
                }
            )
    return rows


def stations() -> list[Row]:
    """Return the stations of the medium-voltage network and its two primary substations."""
    grid = network_tables("pandapower", f"{POWER}/mv_oberrhein_substations.json")
    solved = network_tables("pandapower", f"{POWER}/mv_oberrhein.json")
    load_kw: dict[int, float] = {}
    for _, load in grid["load"]:
        kw = load["p_mw"] * load["scaling"] * 1000.0
        load_kw[load["bus"]] = load_kw.get(load["bus"], 0.0) + kw
    drawn_kw = {
        solved["trafo"].rows[i]["name"]: row["p_hv_mw"] * 1000.0 for i, row in solved["res_trafo"]
    }
    rows = []
    for number, trafo in grid["trafo"]:
        bus = grid["bus"].rows[trafo["hv_bus"]]
        rows.append(
            {
                "ref": f"S-{number:03d}",
                "name": trafo["name"],
                "wkb": _point(json.loads(bus["geo"])["coordinates"], DEGREES),
                "rating_kva": trafo["sn_mva"] * trafo["parallel"] * 1000.0,
                "peak_load_kw": drawn_kw.get(trafo["name"], load_kw.get(trafo["lv_bus"])),
                "voltage_kv": trafo["vn_hv_kv"],
            }
        )
    return rows


def cables() -> list[Row]:
    """Return the cables at medium and at low voltage."""
    medium = network_tables("pandapower", f"{POWER}/mv_oberrhein.json")
    low = network_tables("pandapower", f"{POWER}/lv_schutterwald.json")
    return [
        *_cables("M", medium["line"], medium["bus"], medium["res_line"]),
        *_cables("L", low["line"], low["bus"], None),
    ]


def _cables(letter: str, lines: Table, buses: Table, results: Table | None) -> Iterable[Row]:
    for number, line in lines:
        voltage_kv = buses.rows[line["from_bus"]]["vn_kv"]
        flow_mw = None if results is None else results.rows[number]["p_from_mw"]
        yield {
            "ref": f"{letter}-{number:04d}",
            "name": line["name"],
            "wkb": _line(json.loads(line["geo"])["coordinates"], DEGREES),
            "rating_kva": math.sqrt(3.0)
            * voltage_kv
            * line["max_i_ka"]
            * line["df"]
            * line["parallel"]
            * 1000.0,
            "peak_load_kw": None if flow_mw is None else abs(flow_mw) * 1000.0,
            "voltage_kv": voltage_kv,
        }


@cache
def _to_storage(grid: str) -> Transformer:
    return Transformer.from_crs(grid, STORAGE, always_xy=True)


def _point(place: Sequence[float], grid: str) -> str:
    east, north = place
    x, y = _to_storage(grid).transform(east, north)
    return str(shapely.to_wkb(shapely.Point(x, y), hex=True))


def _line(places: Iterable[Iterable[float]], grid: str) -> str:
    east, north = zip(*places, strict=True)
    x, y = _to_storage(grid).transform(east, north)
    return str(shapely.to_wkb(shapely.linestrings(x, y), hex=True))
