"""From every parcel to the place where its heat is worth most, along the streets.

For several levels of what a place can absorb (all of the hub's heat, three quarters, a half, a
quarter, any) the cheapest way to the nearest place of that level is found. Each of these is sized
and valued, and the one with the highest yearly worth is taken: a place that takes all the heat may
be worth a longer trench than the nearest one.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import (
    FloatArray,
    IntArray,
    as_floats,
    positive,
    within_or_missing,
)
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.thermal.connection import AREA_TYPES, size_connections
from engines.thermal.route_worth import (
    HubOnRoute,
    InjectionPlaces,
    RouteOptions,
    route_options,
)
from engines.thermal.street_graph import NO_NODE, StreetGraph, WayFinder, WayTree

NOTES = {
    "route_connected": "Connected over {length_m:.0f} m of trench.",
    "route_no_street": "No street is near this parcel; how it would be connected is not known.",
    "route_no_way": "The streets at this parcel lead to no place of the heat network.",
    "route_nothing_absorbed": "No place that can be reached takes any heat.",
    "route_heat_unknown": "What the network can take where this parcel connects is not known.",
    "route_no_pipe": "No listed pipe is large enough for this hub.",
    "route_too_far": (
        "Too far: the trench of {length_m:.0f} m pays up to {break_even_m:.0f} m only."
    ),
    "route_straight_line": (
        "There is no layer of streets: lengths are straight lines times {detour_factor:.2f}."
    ),
}

(CONNECTED, NO_STREET, NO_WAY, NOTHING_ABSORBED, HEAT_UNKNOWN, NO_PIPE, TOO_FAR) = range(7)
_STATES = (
    "route_connected",
    "route_no_street",
    "route_no_way",
    "route_nothing_absorbed",
    "route_heat_unknown",
    "route_no_pipe",
    "route_too_far",
)

LEVELS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Parts of the hub's yearly heat that a place must be able to absorb."""

STREETS, STRAIGHT_LINE = "streets", "straight_line"


@dataclass(frozen=True)
class ParcelAccess:
    """Where parcels meet the streets; arrays of shape (parcels,).

    Attributes
    ----------
    node : array of int
        Street node; `NO_NODE` where no street is near.
    access_m : array
        From the hub to it; NaN where there is none.
    area : array of int
        Kind of ground of the access.
    """

    node: IntArray
    access_m: FloatArray
    area: IntArray


@dataclass(frozen=True)
class ParcelRoutes:
    """The chosen connection of every parcel, and the others.

    Attributes
    ----------
    method : str
        ``streets`` or ``straight_line``.
    state : array of int, shape (parcels,)
        `CONNECTED`, `TOO_FAR` or why there is no connection.
    chosen : RouteOptions
        Arrays of shape (parcels,); NaN and -1 without a connection.
    arrival_degc : array, shape (parcels,)
        Hub's water at the network.
    level : array of int, shape (parcels,)
        Row of `options`; -1 without a connection.
    options : RouteOptions
        Shape (levels, parcels); several levels may lead to the same place.
    notes : tuple of Message
    """

    method: str
    state: IntArray
    chosen: RouteOptions
    arrival_degc: FloatArray
    level: IntArray
    options: RouteOptions
    notes: tuple[Message, ...]
    trees: tuple[WayTree, ...]
    access_node: IntArray

    def nodes(self, parcel: int) -> IntArray:
        """Return the street nodes of the chosen way from a parcel to the place; empty without."""
        if self.level[parcel] < 0 or not self.trees:
            return np.zeros(0, dtype=np.int64)
        return self.trees[int(self.level[parcel])].nodes_from(int(self.access_node[parcel]))

    def sentence(self, parcel: int) -> Message:
        """Return what is to be said about the connection of a parcel."""
        key = _STATES[int(self.state[parcel])]
        if key == "route_connected":
            return message(NOTES, key, length_m=float(self.chosen.length_m[parcel]))
        if key == "route_too_far":
            return message(
                NOTES,
                key,
                length_m=float(self.chosen.length_m[parcel]),
                break_even_m=max(float(self.chosen.break_even_m[parcel]), 0.0),
            )
        return message(NOTES, key)


def routes_along_streets(
    graph: StreetGraph,
    parcels: ParcelAccess,
    places: InjectionPlaces,
    hub: HubOnRoute,
    a: Assumptions,
) -> ParcelRoutes:
    """Connect every parcel along the streets.

    Ways are searched by trench cost at the diameter that the hub's heat needs over a short way;
    each way found is then sized on its own.

    Raises
    ------
    InvalidInput
        If arrays do not fit together.
    """
    _check(parcels, places, hub)
    finder = WayFinder(graph, places.goals, _search_prices(hub, places, a))
    trees = [finder.to_nearest(wanted) for wanted in _by_level(places, hub)]
    on_street = parcels.node != NO_NODE
    node = np.where(on_street, parcels.node, 0)
    ways = np.zeros((len(trees), len(node), len(AREA_TYPES) + 2))
    place = np.full((len(trees), len(node)), NO_NODE)
    if graph.node_count:
        for row, tree in enumerate(trees):
            place[row] = np.where(on_street, tree.goal[node], NO_NODE)
            ways[row] = tree.features[node]
    own = np.nan_to_num(parcels.access_m)
    ways[:, np.arange(len(node)), parcels.area] += own
    routes = _chosen(STREETS, place, ways, places, hub, a)
    state = np.where(on_street, routes.state, NO_STREET)
    return replace(
        routes,
        state=np.asarray(state, dtype=np.int64),
        trees=tuple(trees),
        access_node=parcels.node,
    )


def routes_by_straight_line(
    distance_m: ArrayLike,
    place: ArrayLike,
    area: ArrayLike,
    places: InjectionPlaces,
    hub: HubOnRoute,
    a: Assumptions,
) -> ParcelRoutes:
    """Connect every parcel by straight distance times a detour, where there are no streets.

    Labelled ``straight_line`` and noted; crossings are not known and not counted.

    Parameters
    ----------
    distance_m : array, shape (parcels,)
        Straight distance to the place; NaN where there is none.
    place : array of int, shape (parcels,)
        Row of `places`; -1 where there is none.
    area : array of int, shape (parcels,)
        Kind of ground.
    """
    detour = a["connection.detour_factor"]
    straight = within_or_missing("Distance", distance_m, 0.0)
    rows = np.atleast_1d(np.asarray(place, dtype=np.int64))
    ways = np.zeros((1, len(rows), len(AREA_TYPES) + 2))
    ways[0, np.arange(len(rows)), np.asarray(area, dtype=np.int64)] = (
        np.nan_to_num(straight) * detour
    )
    rows = np.where(np.isnan(straight), NO_NODE, rows)
    routes = _chosen(STRAIGHT_LINE, rows[None], ways, places, hub, a)
    note = message(NOTES, "route_straight_line", detour_factor=detour)
    return replace(routes, notes=(*routes.notes, note), access_node=np.full(len(rows), NO_NODE))


def _check(parcels: ParcelAccess, places: InjectionPlaces, hub: HubOnRoute) -> None:
    positive("Heat of the hub", [hub.heat_kw, hub.heat_mwh_per_a])
    within_or_missing("Absorbable heat", places.absorbable_mwh, 0.0)
    counts = {len(getattr(parcels, each.name)) for each in fields(parcels)}
    if len(counts) > 1:
        raise InvalidInput("Every parcel needs a street node, an access and a kind of ground.")
    missing = (parcels.node != NO_NODE) & np.isnan(parcels.access_m)
    if missing.any():
        raise InvalidInput(
            f"{np.count_nonzero(missing)} parcels lie on a street but have no length to it."
        )


def _by_level(places: InjectionPlaces, hub: HubOnRoute) -> list[NDArray[np.bool_]]:
    """Return which places belong to each level; the last one holds those not known."""
    heat = places.absorbable_mwh
    known = np.nan_to_num(heat)
    levels = [known >= max(part * hub.heat_mwh_per_a, 1e-9) for part in LEVELS]
    return [*levels, np.isnan(heat)]


def _search_prices(hub: HubOnRoute, places: InjectionPlaces, a: Assumptions) -> FloatArray:
    """Return what a metre in each kind of ground, a river and a railway cost in the search."""
    coldest = float(np.min(places.return_degc)) if len(places.return_degc) else 0.0
    sized = size_connections(
        np.full(len(AREA_TYPES), hub.heat_kw),
        1.0,
        supply_degc=hub.supply_degc,
        return_degc=min(coldest, hub.supply_degc - 1.0),
        ground_degc=a["network.ground_mean_degc"],
        area_type=AREA_TYPES,
        assumptions=a,
    )
    per_metre = np.where(sized.feasible, sized.capex_eur, 1.0)
    crossings = (a["connection.river_crossing_eur"], a["connection.rail_crossing_eur"])
    return np.concatenate((per_metre, crossings))


def _chosen(
    method: str,
    place: IntArray,
    ways: FloatArray,
    places: InjectionPlaces,
    hub: HubOnRoute,
    a: Assumptions,
) -> ParcelRoutes:
    """Size and value all options and take the best of each parcel."""
    options = route_options(place, ways, places, hub, a)
    worth = np.where(np.isnan(options.worth_eur_per_a), -np.inf, options.worth_eur_per_a)
    known = np.asarray(np.isfinite(worth).any(axis=0))
    # where no option's worth is known, the first that leads anywhere still shows the way
    level = np.where(known, worth.argmax(axis=0), (place >= 0).argmax(axis=0))
    reached = np.asarray((place >= 0).any(axis=0))
    level = np.where(reached, level, -1)
    pick = np.arange(place.shape[1])
    taken = {
        each.name: np.where(
            _like(reached, getattr(options, each.name)[level, pick]),
            getattr(options, each.name)[level, pick],
            -1 if each.name == "place" else np.nan,
        )
        for each in fields(options)
    }
    chosen = RouteOptions(**taken)
    return ParcelRoutes(
        method=method,
        state=_state(chosen, places, known),
        chosen=chosen,
        arrival_degc=as_floats(hub.supply_degc - chosen.supply_drop_k),
        level=np.asarray(level, dtype=np.int64),
        options=options,
        notes=(),
        trees=(),
        access_node=np.zeros(0, dtype=np.int64),
    )


def _like(mask: NDArray[np.bool_], values: FloatArray) -> NDArray[np.bool_]:
    return mask.reshape(mask.shape + (1,) * (values.ndim - mask.ndim))


def _state(chosen: RouteOptions, places: InjectionPlaces, known: NDArray[np.bool_]) -> IntArray:
    any_heat = bool(np.any(np.nan_to_num(places.absorbable_mwh, nan=1.0) > 0))
    return np.select(
        [
            chosen.place < 0,
            np.isnan(chosen.dn_mm),
            ~known,
            chosen.length_m > chosen.break_even_m,
        ],
        [NO_WAY if any_heat else NOTHING_ABSORBED, NO_PIPE, HEAT_UNKNOWN, TOO_FAR],
        CONNECTED,
    ).astype(np.int64)
