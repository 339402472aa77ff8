"""How each parcel would be connected: voltage, node, cable, transformer, headroom, class."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray, positive
from engines.assumptions import Assumptions
from engines.grid.hosting import covered_share, curtailed_energy_kwh, screening_class
from engines.grid.nodes import GridNodes, NodeHeadroom, node_headroom
from engines.message import Message, message
from engines.tables import catalogue
from engines.units import KWH_PER_MWH

LOW, MEDIUM = 0, 1
"""Columns of `GridAccess`: the nodes that could supply a hub at low and at medium voltage."""

LEVELS = ("lv_feeder", "lv_station", "mv_feeder", "mv_station")
NO_LEVEL = "unknown"
CLASS_UNKNOWN = "unknown"
TRANSFORMERS_KVA = (400.0, 630.0, 1000.0, 1600.0, 2500.0)
"""Preferred ratings from medium to low voltage (EN 50588-1)."""

SAID = MappingProxyType(
    {
        "grid_stated": "The grid operator's layer states this headroom.",
        "grid_hourly": "Rating less the known load of every hour.",
        "grid_peak": (
            "Only the peak load is known; it is taken to last all year, so that a flexible "
            "connection may get more than is shown."
        ),
        "grid_no_rating": "The rating of the grid node is not known.",
        "grid_no_load": "The load of the grid node is not known.",
        "grid_no_station": "No substation is known that could supply {needed_kw:.0f} kW.",
        "grid_too_large": (
            "Above {limit_kw:.0f} kW a connection to the high-voltage grid is needed, which is "
            "not judged here."
        ),
    }
)


@dataclass(frozen=True)
class GridAccess:
    """The nodes near each parcel; -1 and NaN where there is none.

    Attributes
    ----------
    station_of, feeder_of : array of int, shape (parcels, 2)
        Row of the nearest node that feeds low and medium voltage.
    station_m, feeder_m : array, shape (parcels, 2)
        Straight distance to there.
    """

    station_of: IntArray
    station_m: FloatArray
    feeder_of: IntArray
    feeder_m: FloatArray

    def at(self, rows: IntArray) -> "GridAccess":
        """Return the access of these parcels, in this order."""
        return GridAccess(*(values[rows] for values in vars(self).values()))


def nowhere(parcels: int) -> GridAccess:
    """Return the access of parcels in a town without any grid layer."""
    none, unknown = np.full((parcels, 2), -1), np.full((parcels, 2), np.nan)
    return GridAccess(none, unknown, none, unknown)


@dataclass(frozen=True)
class GridConnection:
    """The connection of every hub; arrays over parcels.

    Attributes
    ----------
    level : array of str
        One of `LEVELS`, or ``unknown``.
    screening : array of str
        ``green``, ``amber``, ``flexible``, ``red``, or ``unknown``.
    station_of, feeder_of : array of int
        Nodes that limit the hub; -1 for none.
    distance_m, cable_m : array
        Straight to the node, and along the way a trench takes: ``connection.detour_factor`` longer.
    firm_kw : array
        NaN where not known.
    flexible_kw : array, shape (limits, hours)
        What a connection that may be turned down gets; NaN where not known.
    limit_of : array of int
        Row of `flexible_kw`; the last row is that of no known limit.
    covered_share : array
        Of a constant need, through a flexible connection; NaN where not known.
    curtailed_mwh : array
        Energy that a hub at full load all year would miss; NaN where not known.
    transformer_kva, transformers : array
        Rating and number of the hub's own transformers; 0 at low voltage, NaN where unknown.
    said : tuple of Message
        What the headroom rests on, or why it is not known.
    """

    level: NDArray[np.str_]
    screening: NDArray[np.str_]
    station_of: IntArray
    feeder_of: IntArray
    distance_m: FloatArray
    cable_m: FloatArray
    firm_kw: FloatArray
    flexible_kw: FloatArray
    limit_of: IntArray
    covered_share: FloatArray
    curtailed_mwh: FloatArray
    transformer_kva: FloatArray
    transformers: FloatArray
    said: tuple[Message, ...]

    def lead_months(self, parcel: int) -> tuple[float, float] | None:
        """Return the shortest and longest usual time to get the connection; None if unknown."""
        level, screening = str(self.level[parcel]), str(self.screening[parcel])
        if NO_LEVEL in (level, screening):
            return None
        case = {"flexible": "flexible", "red": "reinforced"}.get(screening, "free")
        row = catalogue("grid_levels")[level]
        return float(row[f"lead_{case}_min_months"]), float(row[f"lead_{case}_max_months"])


def connect(
    access: GridAccess,
    stations: GridNodes,
    feeders: GridNodes,
    needed_kw: FloatArray,
    hours: int,
    a: Assumptions,
) -> GridConnection:
    """Choose voltage and node of every parcel and work out what they can give.

    A hub up to ``grid.lv_max_kw`` is connected at low voltage, up to ``grid.mv_max_kw`` at medium
    voltage; where no station feeds low voltage it takes medium. It hangs on the cable that passes
    where that has the power and is the shorter way, and is then limited by cable and station;
    otherwise it gets a cable of its own from the station and is limited by the station alone.

    Parameters
    ----------
    access : GridAccess
    stations, feeders : GridNodes
    needed_kw : array, shape (parcels,)
        Highest draw of each hub [kW].
    hours : int
        Length of the year.
    """
    needed = positive("Needed power", needed_kw)
    rows = np.arange(len(needed))
    by_station, by_feeder = node_headroom(stations, a), node_headroom(feeders, a)
    voltage = np.where(
        (needed <= a["grid.lv_max_kw"]) & (access.station_of[:, LOW] >= 0), LOW, MEDIUM
    )
    too_large = needed > a["grid.mv_max_kw"]
    station = np.where(too_large, -1, access.station_of[rows, voltage])
    feeder = _feeder(access, by_station, by_feeder, station, voltage, needed, a)
    firm_station = np.append(by_station.firm_kw, np.nan)[station]
    firm_feeder = np.append(by_feeder.firm_kw, np.inf)[feeder]
    firm = np.minimum(firm_station, firm_feeder)
    table, limit_of = _limits(by_station, by_feeder, station, feeder, hours)
    covered, curtailed = _through(table, limit_of, firm, needed)
    level = np.select(
        [station < 0, feeder < 0],
        [NO_LEVEL, np.array(["lv_station", "mv_station"])[voltage]],
        np.array(["lv_feeder", "mv_feeder"])[voltage],
    )
    distance = np.where(feeder < 0, access.station_m[rows, voltage], access.feeder_m[rows, voltage])
    distance = np.where(station < 0, np.nan, distance)
    units, rating = _transformers(needed, a)
    own = np.array([_needs_transformer(str(name)) for name in level])
    return GridConnection(
        level=level,
        screening=_classes(needed, firm, covered, a),
        station_of=station,
        feeder_of=feeder,
        distance_m=distance,
        cable_m=distance * a["connection.detour_factor"],
        firm_kw=firm,
        flexible_kw=table,
        limit_of=limit_of,
        covered_share=covered,
        curtailed_mwh=curtailed,
        transformer_kva=np.where(station < 0, np.nan, own * rating),
        transformers=np.where(station < 0, np.nan, own * units),
        said=_said(by_station, by_feeder, station, feeder, too_large, needed, a),
    )


def _feeder(
    access: GridAccess,
    by_station: NodeHeadroom,
    by_feeder: NodeHeadroom,
    station: IntArray,
    voltage: IntArray,
    needed: FloatArray,
    a: Assumptions,
) -> IntArray:
    """Return the cable each hub hangs on; -1 where a cable of its own is better or needed."""
    rows = np.arange(len(needed))
    feeder = access.feeder_of[rows, voltage]
    firm = np.append(by_feeder.firm_kw, np.nan)[feeder]
    firm_station = np.append(by_station.firm_kw, np.nan)[station]
    # as good as the station: the cable takes nothing from the class that the station gives
    enough = firm >= np.minimum(a["grid.green_ratio"] * needed, firm_station)
    enough &= firm >= a["grid.amber_ratio"] * needed
    allowed = (voltage == MEDIUM) | (needed <= a["grid.lv_feeder_max_kw"])
    shorter = access.feeder_m[rows, voltage] < access.station_m[rows, voltage]
    good = (feeder >= 0) & (station >= 0) & enough & allowed & shorter
    return np.where(good, feeder, -1)


def _limits(
    by_station: NodeHeadroom,
    by_feeder: NodeHeadroom,
    station: IntArray,
    feeder: IntArray,
    hours: int,
) -> tuple[FloatArray, IntArray]:
    """Return the hourly headroom of each pair of nodes that occurs, and the pair of each parcel."""
    pairs, pair_of = np.unique(np.stack((station, feeder)), axis=1, return_inverse=True)
    table = np.full((pairs.shape[1] + 1, hours), np.nan)
    known = np.flatnonzero(pairs[0] >= 0)
    table[known] = by_station.flexible_kw(pairs[0, known], hours)
    hanging = np.flatnonzero(pairs[1] >= 0)
    table[hanging] = np.minimum(table[hanging], by_feeder.flexible_kw(pairs[1, hanging], hours))
    pair = pair_of.reshape(-1)
    return table, np.where(station < 0, len(table) - 1, pair)


def _through(
    table: FloatArray, limit_of: IntArray, firm: FloatArray, needed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the share of a constant need that gets through, and the energy that does not."""
    share, missed = np.full(len(needed), np.nan), np.full(len(needed), np.nan)
    known = np.asarray(~np.isnan(table).any(axis=1))[limit_of]
    ample = known & (firm >= needed)
    share[ample], missed[ample] = 1.0, 0.0
    tight = np.flatnonzero(known & ~ample)
    if len(tight):
        share[tight] = covered_share(needed[tight], np.nan_to_num(table), limit_of[tight])
        missed[tight] = [
            float(curtailed_energy_kwh(needed[i], table[limit_of[i]])) / KWH_PER_MWH for i in tight
        ]
    # without a known firm headroom a share of it would be a guess
    return np.where(np.isnan(firm), np.nan, share), np.where(np.isnan(firm), np.nan, missed)


def _classes(
    needed: FloatArray, firm: FloatArray, covered: FloatArray, a: Assumptions
) -> NDArray[np.str_]:
    known = ~np.isnan(firm)
    answer = screening_class(
        needed,
        np.where(known, firm, 0.0),
        np.nan_to_num(covered),
        green_ratio=a["grid.green_ratio"],
        amber_ratio=a["grid.amber_ratio"],
        flexible_energy_share=a["grid.flexible_energy_share"],
    )
    unsure = ~known | (np.isnan(covered) & (answer == "red"))
    return np.where(unsure, CLASS_UNKNOWN, answer)


def _transformers(needed: FloatArray, a: Assumptions) -> tuple[FloatArray, FloatArray]:
    """Return number and rating of transformers that carry the hub at its power factor."""
    sizes = np.array(TRANSFORMERS_KVA)
    apparent = needed / a["economics.transformer_power_factor"]
    units = np.maximum(np.ceil(apparent / sizes[-1]), 1.0)
    return units, sizes[np.searchsorted(sizes, apparent / units)]


def _needs_transformer(level: str) -> bool:
    return level != NO_LEVEL and catalogue("grid_levels")[level]["needs_transformer"] == 1


def _said(
    by_station: NodeHeadroom,
    by_feeder: NodeHeadroom,
    station: IntArray,
    feeder: IntArray,
    too_large: NDArray[np.bool_],
    needed: FloatArray,
    a: Assumptions,
) -> tuple[Message, ...]:
    def one(i: int) -> Message:
        if too_large[i]:
            return message(SAID, "grid_too_large", limit_kw=a["grid.mv_max_kw"])
        if station[i] < 0:
            return message(SAID, "grid_no_station", needed_kw=float(needed[i]))
        lower = feeder[i] >= 0 and by_feeder.firm_kw[feeder[i]] < by_station.firm_kw[station[i]]
        basis = by_feeder.basis[feeder[i]] if lower else by_station.basis[station[i]]
        return message(SAID, f"grid_{basis}")

    return tuple(one(i) for i in range(len(needed)))
