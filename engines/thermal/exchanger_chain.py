"""From the machines to the network: two exchangers in series, at any load and return temperature.

The coolant gives its heat to the hub's own water (first exchanger: oil, vapour or air; left out
where the coolant is water), and that gives it to the network (second exchanger). Both are sized so
that at full load, with equal heat capacity flows, they lose their design approach. Everything is
per kW of heat that the hub gives at full load; a hub's size does not matter.

With equal flows on both sides the first exchanger only shifts the temperature by ``Q / UA``, so
that the chain is solved without iteration for a given flow of the network's water::

    Q = (T_hot - T_in) / (1 / (eps C_min) + 1 / UA_1)

The machines' supply limit binds at full heat: what the network does not take is cooled away behind
the exchanger, so a return that is too warm takes part of the heat, not all or none.

Off design ``UA = UA_0 (m/m_0)**0.7`` per side, the two sides of the second exchanger in series
(``hub.exchanger_flow_exponent``, an estimate; VDI Heat Atlas gives 0.6 to 0.8 for plates).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import prange
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, positive, within
from engines.assumptions import Assumptions
from engines.compiled import compiled
from engines.errors import OutOfValidity
from engines.thermal.envelope import DIRECT_COOLANT, Technology, hot_side_max_degc

Design = tuple[float, float, float, float, float, float, float]
"""The numbers of an `ExchangerChain` in their order, for the compiled loops."""

_STEPS = 60
_PRECISION_K = 1e-7


@dataclass(frozen=True)
class ExchangerChain:
    """Design of a hub's exchangers, per kW of heat at full load.

    Attributes
    ----------
    hot_degc : float
        Coolant leaving the machines at full load and at the limit of its supply [degC].
    rise_k : float
        Rise of the hub's water over the first exchanger at full load [K].
    first_ua_per_k, network_ua_per_k : float
        Transfer capacity over full heat [1/K]; infinite where there is no exchanger.
    flow_exponent : float
        Exponent of the flow in the heat transfer of one side.
    flow_min_share : float
        Least flow of the hub's own loop over that of full load.
    flow_ratio_max : float
        Largest heat capacity flow of the network's side over that of the hub's loop at full load.
    """

    hot_degc: float
    rise_k: float
    first_ua_per_k: float
    network_ua_per_k: float
    flow_exponent: float
    flow_min_share: float
    flow_ratio_max: float

    @property
    def is_direct(self) -> bool:
        """Whether the network's own water is heated."""
        return self.network_ua_per_k == np.inf


@dataclass(frozen=True)
class HandOver:
    """What passes the exchangers.

    Attributes
    ----------
    share : array
        Heat that passes over the heat the hub gives at this load [-]; the rest must be cooled
        away.
    outlet_degc : array
        Network water behind the exchanger [degC]; the inlet where nothing passes.
    """

    share: FloatArray
    outlet_degc: FloatArray


def exchanger_chain(technology: Technology, a: Assumptions) -> ExchangerChain:
    """Return the exchangers of a technology, sized for its design approaches.

    ``UA = Q / approach`` with equal flows, where the logarithmic mean is the approach itself. A
    boiling coolant heats a loop that rises by ``hub.condenser_rise_k``. Fouling: the exchanger is
    bought larger, its approach in use is the design approach.
    """
    direct = technology.coolant == DIRECT_COOLANT
    rise = technology.dt_miner_k if technology.dt_miner_k > 0 else a["hub.condenser_rise_k"]
    first, second = technology.first_approach_k, technology.network_approach_k
    if not direct and not second > 0:
        raise OutOfValidity(
            f"{technology.label}: an approach of {second:g} K needs an endless exchanger; "
            "state network_approach_k above zero."
        )
    return ExchangerChain(
        hot_degc=hot_side_max_degc(technology),
        rise_k=rise,
        first_ua_per_k=1.0 / first if first > 0 else np.inf,
        network_ua_per_k=np.inf if direct else 1.0 / second,
        flow_exponent=a["hub.exchanger_flow_exponent"],
        flow_min_share=a["hub.coolant_flow_min_share"],
        flow_ratio_max=a["hub.network_flow_ratio_max"],
    )


def return_hand_over(
    chain: ExchangerChain,
    return_degc: ArrayLike,
    *,
    load_share: ArrayLike = 1.0,
    flow_ratio: ArrayLike | None = None,
) -> HandOver:
    """Return what passes into a side stream of the return, whose outlet temperature is free.

    Parameters
    ----------
    return_degc : array or float
        Network water entering [degC].
    load_share : array or float
        Heat of the hub over its full heat, above 0, at most 1.
    flow_ratio : array or float, optional
        Heat capacity flow of the side stream over that of the hub's loop at full load; its
        largest value if left out.
    """
    inlet = finite("Return temperature", return_degc)
    load = _load(load_share)
    ratio = positive("Flow ratio", chain.flow_ratio_max if flow_ratio is None else flow_ratio)
    arrays = np.broadcast_arrays(inlet, load, np.minimum(ratio, chain.flow_ratio_max))
    shape = arrays[0].shape
    share, outlet = _to_return(*_flat(arrays), _design(chain))
    return HandOver(as_floats(share).reshape(shape), as_floats(outlet).reshape(shape))


def supply_hand_over(
    chain: ExchangerChain,
    return_degc: ArrayLike,
    supply_degc: ArrayLike,
    *,
    load_share: ArrayLike = 1.0,
) -> HandOver:
    """Return what passes at a wanted outlet temperature, with the flow that gives it.

    The largest heat ``Q`` up to the hub's own for which
    ``Q / (eps C_min) + Q / UA_1 <= T_hot - T_in`` with ``C_c = Q / (T_out - T_in)``; the left side
    grows with Q, so regula falsi finds it. Zero where the hub is too cold.
    """
    inlet, wanted, load = np.broadcast_arrays(
        finite("Return temperature", return_degc),
        finite("Supply temperature", supply_degc),
        _load(load_share),
    )
    positive("Supply minus return", wanted - inlet)
    share = as_floats(_to_supply(*_flat((inlet, wanted, load)), _design(chain)))
    share = share.reshape(inlet.shape)
    return HandOver(share, np.where(share > 0, wanted, inlet))


def outlet_degc(
    chain: ExchangerChain, return_degc: ArrayLike, *, load_share: ArrayLike = 1.0
) -> FloatArray:
    """Return the hottest network water while all heat of the hub passes [degC].

    NaN where the return is too warm for all of it at any flow up to ``flow_ratio_max``.
    """
    inlet, load = np.broadcast_arrays(finite("Return temperature", return_degc), _load(load_share))
    found = as_floats(_outlet(*_flat((inlet, load)), _design(chain)))
    return found.reshape(inlet.shape)


def _flat(arrays: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    """Return the arrays as the compiled loops want them: in a row, in memory of their own."""
    return tuple(each.flatten() for each in arrays)


def _load(load_share: ArrayLike) -> FloatArray:
    return positive("Load share", within("Load share", load_share, 0.0, 1.0))


def _design(chain: ExchangerChain) -> Design:
    return (
        chain.hot_degc,
        chain.rise_k,
        chain.first_ua_per_k,
        chain.network_ua_per_k,
        chain.flow_exponent,
        chain.flow_min_share,
        chain.flow_ratio_max,
    )


@compiled()
def _resistance_k(
    cold: float, sides: tuple[float, float], flow: float, design: Design, first_k: float
) -> float:
    """Return T_hot - T_in that one unit of heat needs; flows as shares of the loop's at design."""
    rise = design[1]
    ua = 1.0 / (1.0 / (sides[0] * cold ** design[4]) + 1.0 / sides[1])
    smaller, larger = min(cold, flow), max(cold, flow)
    units, ratio = ua * rise / smaller, smaller / larger
    gap = 1.0 - ratio
    gone = -np.expm1(-units * gap)
    reached = gone / (gap + ratio * gone) if gap > 1e-12 else units / (1.0 + units)
    return float(rise / (reached * smaller) + first_k)


@compiled()
def _loop(load: float, design: Design) -> tuple[float, float, tuple[float, float], float]:
    """Return flow share, hot temperature, UA of both sides of the exchanger, first loss per heat.

    The supply of the machines stays at its limit.
    """
    hot_degc, rise, first_ua, network_ua, exponent, flow_min, _ratio_max = design
    flow = max(load, flow_min)
    faster = 1.0 if flow == 1.0 else flow**exponent
    # two equal sides in series make the design UA
    sides = (2.0 * network_ua, 2.0 * network_ua * faster)
    return flow, hot_degc - rise + rise * load / flow, sides, 1.0 / (first_ua * faster)


@compiled(parallel=True)
def _to_return(
    inlet: FloatArray, load: FloatArray, ratio: FloatArray, design: Design
) -> tuple[FloatArray, FloatArray]:
    rise, network_ua = design[1], design[3]
    share, outlet = np.zeros(inlet.size), np.empty(inlet.size)
    for at in prange(inlet.size):
        flow, hot, sides, first_k = _loop(load[at], design)
        if hot <= inlet[at]:
            outlet[at] = inlet[at]
            continue
        need = rise / ratio[at]
        if network_ua < np.inf:
            need = _resistance_k(ratio[at], sides, flow, design, first_k)
        heat = min((hot - inlet[at]) / need, load[at])
        share[at] = heat / load[at]
        outlet[at] = inlet[at] + heat * rise / ratio[at]
    return share, outlet


@compiled()
def _to_supply(
    inlet: FloatArray, wanted: FloatArray, load: FloatArray, design: Design
) -> FloatArray:
    rise, network_ua, ratio_max = design[1], design[3], design[6]
    share = np.zeros(inlet.size)
    for at in range(inlet.size):
        flow, hot, sides, first_k = _loop(load[at], design)
        if hot < wanted[at] or (hot == wanted[at] and network_ua < np.inf):
            continue
        if network_ua == np.inf:
            share[at] = 1.0
            continue
        span, per_heat = hot - inlet[at], rise / (wanted[at] - inlet[at])
        high = min(load[at], ratio_max / per_heat)
        over = high * _resistance_k(high * per_heat, sides, flow, design, first_k) - span
        if over <= 0.0:
            share[at] = high / load[at]
            continue
        # regula falsi (Illinois): the need grows with the heat
        low, under = 0.0, wanted[at] - hot
        for _ in range(_STEPS):
            heat = (low * over - high * under) / (over - under)
            off = heat * _resistance_k(heat * per_heat, sides, flow, design, first_k) - span
            if off <= 0.0:
                low, under, over = heat, off, 0.5 * over
            else:
                high, over, under = heat, off, 0.5 * under
            if abs(off) < _PRECISION_K or high - low < 1e-13:
                break
        share[at] = low / load[at]
    return share


@compiled()
def _outlet(inlet: FloatArray, load: FloatArray, design: Design) -> FloatArray:
    rise, network_ua, ratio_max = design[1], design[3], design[6]
    found = np.full(inlet.size, np.nan)
    for at in range(inlet.size):
        flow, hot, sides, first_k = _loop(load[at], design)
        if network_ua == np.inf:
            found[at] = hot
            continue
        span, high = hot - inlet[at], ratio_max
        under = load[at] * _resistance_k(high, sides, flow, design, first_k) - span
        if span <= 0.0 or under > 0.0:
            continue
        # less flow leaves hotter and needs more
        low = load[at] * rise / span
        over = load[at] * _resistance_k(low, sides, flow, design, first_k) - span
        for _ in range(_STEPS):
            if over <= 0.0 or high - low < 1e-13:
                break
            ratio = (low * under - high * over) / (under - over)
            off = load[at] * _resistance_k(ratio, sides, flow, design, first_k) - span
            if off <= 0.0:
                high, under, over = ratio, off, 0.5 * over
            else:
                low, over, under = ratio, off, 0.5 * under
            if abs(off) < _PRECISION_K:
                break
        found[at] = inlet[at] + load[at] * rise / high
    return found
