"""Mode 1, return pre-heat: a side stream of the return is warmed and given back to the return."""

import numpy as np

from engines.arrays import as_floats, non_negative
from engines.thermal.exchanger_chain import return_hand_over
from engines.thermal.mode_year import (
    FEASIBLE,
    FLOW_CAP,
    NOTHING_NEEDED,
    RETURN_VALUE,
    TOO_COLD,
    UNKNOWN,
    HubHeat,
    InjectionPoints,
    ModeYear,
    first_reason,
)
from engines.units import WATER_HEAT_CAPACITY_KJ_PER_KGK

MODE = "return_preheat"


def return_preheat(points: InjectionPoints, hub: HubHeat, *, max_return_rise_k: float) -> ModeYear:
    """Return the year of feeding into the return.

    Feasible where ``T_available > Tr``. The network takes
    ``m cp min(T_available - Tr, rise limit)``, at most what is needed downstream; the hub gives
    what passes its exchangers, with no more water in the side stream than the return carries. What
    a warmer return costs the plant is `injection.return_preheat_penalty_eur_per_mwh`.

    Parameters
    ----------
    max_return_rise_k : float
        Largest accepted rise of the mixed return [K]; default ``network.max_return_rise_k``.
    """
    rise_k = float(non_negative("Largest return rise", max_return_rise_k))
    back, flow, need = points.return_degc, points.flow_kg_per_s, points.absorbable_kw
    warming_k = np.clip(hub.available_degc - points.drop_k - back, 0.0, rise_k)
    capacity = flow * WATER_HEAT_CAPACITY_KJ_PER_KGK
    uptake = np.minimum(capacity * warming_k, need)
    uptake = np.ascontiguousarray(np.broadcast_to(uptake, points.shape))
    reason = first_reason(
        points.shape,
        (np.isnan(uptake), UNKNOWN),
        (need == 0, NOTHING_NEEDED),
        (hub.available_degc - points.drop_k <= back, TOO_COLD),
        (uptake == 0, FLOW_CAP),
    )
    known = np.where(np.isnan(back), 0.0, back)
    # flow of the side stream over that of the hub's loop; the hub may be larger than the return
    ratio = np.maximum(np.nan_to_num(capacity) * hub.chain.rise_k / hub.heat_kw, 1e-9)
    handed = return_hand_over(hub.chain, known, flow_ratio=ratio)
    delivered = np.where(reason == FEASIBLE, np.minimum(uptake, handed.share * hub.heat_kw), 0.0)
    delivered[reason == UNKNOWN] = np.nan
    running = delivered > 0
    rise = np.divide(delivered, capacity, out=np.zeros_like(delivered), where=running)
    none = np.full((1, 1), np.nan)
    return ModeYear(
        mode=MODE,
        value_class=RETURN_VALUE,
        reason=reason,
        uptake_kw=np.where((reason == FEASIBLE) | (reason == UNKNOWN), uptake, 0.0),
        delivered_kw=delivered,
        mixed_degc=as_floats(back + rise),
        lift_k=none,
        cop=none,
        power_per_heat=np.zeros((1, 1)),
    )
