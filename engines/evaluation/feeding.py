"""How each hub feeds in: every mode worked out, the best one taken, hour by hour.

The heat pump stands at the hub, so the connection carries water as hot as the network wants it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.economics.annuity import annuity_factor
from engines.economics.defaults import heat_pump_price_eur_per_kwth
from engines.thermal.best_mode import BestMode, best_mode
from engines.thermal.heat_pump import heat_pump
from engines.thermal.injection_return import return_preheat
from engines.thermal.injection_subnet import subnet, subnet_temperatures_degc
from engines.thermal.injection_supply import supply_direct, supply_lift
from engines.thermal.mode_year import (
    RETURN_VALUE,
    SUBNET_VALUE,
    SUPPLY_VALUE,
    HubHeat,
    ModeYear,
    injection_points,
)
from engines.thermal.town_network import PlaceYear

NO_MODE = "none"
WITHOUT_PUMP = (0, 1)
"""Places of return pre-heat and direct supply among the modes."""
TOGETHER = 20
"""Points worked out at once, so that all modes of all hours stay small in memory."""


DROP_STEP_K = 0.1
BY_POINT = (
    "peak_kw",
    "heat_pump_kwth",
    "feed_degc",
    "back_degc",
    "feeding_h",
    "possible_h",
    "wanted_h",
)


@dataclass(frozen=True)
class Feeding:
    """The best mode of every point, and what it takes, hour by hour.

    Points at the same place, whose water cools down alike on its way, share a row of the hourly
    tables.

    Attributes
    ----------
    row : array of int, shape (points,)
        Row of each point in the hourly tables.
    mode : tuple of str
        Name of the mode of each point, `NO_MODE` where none earns anything or nothing is known.
    compared : tuple of BestMode
        The comparison, `TOGETHER` rows each.
    uptake_kw : array, shape (rows, hours)
        Heat of the hub that the network takes at most, before a heat pump.
    value_eur_per_mwh : array, shape (rows, hours)
        Worth of a MWh of the hub's heat, lifted where it is.
    heat_pump_per_heat : array, shape (rows, hours)
        Power of the heat pump over the hub's heat.
    peak_kw : array, shape (points,)
        Most heat that is fed in, lifted.
    heat_pump_kwth : array, shape (points,)
        Most heat that passes the heat pump; 0 where there is none.
    feed_degc, back_degc : array, shape (points,)
        Mean temperatures of the connection in the hours in which heat is fed in; NaN without any.
    feeding_h : array of int, shape (points,)
        Hours in which heat is fed in at full load.
    possible_h : array of int, shape (points,)
        Hours in which the mode is possible; where none is worth it, those of the mode without a
        heat pump that has most.
    wanted_h : array of int, shape (points,)
        Hours in which heat is needed there.
    """

    row: IntArray
    mode: tuple[str, ...]
    compared: tuple[BestMode, ...]
    uptake_kw: FloatArray
    value_eur_per_mwh: FloatArray
    heat_pump_per_heat: FloatArray
    peak_kw: FloatArray
    heat_pump_kwth: FloatArray
    feed_degc: FloatArray
    back_degc: FloatArray
    feeding_h: IntArray
    possible_h: IntArray
    wanted_h: IntArray

    def comparison(self, point: int) -> tuple[BestMode, int]:
        """Return the comparison that a point is in, and its row there."""
        return self.compared[self.row[point] // TOGETHER], int(self.row[point] % TOGETHER)


@dataclass(frozen=True)
class Conditions:
    """What is the same for all points, hour by hour.

    Attributes
    ----------
    hub : HubHeat
    refrigerant : str
        Key of ``data/refrigerants.csv``.
    outdoor_degc, price_eur_per_mwh : array, shape (hours,)
    value_eur_per_mwh : mapping of str to array, shape (hours,)
        Price of heat by value class.
    """

    hub: HubHeat
    refrigerant: str
    outdoor_degc: FloatArray
    price_eur_per_mwh: FloatArray
    value_eur_per_mwh: Mapping[str, FloatArray]


def feeding(
    places: PlaceYear,
    drop_k: FloatArray,
    given: Conditions,
    a: Assumptions,
    place_of: IntArray | None = None,
    keep: Sequence[str] | None = None,
) -> Feeding:
    """Compare the modes at every place and take the best.

    Parameters
    ----------
    places : PlaceYear
        One place per point.
    drop_k : array, shape (points,)
        Temperature lost on the way to the network; counted in tenths of a kelvin, rounded up.
    given : Conditions
    a : Assumptions
    place_of : array of int, shape (points,)
        Points with the same number are at the same place; all at different ones if left out.
    keep : sequence of str, shape (points,), or None
        Mode that each point has already; it is kept, whatever another year's weather would choose.
    """
    numbers = np.arange(len(drop_k)) if place_of is None else place_of
    steps = np.ceil(np.round(drop_k / DROP_STEP_K, 6))
    _, first, row = np.unique(
        np.column_stack([numbers, steps]), axis=0, return_index=True, return_inverse=True
    )
    kept = None if keep is None else [keep[i] for i in first]
    found = _rows(places.at(first), steps[first] * DROP_STEP_K, given, a, kept)
    row = row.ravel()
    return replace(
        found,
        row=row.astype(np.int64),
        mode=tuple(found.mode[i] for i in row),
        **{name: getattr(found, name)[row] for name in BY_POINT},
    )


def _rows(
    places: PlaceYear,
    drop_k: FloatArray,
    given: Conditions,
    a: Assumptions,
    keep: Sequence[str] | None,
) -> Feeding:
    """Compare the modes of all rows, some at a time."""
    count, hours = places.flow_kg_per_s.shape
    uptake, value, lifting = (np.zeros((count, hours)) for _ in range(3))
    peak, pumped = np.zeros(count), np.zeros(count)
    feed, back = np.full(count, np.nan), np.full(count, np.nan)
    modes: list[str] = []
    compared: list[BestMode] = []
    feeding_h, possible_h, wanted_h = np.zeros((3, count), dtype=np.int64)
    for start in range(0, count, TOGETHER):
        rows = np.arange(start, min(start + TOGETHER, count))
        near = places.at(rows)
        need_kw = near.absorbable_kw
        wanted_h[rows] = np.count_nonzero(need_kw > 0.0, axis=1)
        years = _modes(near, need_kw, drop_k[rows], given, a)
        best = best_mode(
            years,
            value_eur_per_mwh=given.value_eur_per_mwh,
            price_eur_per_mwh=given.price_eur_per_mwh,
            heat_pump_eur_per_kw_a=_heat_pump_eur_per_kw_a(given.hub.heat_kw, a),
        )
        compared.append(best)
        for place, row in enumerate(rows):
            taken = int(best.best[place]) if keep is None else _kept(best, keep[row])
            modes.append(NO_MODE if taken < 0 else best.modes[taken])
            if taken < 0:
                possible_h[row] = max(best.feasible_h[i, place] for i in WITHOUT_PUMP)
                continue
            year = years[taken]
            possible_h[row] = best.feasible_h[taken, place]
            delivered = np.nan_to_num(year.delivered_kw[place])
            per_heat = _row(year.power_per_heat, place, hours)
            runs = delivered > 0.0
            uptake[row] = delivered * (1.0 - per_heat)
            lifting[row] = per_heat / (1.0 - per_heat)
            worth = given.value_eur_per_mwh[year.value_class]
            upkeep = np.where(per_heat > 0.0, upkeep_eur_per_mwh(a), 0.0)
            value[row] = np.where(runs, (worth - upkeep) / (1.0 - per_heat), 0.0)
            peak[row] = delivered.max()
            pumped[row] = (delivered * (per_heat > 0.0)).max()
            feeding_h[row] = np.count_nonzero(runs)
            if runs.any():
                hot = _feed_degc(year, near, place, drop_k[row], given.hub)
                feed[row] = hot[runs].mean()
                back[row] = near.return_degc[place][runs].mean()
    return Feeding(
        row=np.arange(count),
        mode=tuple(modes),
        compared=tuple(compared),
        uptake_kw=uptake,
        value_eur_per_mwh=value,
        heat_pump_per_heat=lifting,
        peak_kw=peak,
        heat_pump_kwth=pumped,
        feed_degc=feed,
        back_degc=back,
        feeding_h=feeding_h,
        possible_h=possible_h,
        wanted_h=wanted_h,
    )


def _kept(best: BestMode, mode: str) -> int:
    return -1 if mode == NO_MODE else best.modes.index(mode)


def _modes(
    near: PlaceYear, need_kw: FloatArray, drop_k: FloatArray, given: Conditions, a: Assumptions
) -> Sequence[ModeYear]:
    points = injection_points(
        supply_degc=near.supply_degc,
        return_degc=near.return_degc,
        flow_kg_per_s=near.flow_kg_per_s,
        absorbable_kw=need_kw,
        drop_k=drop_k[:, None],
    )
    low_supply, low_return = subnet_temperatures_degc(given.outdoor_degc, a)
    planned = a["subnet.load_share"] > 0.0
    low = injection_points(
        supply_degc=low_supply,
        return_degc=low_return,
        flow_kg_per_s=near.flow_kg_per_s,
        absorbable_kw=need_kw * a["subnet.load_share"],
        # without a subnet nothing is needed, and temperatures need not be told apart
        drop_k=drop_k[:, None] if planned else 0.0,
    )
    pump = heat_pump(given.refrigerant, a)
    hub = given.hub
    return (
        return_preheat(points, hub, max_return_rise_k=a["network.max_return_rise_k"]),
        supply_direct(points, hub),
        supply_lift(points, hub, pump),
        supply_lift(points, hub, pump, preheat=True),
        subnet(low, hub, pump),
    )


def _feed_degc(
    year: ModeYear, near: PlaceYear, place: int, drop_k: float, hub: HubHeat
) -> FloatArray:
    """Return how hot the connection is fed: as the hub can for the return, as wanted else."""
    if year.value_class == RETURN_VALUE:
        return np.full(near.supply_degc.shape[1], hub.available_degc)
    return np.asarray(near.supply_degc[place] + drop_k, dtype=np.float64)


def _row(values: FloatArray, place: int, hours: int) -> FloatArray:
    rows, columns = values.shape
    return np.broadcast_to(values[place if rows > 1 else 0, :], hours if columns == 1 else columns)


def _heat_pump_eur_per_kw_a(heat_kw: float, a: Assumptions) -> float:
    """Yearly cost of a heat pump of the hub's size per kW of its heat."""
    price = float(heat_pump_price_eur_per_kwth(heat_kw, a))
    markup = 1.0 + a["economics.planning_share"] + a["economics.contingency_share"]
    yearly = float(annuity_factor(a["economics.rate_share"], a["economics.life_heat_pump_years"]))
    return price * (markup * yearly + a["economics.alternative_heat_pump_fixed_om_share_per_a"])


def upkeep_eur_per_mwh(a: Assumptions) -> float:
    """Upkeep of the heat pump per MWh of heat that it gives; taken off the price of that heat."""
    return a["economics.alternative_heat_pump_variable_om_eur_per_mwh"]


def class_values(into_return: FloatArray, into_supply: FloatArray) -> dict[str, FloatArray]:
    """Return prices of heat by value class; a subnet suffers no plant and pays as the supply."""
    return {RETURN_VALUE: into_return, SUPPLY_VALUE: into_supply, SUBNET_VALUE: into_supply}


def served(feed: Feeding) -> NDArray[np.bool_]:
    """Points where heat is fed in at all."""
    return np.array([mode != NO_MODE for mode in feed.mode], dtype=bool)
