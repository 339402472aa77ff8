"""Heat into the return: how much warmer it gets, and what that costs the plants."""

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, finite, non_negative, positive
from engines.units import WATER_HEAT_CAPACITY_KJ_PER_KGK


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
