"""The stated problem in the units of the methods, and what the methods write into.

Power is counted in units of the hub's largest power, money so that an hour of full compute is
worth about one. A heat pump needs no variables of its own: a kWh of the hub's heat becomes
``COP / (COP - 1)`` kWh for the network and needs ``1 / (COP - 1)`` kWh of electricity, so the pump
is folded into the price and the limit of the network. The program is then, over hours t,

    max  sum_t  m_t p_t + v_t q_t - d_t w_t  -  k |p_t - p_{t-1}|  +  e s_T
         eta p_t = q_t + w_t + x_t               the heat node; its price is lambda_t
         s_{t+1} = keep s_t + x_t                the tank; heat in it is worth nu_t
         0 <= p <= P   0 <= q <= D   0 <= w <= W   -dm <= x <= cm   0 <= s <= S   s_T >= s_end

with p the power of the machines, q heat sold, w heat rejected and x heat into the tank.
"""

from typing import NamedTuple

import numpy as np

from engines.arrays import FloatArray, IntArray
from engines.compiled import compiled
from engines.dispatch.hub_year import AT_LEAST_START, HubYear, fullest_end_kwh
from engines.dispatch.trimmed_list import ROOM

OPEN = -1.0
"""Power before the first hour where it is free to choose."""
PLACES_PER_HOUR = 4
"""Items an hour puts into the sorted list at most."""
FORGETFUL = 2.0**-40
"""Share kept by a tank that keeps nothing: next to nothing, and its inverse is a number."""
RENEWAL = 2.0**256
"""Factor by which weights are renewed; a power of two, so nothing is rounded."""
LEAST_UNIT_SHARE = 1e-12
"""Least unit of money over the largest value: what is smaller could not be told from rounding."""

LEAST_CAPTURE_SHARE = 1e-9
"""Hubs that catch less of their power as heat are computed as hubs that catch none."""


class Scaled(NamedTuple):
    """The program above, ready for the compiled loops.

    ``weight[j]`` is what is left of a unit in the tank after j hours, ``keep ** j``, multiplied by
    `RENEWAL` whenever it gets too small. ``before`` is the power before the first hour, or `OPEN`.
    """

    P: FloatArray
    D: FloatArray
    W: FloatArray
    m: FloatArray
    v: FloatArray
    d: FloatArray
    cm: FloatArray
    dm: FloatArray
    weight: FloatArray
    eta: float
    S: float
    keep: float
    k: float
    s0: float
    s_end: float
    e: float
    before: float


class Plan(NamedTuple):
    """What every method fills in: power, heat sold, rejected, stored, and the node price."""

    p: FloatArray
    q: FloatArray
    w: FloatArray
    s: FloatArray
    price: FloatArray


class Scratch(NamedTuple):
    """Memory that one worker uses again and again; nothing in it outlives a solution."""

    key: FloatArray
    mass: FloatArray
    low: FloatArray
    high: FloatArray
    band_low: FloatArray
    band_high: FloatArray
    least: FloatArray
    most: FloatArray
    tank_price: FloatArray
    hot: FloatArray
    shed: FloatArray
    shed_key: FloatArray
    spare: FloatArray
    spare_key: FloatArray
    slope: FloatArray
    knee: FloatArray
    other: FloatArray
    use_key: FloatArray
    use_size: FloatArray
    use: IntArray
    columns: FloatArray
    rows: FloatArray
    factors: FloatArray
    bounds: FloatArray


@compiled()
def empty_plan(hours: int) -> Plan:
    """Return a plan of zeros."""
    return Plan(
        np.zeros(hours), np.zeros(hours), np.zeros(hours), np.zeros(hours + 1), np.zeros(hours)
    )


@compiled()
def scratch(hours: int, both: bool) -> Scratch:
    """Return memory for years of up to `hours`; the interior point needs most, if `both`."""
    room = PLACES_PER_HOUR * hours + 4 * ROOM
    n = hours + 1
    wide = n if both else 0
    return Scratch(
        np.empty(room),
        np.empty(room),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty(hours),
        np.empty((hours, 4)),
        np.empty((hours, 4)),
        np.empty((hours, 4), np.int64),
        np.empty((13, wide, 8)),
        np.empty((5, wide, 3)),
        np.empty((wide, 6)),
        np.empty((2, wide, 8)),
    )


def scaled(hub: HubYear, before_kw: float | None = None) -> tuple[Scaled, float, float]:
    """Return the program of a hub, its unit of power [kW] and of money [EUR].

    Limits are cut to what can flow at all, which changes nothing but keeps numbers small: the tank
    takes no more than the machines make, network and cooler no more than machines and tank give.
    """
    limit_kw = hub.compute_limit_kw
    unit_kw = float(max(limit_kw.max(), before_kw or 0.0)) or max(hub.tank_kwh, 1.0)
    capture = hub.capture_share if hub.capture_share >= LEAST_CAPTURE_SHARE else 0.0
    made = capture * limit_kw / unit_kw
    keep = max(1.0 - hub.tank_loss_share_per_h, FORGETFUL)
    charge = np.minimum(hub.tank_charge_kw / unit_kw, made)
    start = hub.tank_start_kwh / unit_kw
    if keep == FORGETFUL:
        start = min(start, float(charge.max()))
    most = highest_level(keep, charge, hub.tank_kwh / unit_kw, start)
    discharge = np.minimum(hub.tank_discharge_kw / unit_kw, most)
    flow = made + discharge
    margin = hub.compute_margin_eur_per_kwh
    heat = hub.heat_margin_eur_per_kwh * hub.lift
    unit_eur_per_kwh = _money_unit(hub, margin, heat)
    end = min(start, fullest_end_kwh(hub) / unit_kw) if hub.tank_end == AT_LEAST_START else 0.0
    sold = np.minimum(hub.heat_uptake_kw / hub.lift / unit_kw, flow)
    rejected = np.minimum(hub.rejection_limit_kw / unit_kw, flow)
    program = Scaled(
        P=limit_kw / unit_kw,
        D=sold,
        W=rejected,
        m=margin / unit_eur_per_kwh,
        v=heat / unit_eur_per_kwh,
        d=hub.rejection_cost_eur_per_kwh / unit_eur_per_kwh,
        cm=np.minimum(charge, most),
        dm=np.minimum(discharge, sold + rejected),
        weight=weights(keep, hub.hours),
        eta=capture,
        S=most,
        keep=keep,
        k=hub.switching_cost_eur_per_kw / unit_eur_per_kwh,
        s0=start,
        s_end=min(end, most),
        e=hub.tank_end_value_eur_per_kwh / unit_eur_per_kwh,
        before=OPEN if before_kw is None else before_kw / unit_kw,
    )
    return program, unit_kw, unit_kw * unit_eur_per_kwh


def _money_unit(hub: HubYear, margin: FloatArray, heat: FloatArray) -> float:
    """Return the unit of money [EUR/kWh]: an hour's typical worth, if it can be divided by."""
    largest = max(
        float(np.abs(margin).max()),
        float(np.abs(heat).max()),
        float(np.abs(hub.rejection_cost_eur_per_kwh).max()),
        hub.switching_cost_eur_per_kw,
        abs(hub.tank_end_value_eur_per_kwh),
    )
    if largest < np.finfo(float).tiny / LEAST_UNIT_SHARE:
        return 1.0
    typical = _typical(hub.compute_limit_kw, margin, hub.capture_share * heat)
    return typical if typical > LEAST_UNIT_SHARE * largest else largest


def _typical(limit_kw: FloatArray, *values_eur_per_kwh: FloatArray) -> float:
    """Mean size of the largest of these values over the hours that can run [EUR/kWh]."""
    runs = limit_kw > 0.0
    size = np.max(np.abs(np.array(values_eur_per_kwh)), axis=0)
    return float(size[runs].mean() if runs.any() else size.mean())


@compiled()
def highest_level(keep: float, charge: FloatArray, full: float, start: float) -> float:
    """Return the highest level that a tank can reach at all."""
    level = start
    highest = start
    for t in range(charge.shape[0]):
        level = min(keep * level + charge[t], full)
        highest = max(highest, level)
    return highest


@compiled()
def weights(keep: float, hours: int) -> FloatArray:
    """Return the weights of a tank, see `Scaled`."""
    weight = np.empty(hours + 1)
    weight[0] = 1.0
    for j in range(hours):
        weight[j + 1] = keep * weight[j]
        if weight[j + 1] < 1.0 / RENEWAL:
            weight[j + 1] *= RENEWAL
    return weight
