"""What a connection is worth: its pipe, what it sells, what it costs, and how long it may be."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, IntArray, as_floats, non_negative, positive
from engines.assumptions import Assumptions
from engines.thermal.connection import AREA_TYPES, Connection, RunningCosts, size_connections
from engines.thermal.street_graph import Goals
from engines.units import KWH_PER_MWH


@dataclass(frozen=True)
class InjectionPlaces:
    """Places of the network where heat can be fed in; arrays of shape (places,).

    Attributes
    ----------
    goals : Goals
        Where they lie on the streets.
    absorbable_mwh : array
        Heat they take in a year; NaN where not known.
    peak_kw : array
        Most they take in an hour; NaN where not known (then the pipe is sized for the hub).
    return_degc : array
        Water that comes back to the hub [degC].
    value_eur_per_mwh : array
        Worth of the heat there.
    into_supply : array of bool
        Whether the pump works against the network's own difference of pressure.
    network_head_pa : array
        That difference; NaN where not known, then ``connection.network_head_pa``.
    """

    goals: Goals
    absorbable_mwh: FloatArray
    peak_kw: FloatArray
    return_degc: FloatArray
    value_eur_per_mwh: FloatArray
    into_supply: NDArray[np.bool_]
    network_head_pa: FloatArray


@dataclass(frozen=True)
class HubOnRoute:
    """What is to be brought to the network.

    Attributes
    ----------
    heat_kw : float
        At full load.
    heat_mwh_per_a : float
        What it could sell in a year if all were taken.
    supply_degc : float
        Water that leaves the hub.
    costs : RunningCosts
        What turns a pipe into a yearly cost; planning and contingency are added here.
    """

    heat_kw: float
    heat_mwh_per_a: float
    supply_degc: float
    costs: RunningCosts


@dataclass(frozen=True)
class RouteOptions:
    """Connections of every parcel for every level; arrays of shape (levels, parcels).

    NaN where there is none. `place` is -1 there.

    Attributes
    ----------
    place : array of int
    length_m, river_crossings, rail_crossings : array
    length_by_area_m : array, shape (levels, parcels, 3)
    dn_mm, trench_eur, crossings_eur, heat_loss_kw, pump_kw, head_pa, supply_drop_k : array
    sold_mwh : array
        Heat sold in a year: what is absorbed, at most the hub's less the loss.
    worth_eur_per_a : array
        Heat sold less capital of trench and crossings less pump power.
    break_even_m : array
        Length at which nothing is left.
    """

    place: IntArray
    length_m: FloatArray
    length_by_area_m: FloatArray
    river_crossings: FloatArray
    rail_crossings: FloatArray
    dn_mm: FloatArray
    trench_eur: FloatArray
    crossings_eur: FloatArray
    heat_loss_kw: FloatArray
    pump_kw: FloatArray
    head_pa: FloatArray
    supply_drop_k: FloatArray
    sold_mwh: FloatArray
    worth_eur_per_a: FloatArray
    break_even_m: FloatArray


def break_even_length_m(worth_eur_per_a: ArrayLike, cost_eur_per_m_a: ArrayLike) -> FloatArray:
    """Return the length at which a connection earns nothing [m]: ``L = worth / cost per metre``.

    Domain 5.5 with all terms by year: worth without the pipe over capital, lost heat and pump power
    of one metre. Zero where nothing is earned even next door.
    """
    worth = np.maximum(as_floats(worth_eur_per_a), 0.0)
    return as_floats(worth / positive("Yearly cost of a metre", cost_eur_per_m_a))


def route_options(
    place: IntArray, ways: FloatArray, places: InjectionPlaces, hub: HubOnRoute, a: Assumptions
) -> RouteOptions:
    """Return size, cost and worth of connections.

    Parameters
    ----------
    place : array of int, shape (levels, parcels)
        Row of `places`; -1 where there is no way.
    ways : array, shape (levels, parcels, 5)
        Length by kind of ground, rivers, railways.
    """
    reached = place >= 0
    row = np.where(reached, place, 0)[reached]
    way = ways[reached]
    found = _valued(row, way, places, hub, a)

    def back(values: FloatArray) -> FloatArray:
        table = np.full((*place.shape, *values.shape[1:]), np.nan)
        table[reached] = values
        return table

    return RouteOptions(
        place=place,
        length_m=back(way[:, : len(AREA_TYPES)].sum(axis=1)),
        length_by_area_m=back(way[:, : len(AREA_TYPES)]),
        river_crossings=back(way[:, -2]),
        rail_crossings=back(way[:, -1]),
        **{name: back(values) for name, values in found.items()},
    )


def _valued(
    row: IntArray, way: FloatArray, places: InjectionPlaces, hub: HubOnRoute, a: Assumptions
) -> dict[str, FloatArray]:
    """Return what `RouteOptions` holds besides the way, one value for each connection."""
    costs = hub.costs
    hours = costs.hours_per_a / KWH_PER_MWH
    value, absorbable = places.value_eur_per_mwh[row], places.absorbable_mwh[row]
    head = _network_head(places, a)[row]
    pipe = _pipes(row, way[:, : len(AREA_TYPES)], head, places, hub, a)
    crossings = way[:, -2] * a["connection.river_crossing_eur"]
    crossings = crossings + way[:, -1] * a["connection.rail_crossing_eur"]
    pump_eur = pipe.pump_kw * hours * costs.electricity_eur_per_mwh
    lost_mwh = pipe.heat_loss_kw * hours
    sold = np.minimum(absorbable, hub.heat_mwh_per_a - lost_mwh).clip(min=0.0)
    share = _capital_share(hub, a)
    # of the pump's pressure only the pipe's own part grows with the length
    pump_next_door = pump_eur * (head + a["connection.station_loss_pa"]) / pipe.head_pa
    next_door = (
        np.minimum(absorbable, hub.heat_mwh_per_a) * value - crossings * share - pump_next_door
    )
    growing = pipe.capex_eur * share + lost_mwh * value + pump_eur - pump_next_door
    length = way[:, : len(AREA_TYPES)].sum(axis=1)
    return {
        "dn_mm": pipe.dn_mm,
        "trench_eur": pipe.capex_eur,
        "crossings_eur": as_floats(crossings),
        "heat_loss_kw": pipe.heat_loss_kw,
        "pump_kw": pipe.pump_kw,
        "head_pa": pipe.head_pa,
        "supply_drop_k": pipe.supply_drop_k,
        "sold_mwh": as_floats(sold),
        "worth_eur_per_a": as_floats(
            sold * value - (pipe.capex_eur + crossings) * share - pump_eur
        ),
        "break_even_m": _break_even(next_door, growing, length),
    }


def _pipes(
    row: IntArray,
    by_area: FloatArray,
    head: FloatArray,
    places: InjectionPlaces,
    hub: HubOnRoute,
    a: Assumptions,
) -> Connection:
    peak = np.where(np.isnan(places.peak_kw), np.inf, places.peak_kw)[row]
    length = by_area.sum(axis=1)
    return size_connections(
        np.minimum(hub.heat_kw, peak),
        length,
        supply_degc=hub.supply_degc,
        # a return as warm as the hub takes no heat (absorbable is zero there), but has a way
        return_degc=np.minimum(places.return_degc[row], hub.supply_degc - 1.0),
        ground_degc=a["network.ground_mean_degc"],
        area_type=_shares(by_area, length),
        assumptions=a,
        running_costs=replace(hub.costs, capital_share_per_a=_capital_share(hub, a)),
        network_head_pa=head,
    )


def _capital_share(hub: HubOnRoute, a: Assumptions) -> float:
    overhead = 1.0 + a["economics.planning_share"] + a["economics.contingency_share"]
    return hub.costs.capital_share_per_a * overhead


def _break_even(next_door: FloatArray, growing: FloatArray, length: FloatArray) -> FloatArray:
    """Return the break-even length; endless where a longer way costs nothing more."""
    dear = (growing > 0) & (length > 0)
    per_metre = growing / np.where(length > 0, length, 1.0)
    limit = break_even_length_m(next_door, np.where(dear, per_metre, 1.0))
    return as_floats(np.where(dear | np.isnan(growing), limit, np.inf))


def _network_head(places: InjectionPlaces, a: Assumptions) -> FloatArray:
    """Return the network's difference of pressure where it must be overcome [Pa]."""
    head = np.where(
        np.isnan(places.network_head_pa), a["connection.network_head_pa"], places.network_head_pa
    )
    return non_negative("Network pressure", np.where(places.into_supply, head, 0.0))


def _shares(by_area: FloatArray, length: FloatArray) -> FloatArray:
    """Return the share of each kind of ground; a way of no length counts as outer city."""
    even = (length == 0)[:, None]
    share = by_area / np.where(length > 0, length, 1.0)[:, None]
    return np.where(even, np.array([0.0, 1.0, 0.0]), share)
