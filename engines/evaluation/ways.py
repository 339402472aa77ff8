"""From every candidate to the place of the network where its heat is worth most.

What a place takes depends on the part of the network's heat that passes it. So the modes are worked
out for a row of such parts, at the temperatures of the plants, and what each place takes in a year
is read from that row. It only serves to compare places; the hub's year is then worked out, hour by
hour, at the place that was chosen.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.annuity import annuity_factor
from engines.evaluation.feeding import Conditions, Feeding, feeding
from engines.evaluation.records import Candidates, StreetInput
from engines.thermal.connection import AREA_TYPES, RunningCosts
from engines.thermal.pipe_graph import PipePieces, join
from engines.thermal.route_worth import HubOnRoute, InjectionPlaces
from engines.thermal.routes import (
    ParcelAccess,
    ParcelRoutes,
    routes_along_streets,
    routes_by_straight_line,
)
from engines.thermal.street_graph import NO_NODE, Goals, street_graph
from engines.thermal.town_network import PlaceYear, TownNetwork
from engines.units import KWH_PER_MWH, WATER_HEAT_CAPACITY_KJ_PER_KGK

PARTS = np.geomspace(1e-4, 1.0, 25)
"""Parts of the network's heat for which the modes are worked out."""


@dataclass(frozen=True)
class Ways:
    """How every candidate would be connected.

    Attributes
    ----------
    routes : ParcelRoutes
    node_xy : array, shape (street nodes, 2)
        To draw the routes with.
    piece_xy : array, shape (pieces, 2)
        Places of the network.
    """

    routes: ParcelRoutes
    node_xy: FloatArray
    piece_xy: FloatArray

    def line(self, row: int) -> FloatArray:
        """Return the way of a candidate from the street to the network, shape (points, 2)."""
        piece = int(self.routes.chosen.place[row])
        nodes = self.routes.nodes(row)
        if piece < 0 or not len(nodes):
            return np.zeros((0, 2))
        return np.vstack([self.node_xy[nodes], self.piece_xy[piece]])


@dataclass(frozen=True)
class WaysInput:
    """What the choice of a way rests on.

    Attributes
    ----------
    network : TownNetwork
    production_kw, supply_degc, return_degc : array, shape (hours,)
        Of the whole town, as far as known before the hours of the network are worked out.
    conditions : Conditions
    displaced_eur_per_mwh : float
    area_type : str
        Kind of ground of paved streets.
    """

    network: TownNetwork
    production_kw: FloatArray
    supply_degc: FloatArray
    return_degc: FloatArray
    conditions: Conditions
    displaced_eur_per_mwh: float
    area_type: str


def ways(
    given: WaysInput, streets: StreetInput | None, candidates: Candidates, a: Assumptions
) -> Ways:
    """Connect every candidate, along the streets where there are any.

    Raises
    ------
    InvalidInput
        If arrays do not fit together.
    """
    pieces = given.network.graph.pieces
    middle = 0.5 * (pieces.start_xy + pieces.end_xy)
    paved = AREA_TYPES.index(given.area_type)
    feed = _by_part(given, a)
    hub = HubOnRoute(
        heat_kw=given.conditions.hub.heat_kw,
        heat_mwh_per_a=given.conditions.hub.heat_kw * len(given.supply_degc) / KWH_PER_MWH,
        supply_degc=float(
            np.nan_to_num(feed.feed_degc[-1], nan=given.conditions.hub.available_degc)
        ),
        costs=RunningCosts(
            capital_share_per_a=float(
                annuity_factor(a["economics.rate_share"], a["economics.life_pipe_years"])
            ),
            hours_per_a=float(len(given.supply_degc)),
            heat_value_eur_per_mwh=given.displaced_eur_per_mwh,
            electricity_eur_per_mwh=float(given.conditions.price_eur_per_mwh.mean()),
        ),
    )
    if streets is None:
        nowhere = np.full(len(middle), NO_NODE)
        goals = Goals(nowhere, np.full(len(middle), np.nan), np.full(len(middle), paved))
        routes = routes_by_straight_line(
            candidates.network_m + a["connection.station_m"] / a["connection.detour_factor"],
            candidates.piece_of,
            np.full(len(candidates.refs), paved),
            _places(given, feed, goals),
            hub,
            a,
        )
        return Ways(routes, np.zeros((0, 2)), middle)
    unsized = np.full(len(streets.length_m), np.nan)
    graph = join(
        PipePieces(streets.start_xy, streets.end_xy, streets.length_m, unsized, unsized),
        a["network.snap_m"],
    )
    area = np.where(streets.is_unpaved, AREA_TYPES.index("park"), paved)
    ground = street_graph(
        graph.nodes,
        graph.start,
        graph.end,
        streets.length_m,
        area,
        streets.river_crossings,
        streets.rail_crossings,
    )
    near = streets.parcel_piece[candidates.row]
    on_street = near >= 0
    ends = np.where(streets.parcel_at_end[candidates.row], graph.end[near], graph.start[near])
    access = ParcelAccess(
        node=np.where(on_street, ends, NO_NODE),
        access_m=streets.parcel_way_m[candidates.row] + a["connection.station_m"],
        area=np.full(len(near), paved),
    )
    goals = _goals(middle, graph.node_xy, paved, a)
    routes = routes_along_streets(ground, access, _places(given, feed, goals), hub, a)
    return Ways(routes, graph.node_xy, middle)


def _goals(middle: FloatArray, node_xy: FloatArray, area: int, a: Assumptions) -> Goals:
    """Find the street node nearest to each piece of pipe; pipes far from a street have none."""
    distance, node = cKDTree(node_xy).query(
        middle, distance_upper_bound=a["network.street_reach_m"]
    )
    found = np.isfinite(distance)
    return Goals(
        np.where(found, node, NO_NODE).astype(np.int64),
        np.where(found, distance, np.nan),
        np.full(len(middle), area),
    )


def _by_part(given: WaysInput, a: Assumptions) -> Feeding:
    """Work out the modes where these parts of all heat pass."""
    heat = PARTS[:, None] * given.production_kw[None, :]
    spread = (given.supply_degc - given.return_degc)[None, :]
    count = len(PARTS)
    places = PlaceYear(
        flow_kg_per_s=(heat / (WATER_HEAT_CAPACITY_KJ_PER_KGK * spread)).astype(np.float32),
        supply_degc=np.tile(given.supply_degc.astype(np.float32), (count, 1)),
        return_degc=np.tile(given.return_degc.astype(np.float32), (count, 1)),
        left_kw=heat,
        part_of=np.arange(count),
        flow_known=np.ones(count, dtype=bool),
        production_kw=given.production_kw,
        lost_kw=np.zeros_like(given.production_kw),
        starved=np.zeros(len(given.production_kw), dtype=np.int64),
    )
    return feeding(places, np.zeros(count), given.conditions, a)


def _places(given: WaysInput, feed: Feeding, goals: Goals) -> InjectionPlaces:
    """Read from the row of parts what each piece of pipe takes in a year."""
    total = float(given.network.customer_mwh_per_a.sum())
    part = given.network.behind_mwh_per_a / total
    mwh = feed.uptake_kw.sum(axis=1) / KWH_PER_MWH
    worth = (feed.uptake_kw * feed.value_eur_per_mwh).sum(axis=1) / KWH_PER_MWH
    power = feed.uptake_kw * feed.heat_pump_per_heat * given.conditions.price_eur_per_mwh
    worth = worth - power.sum(axis=1) / KWH_PER_MWH
    value = np.divide(worth, mwh, out=np.zeros_like(worth), where=mwh > 0.0)
    back = np.nan_to_num(feed.back_degc, nan=float(given.return_degc.mean()))
    supplied = np.array([mode.startswith("supply") for mode in feed.mode])
    nearest = np.searchsorted(PARTS, part).clip(max=len(PARTS) - 1)

    def at(values: FloatArray) -> FloatArray:
        # less than the smallest part takes as much less
        small = np.minimum(part / PARTS[0], 1.0)
        return np.asarray(np.interp(part, PARTS, values) * small, dtype=np.float64)

    return InjectionPlaces(
        goals=goals,
        absorbable_mwh=at(mwh),
        # where nothing is fed in the pipe is sized for the hub, to show what it would be
        peak_kw=np.where(at(feed.peak_kw) > 0.0, at(feed.peak_kw), np.nan),
        return_degc=np.interp(part, PARTS, back),
        value_eur_per_mwh=np.interp(part, PARTS, value),
        into_supply=supplied[nearest],
        network_head_pa=np.full(len(part), np.nan),
    )
