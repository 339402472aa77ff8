"""Mode 2, into the supply: directly where the hub is hot enough, else with a heat pump.

Three ways: directly only; with a heat pump that lifts all of the water; and in series, where an
exchanger warms the water as far as it can and the heat pump does the rest. With a heat pump the
hours that need no lift are served directly.
"""

from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import NDArray

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.thermal.exchanger_chain import supply_hand_over
from engines.thermal.heat_pump import HeatPump, cop_of_hour, field_cop
from engines.thermal.mode_year import (
    FEASIBLE,
    LIFT_TOO_LARGE,
    LIFT_TOO_SMALL,
    NOTHING_NEEDED,
    SINK_TOO_HOT,
    SUPPLY_VALUE,
    TOO_COLD,
    UNKNOWN,
    HubHeat,
    InjectionPoints,
    ModeYear,
    first_reason,
)

DIRECT, LIFT, SERIES = "supply_direct", "supply_lift", "supply_series"

_SERIES_ROUNDS = 20
_SETTLED = 1e-9


@dataclass(frozen=True)
class _Temperatures:
    """Temperatures alone decide these; they keep the smaller shape of the temperatures."""

    lift_k: FloatArray
    cop: FloatArray
    power_per_heat: FloatArray
    direct_share: FloatArray
    reasons: tuple[tuple[NDArray[np.bool_], int], ...]


def supply_direct(points: InjectionPoints, hub: HubHeat) -> ModeYear:
    """Return the year of feeding into the supply without a heat pump.

    Feasible where ``T_available - drop >= Ts``; the network takes what is needed downstream.
    """
    lift = _lift_k(points, hub)
    share = _direct_share(points, hub, lift)
    nothing = np.full_like(lift, np.nan)
    found = _Temperatures(lift, nothing, np.zeros_like(lift), share, ((lift > 0, TOO_COLD),))
    return _mode_year(DIRECT, SUPPLY_VALUE, points, hub, found)


def supply_lift(
    points: InjectionPoints,
    hub: HubHeat,
    pump: HeatPump,
    *,
    preheat: bool = False,
    mode: str = "",
    value_class: str = SUPPLY_VALUE,
) -> ModeYear:
    """Return the year of feeding into the supply with a heat pump.

    Source: the hub's water from behind the first exchanger, cooled by its design rise. Sink: the
    network's water from return to supply, or, with `preheat`, from where the exchanger leaves it.
    No lift: directly. A lift below ``lift_min_k`` is left to the exchanger, that is to mode 1.

    In series one unit of stream takes ``d = T_available - Tr`` from the exchanger and
    ``L = Ts - T_available`` from the machine, so that of the hub's heat the exchanger gets
    ``d / (d + L (1 - 1/COP))`` and the machine's source starts colder by that share of the rise;
    electricity over heat is ``L / (Ts - Tr) / COP``.

    Parameters
    ----------
    preheat : bool
        Whether an exchanger stands before the heat pump.
    mode, value_class : str
        Name and price class, where the network is not the main one.
    """
    lift = _lift_k(points, hub)
    wanted = points.supply_degc + points.drop_k
    machine = lift >= pump.lift_min_k
    cop, per_heat = (_series if preheat else _whole)(points, hub, pump, lift, machine)
    reasons = (
        ((lift > 0) & ~machine, LIFT_TOO_SMALL),
        (lift > pump.lift_max_k, LIFT_TOO_LARGE),
        (machine & (wanted > pump.sink_max_degc), SINK_TOO_HOT),
    )
    found = _Temperatures(lift, cop, per_heat, _direct_share(points, hub, lift), reasons)
    return _mode_year(mode or (SERIES if preheat else LIFT), value_class, points, hub, found)


def _lift_k(points: InjectionPoints, hub: HubHeat) -> FloatArray:
    return points.supply_degc + points.drop_k - hub.available_degc + 0.0 * points.return_degc


def _direct_share(points: InjectionPoints, hub: HubHeat, lift: FloatArray) -> FloatArray:
    """Return what passes the exchangers in the hours that need no lift; else zero."""
    share = np.zeros_like(lift)
    hours = lift <= 0
    if hours.any():
        back, wanted = (
            np.broadcast_to(each, lift.shape)[hours]
            for each in (points.return_degc, points.supply_degc + points.drop_k)
        )
        share[hours] = supply_hand_over(hub.chain, back, wanted).share
    return share


def _whole(
    points: InjectionPoints,
    hub: HubHeat,
    pump: HeatPump,
    lift: FloatArray,
    machine: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """Return COP and electricity per heat of a machine that lifts the water all the way."""
    cop, per_heat = np.full_like(lift, np.nan), np.zeros_like(lift)
    back, wanted = _at(points, lift, machine)
    cop[machine] = field_cop(wanted, back, hub.loop_degc, hub.loop_degc - hub.chain.rise_k, pump)
    per_heat[machine] = 1.0 / cop[machine]
    return cop, per_heat


def _series(
    points: InjectionPoints,
    hub: HubHeat,
    pump: HeatPump,
    lift: FloatArray,
    machine: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """Return COP of the machine and electricity per heat of exchanger and machine together."""
    cop, per_heat = np.full_like(lift, np.nan), np.zeros_like(lift)
    back, wanted = _at(points, lift, machine)
    cop[machine], per_heat[machine] = _settle(
        back,
        wanted,
        (hub.loop_degc, hub.available_degc, hub.chain.rise_k),
        (pump.derate_share, pump.cop_min, pump.cop_max),
        pump.constants,
        pump.losses,
    )
    return cop, per_heat


@compiled(parallel=True)
def _settle(
    back: FloatArray,
    wanted: FloatArray,
    hub: tuple[float, float, float],
    limits: tuple[float, float, float],
    constants: tuple[float, float, float, float, float, float],
    losses: tuple[float, float, float],
) -> tuple[FloatArray, FloatArray]:
    """Return COP and electricity per heat when the split between the two has settled."""
    loop, available, rise = hub
    derate, lowest, highest = limits
    cops, per_heat = np.empty(back.size), np.empty(back.size)
    for i in prange(back.size):
        warm = max(available, back[i])  # a hub colder than the return pre-heats nothing
        by_exchanger, by_machine = warm - back[i], wanted[i] - warm
        cop = highest
        for _ in range(_SERIES_ROUNDS):
            from_hub = by_exchanger + by_machine * (1.0 - 1.0 / cop)
            # the exchanger's cold end cannot be colder than the return that enters it
            share = min(by_exchanger / from_hub, by_exchanger / rise, 1.0)
            before, middle = cop, loop - rise * share
            cop = derate * cop_of_hour(wanted[i], warm, middle, loop - rise, constants, losses)
            cop = min(max(cop, lowest), highest)
            # with nothing to split there is nothing to settle
            if by_exchanger == 0.0 or abs(cop - before) < _SETTLED:
                break
        cops[i] = cop
        per_heat[i] = by_machine / (by_exchanger + by_machine) / cop
    return cops, per_heat


def _at(
    points: InjectionPoints, lift: FloatArray, hours: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return temperature into and out of the sink in these hours."""
    back, wanted = (
        np.broadcast_to(each, lift.shape)[hours]
        for each in (points.return_degc, points.supply_degc + points.drop_k)
    )
    return back, wanted


def _mode_year(
    mode: str,
    value_class: str,
    points: InjectionPoints,
    hub: HubHeat,
    found: _Temperatures,
) -> ModeYear:
    need = points.absorbable_kw
    reason = first_reason(
        points.shape,
        (np.isnan(need) | np.isnan(found.lift_k), UNKNOWN),
        (need == 0, NOTHING_NEEDED),
        *found.reasons,
    )
    # the electricity ends up in the heat: Q = Q_hub / (1 - e)
    lifted = ~np.isnan(found.cop)
    from_hub = np.where(lifted, 1.0 / (1.0 - found.power_per_heat), found.direct_share)
    possible = reason == FEASIBLE
    uptake = np.where(possible, need, np.where(reason == UNKNOWN, np.nan, 0.0))
    return ModeYear(
        mode=mode,
        value_class=value_class,
        reason=reason,
        uptake_kw=uptake,
        delivered_kw=np.minimum(uptake, hub.heat_kw * from_hub),
        mixed_degc=points.supply_degc,
        lift_k=found.lift_k,
        cop=found.cop,
        power_per_heat=found.power_per_heat,
    )
