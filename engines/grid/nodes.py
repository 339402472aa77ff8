"""What substations and feeders can give: firm in every hour, and hour by hour.

A headroom that the grid operator states goes before anything worked out. Where no firm capacity is
stated it follows from the rating by a rule of planning; without a rating or a load the headroom is
not known, and stays so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray, finite, indices
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.grid.hosting import firm_headroom_kw, flexible_headroom_kw

STATED, HOURLY, PEAK = "stated", "hourly", "peak"
NO_RATING, NO_LOAD = "no_rating", "no_load"
LOW_VOLTAGE_KV = 1.0


@dataclass(frozen=True)
class GridNodes:
    """Substations or feeders; NaN where a value is not known.

    Attributes
    ----------
    rating_kva, firm_capacity_kva, peak_load_kw, voltage_kv : array, shape (nodes,)
        Rating with all units in service, and with the largest one out.
    stated_firm_kw, stated_flexible_kw : array, shape (nodes,)
        Headroom as the layer states it.
    committed_kw : array, shape (nodes,)
        Promised to others and not yet drawn; 0 where nothing is said.
    load_kw : array, shape (loads, hours)
        Loads that are known by the hour.
    load_of : array of int, shape (nodes,)
        Row of `load_kw`; -1 where only the peak is known, or nothing.
    are_feeders : bool
    """

    rating_kva: FloatArray
    firm_capacity_kva: FloatArray
    peak_load_kw: FloatArray
    voltage_kv: FloatArray
    stated_firm_kw: FloatArray
    stated_flexible_kw: FloatArray
    committed_kw: FloatArray
    load_kw: FloatArray
    load_of: IntArray
    are_feeders: bool = False

    def __post_init__(self) -> None:
        count = len(self.rating_kva)
        for name, values in vars(self).items():
            if name not in ("load_kw", "are_feeders") and len(values) != count:
                raise InvalidInput(f"{name} has {len(values)} values for {count} grid nodes.")
        finite("Hourly load of grid nodes", self.load_kw)
        indices("Load of each grid node", np.maximum(self.load_of, 0), max(len(self.load_kw), 1))

    def __len__(self) -> int:
        return len(self.rating_kva)


def no_nodes(*, are_feeders: bool = False) -> GridNodes:
    """Return the nodes of a town that has no such layer."""
    none = np.zeros(0)
    return GridNodes(*(none,) * 7, np.zeros((0, 0)), none.astype(np.int64), are_feeders=are_feeders)


@dataclass(frozen=True)
class NodeHeadroom:
    """What the nodes can give.

    Attributes
    ----------
    firm_kw : array, shape (nodes,)
        Free in every hour with one unit out; negative where the node is beyond its planned
        loading already; NaN where not known.
    basis : array of str, shape (nodes,)
        ``stated``, ``hourly``, ``peak``; or why nothing is known: ``no_rating``, ``no_load``.
    """

    nodes: GridNodes
    assumptions: Assumptions
    firm_kw: FloatArray
    basis: NDArray[np.str_]

    def flexible_kw(self, rows: IntArray, hours: int) -> FloatArray:
        """Return what these nodes can give in each hour, shape (rows, hours); NaN if not known.

        A peak of which the hours are not known is taken to last all year.
        """
        nodes, a = self.nodes, self.assumptions
        table = np.repeat(nodes.peak_load_kw[rows][:, None], hours, axis=1)
        load = nodes.load_of[rows]
        if (load >= 0).any():
            if nodes.load_kw.shape[1] != hours:
                raise InvalidInput(
                    f"The load of substations has {nodes.load_kw.shape[1]} hours, the town {hours}."
                )
            table[load >= 0] = nodes.load_kw[load[load >= 0]]
        known = ~np.isnan(nodes.rating_kva[rows]) & ~np.isnan(table).any(axis=1)
        found = np.full(table.shape, np.nan)
        found[known] = flexible_headroom_kw(
            nodes.rating_kva[rows][known],
            table[known],
            nodes.committed_kw[rows][known][:, None],
            loading_max_share=a["grid.loading_max_share"],
            power_factor=a["grid.power_factor"],
        )
        stated = nodes.stated_flexible_kw[rows]
        found[~np.isnan(stated)] = stated[~np.isnan(stated)][:, None]
        # what is always free is free in every hour; NaN stays NaN
        always = np.nan_to_num(np.maximum(self.firm_kw[rows], 0.0))
        return np.asarray(np.maximum(found, always[:, None]), dtype=np.float64)


def firm_rating_kva(nodes: GridNodes, a: Assumptions) -> FloatArray:
    """Return the rating with the largest unit out of service [kVA]; NaN where not known.

    As stated; else the installed rating times ``grid.firm_share_station`` (one transformer, no
    spare), ``grid.firm_share_primary`` (two equal transformers) or ``grid.firm_share_ring`` (half
    of a medium-voltage ring). A cable at low voltage is as firm as it is.
    """
    primary = is_primary(nodes, a)
    if nodes.are_feeders:
        low = nodes.voltage_kv <= LOW_VOLTAGE_KV
        share = np.where(low, 1.0, a["grid.firm_share_ring"])
    else:
        share = np.where(primary, a["grid.firm_share_primary"], a["grid.firm_share_station"])
    stated = nodes.firm_capacity_kva
    return np.asarray(np.where(np.isnan(stated), share * nodes.rating_kva, stated))


def is_primary(nodes: GridNodes, a: Assumptions) -> NDArray[np.bool_]:
    """Whether a substation feeds medium voltage: by voltage, rating, or a headroom that large."""
    # a comparison with NaN is false, as it should be
    large = a["grid.primary_rating_kva"]
    return np.asarray(
        (nodes.voltage_kv >= a["grid.primary_voltage_kv"])
        | (nodes.rating_kva >= large)
        | (nodes.stated_firm_kw >= large)
    )


def feeds(nodes: GridNodes, a: Assumptions) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each node can supply a hub at low, and at medium voltage.

    A substation of which nothing says what it is can do both; a feeder without a voltage neither.
    """
    if nodes.are_feeders:
        low = nodes.voltage_kv <= LOW_VOLTAGE_KV
        return low, ~low & (nodes.voltage_kv < a["grid.primary_voltage_kv"])
    primary = is_primary(nodes, a)
    silent = np.isnan(nodes.voltage_kv) & np.isnan(nodes.rating_kva)
    return ~primary, primary | silent


def node_headroom(nodes: GridNodes, a: Assumptions) -> NodeHeadroom:
    """Work out what each node can always give, and say what that rests on.

    Equation: ``P_firm = k_max S_firm cos phi - max_h (L + committed)``; domain.md 3.1. A stated
    headroom is taken as it is, whatever rating and load say.
    """
    hourly = nodes.load_of >= 0
    peaks = nodes.load_kw.max(axis=1) if len(nodes.load_kw) else np.zeros(0)
    peak = nodes.peak_load_kw.copy()
    peak[hourly] = peaks[nodes.load_of[hourly]]
    rating = firm_rating_kva(nodes, a)
    known = (rating > 0.0) & ~np.isnan(peak)
    firm = np.full(len(nodes), np.nan)
    firm[known] = firm_headroom_kw(
        rating[known],
        peak[known][:, None],
        nodes.committed_kw[known][:, None],
        loading_max_share=a["grid.loading_max_share"],
        power_factor=a["grid.power_factor"],
    )
    basis = np.select(
        [~np.isnan(nodes.stated_firm_kw), ~(rating > 0.0), np.isnan(peak), hourly],
        [STATED, NO_RATING, NO_LOAD, HOURLY],
        PEAK,
    )
    firm = np.where(np.isnan(nodes.stated_firm_kw), firm, nodes.stated_firm_kw)
    return NodeHeadroom(nodes, a, firm, basis)
