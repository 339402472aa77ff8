"""Where the heat can go: temperature decides first, then the size of the network.

Modes: `NONE` the hub is too cold, `RETURN_PREHEAT` it warms the return, `DIRECT_SUPPLY` it is as
hot as the supply and may carry the load.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.units import WATER_HEAT_CAPACITY_KJ_PER_KGK

NOTES = {
    "hours_of_supply": (
        "The hub is hot enough for direct supply in {direct_h:.0f} of {total_h:.0f} hours and can "
        "only warm the return in {preheat_h:.0f} hours."
    ),
    "no_uptake": "The network can take no heat in any hour: at this place the hub only cools.",
}

NONE, RETURN_PREHEAT, DIRECT_SUPPLY = 0, 1, 2


@dataclass(frozen=True)
class Injection:
    """What the network can take in each hour.

    Attributes
    ----------
    mode : array of int8, shape (hours,)
        0 none, 1 return pre-heat, 2 direct supply.
    uptake_kw : array, shape (hours,)
        Largest heat [kW] the network takes from the hub at its end of the connection.
    notes : tuple of Message
        Sentences for the report.
    """

    mode: NDArray[np.int8]
    uptake_kw: FloatArray
    notes: tuple[Message, ...]


def injection(
    *,
    available_degc: ArrayLike,
    supply_degc: ArrayLike,
    return_degc: ArrayLike,
    load_kw: ArrayLike,
    must_run_kw: ArrayLike,
    return_flow_kg_per_s: ArrayLike,
    max_return_rise_k: float,
) -> Injection:
    """Return mode and uptake limit of every hour.

    Direct supply where ``T_available >= Ts``: uptake = load minus must-run. Return pre-heat where
    ``Tr < T_available < Ts``: uptake = ``m cp min(T_available - Tr, rise limit)``, at most load
    minus must-run. Otherwise no heat. There is no heat pump in these modes.

    Parameters
    ----------
    available_degc : array or float
        Water the hub can give [degC]: hot side minus approach.
    supply_degc, return_degc : array or float
        Network temperatures [degC].
    load_kw : array, shape (hours,)
        What all plants together feed in [kW].
    must_run_kw : array or float
        What other plants feed in first [kW].
    return_flow_kg_per_s : array or float
        Water flow of the network [kg/s].
    max_return_rise_k : float
        Largest accepted rise of the mixed return [K]; default ``network.max_return_rise_k``.
    """
    hub, supply, back, load, must_run, flow = np.broadcast_arrays(
        finite("Available temperature", available_degc),
        finite("Supply temperature", supply_degc),
        finite("Return temperature", return_degc),
        non_negative("Network load", load_kw),
        non_negative("Must-run heat", must_run_kw),
        non_negative("Return flow", return_flow_kg_per_s),
    )
    rise_k = float(non_negative("Largest return rise", max_return_rise_k))
    if np.any(supply <= back):
        raise InvalidInput("Supply must be warmer than return in every hour.")

    mode = np.where(hub >= supply, DIRECT_SUPPLY, np.where(hub > back, RETURN_PREHEAT, NONE))
    free_kw = np.maximum(load - must_run, 0.0)
    warming_k = np.clip(hub - back, 0.0, rise_k)
    preheat_kw = np.minimum(flow * WATER_HEAT_CAPACITY_KJ_PER_KGK * warming_k, free_kw)
    uptake_kw = np.where(
        mode == DIRECT_SUPPLY, free_kw, np.where(mode == RETURN_PREHEAT, preheat_kw, 0.0)
    )
    return Injection(mode.astype(np.int8), uptake_kw, _notes(mode, uptake_kw))


def _notes(mode: NDArray[np.int64], uptake_kw: FloatArray) -> tuple[Message, ...]:
    hours = message(
        NOTES,
        "hours_of_supply",
        direct_h=int(np.count_nonzero(mode == DIRECT_SUPPLY)),
        total_h=mode.size,
        preheat_h=int(np.count_nonzero(mode == RETURN_PREHEAT)),
    )
    return (hours,) if np.any(uptake_kw > 0) else (hours, message(NOTES, "no_uptake"))


def mixed_return_degc(
    heat_kw: ArrayLike, flow_kg_per_s: ArrayLike, return_degc: ArrayLike
) -> FloatArray:
    """Return the return temperature after heat is mixed in [degC]: ``Tr + Q / (m cp)``."""
    heat = non_negative("Heat", heat_kw)
    flow = positive("Return flow", flow_kg_per_s)
    rise_k = heat / (flow * WATER_HEAT_CAPACITY_KJ_PER_KGK)
    return as_floats(finite("Return temperature", return_degc) + rise_k)


def return_preheat_penalty_eur_per_mwh(
    gradient_eur_per_mwh_k: ArrayLike, supply_degc: ArrayLike, return_degc: ArrayLike
) -> FloatArray:
    """Return what a warmer return costs the other plants per MWh injected [EUR/MWh].

    Equation: ``CRG (Ts - Tr)`` with CRG the cost gradient: what the main heat costs more per MWh
    and kelvin of return temperature. The hub's size cancels out: the rise is ``Q / (m cp)`` and
    the main heat is ``m cp (Ts - Tr)``. Defaults: ``heat.gradient_*`` by kind of plant
    (estimates). Zero for heat that goes into the supply: do not call it then.
    """
    gradient = non_negative("Cost gradient of the return", gradient_eur_per_mwh_k)
    spread_k = finite("Supply temperature", supply_degc) - finite("Return temperature", return_degc)
    return as_floats(gradient * positive("Supply minus return", spread_k))
