"""What happens to one parcel's hub, and to the town, when something fails.

The hub stops when the grid needs the power, in the coldest week, or for good; its machines warm up
and cool down; its heat has to go somewhere on a hot day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.assumptions import Assumptions
from engines.errors import OutOfValidity
from engines.evaluation.hubs import Hubs
from engines.thermal.cycling import check_switching, life_years, miner_damage, rainflow
from engines.thermal.inertia import (
    bridged_hours,
    hold_hours,
    network_water_kwh,
    outage_allowed,
    pipe_volume_m3,
)
from engines.thermal.outage import coldest_hours, forced_outage, n_minus_1_backup
from engines.thermal.surplus import dry_cooler, reject, tank_volume_m3
from engines.units import KWH_PER_MWH

MINUTES_PER_HOUR = 60.0
PIPES_PER_TRENCH = 2


@dataclass(frozen=True)
class Resilience:
    """Answers for one hub; NaN and None where something is not known.

    Attributes
    ----------
    hub_kw : float
        Most heat the hub gives to the network.
    coldest_degc : float
        Coldest hour of the year.
    lost_share : float
        The hub's heat over what the network needs in its peak hour.
    hold_h : float
        How long the buildings stay warm enough without it then; infinite if they do.
    water_kwh, water_h : float
        What the water of the network gives while it cools, and how long that replaces the hub.
    outage_h : float
        Length of an outage that the grid may ask for.
    outage_allowed : bool or None
    tank_m3 : float
        Tank that bridges such an outage; NaN where the hub is no warmer than the return.
    week_first_hour : int
        Start of the week that needs most heat.
    week_hub_mwh, week_missing_mwh : float
        What the hub gives in it, and what nobody gives without the hub; NaN where a rating of
        a plant is not known.
    backup_kw, firm_kw : float
        Rating of all plants, and the part of the hub's heat that they could replace at the peak.
    starts, most_starts_per_day : int
    policy_kept : bool
        Whether times on and off and starts a day keep the rules of ``cycling.*``.
    damage_per_a, life_a : float
        Miner sum of a year by thermal cycles, and the years until it is one.
    rejected_peak_kw, cooler_kw : float
        Most heat rejected in an hour, and what the dry cooler is sized for.
    cooler_short_h : int
        Hours in which the dry cooler cannot take it all; -1 where no dry cooler fits.
    """

    hub_kw: float
    coldest_degc: float
    lost_share: float
    hold_h: float
    water_kwh: float
    water_h: float
    outage_h: float
    outage_allowed: bool | None
    tank_m3: float
    week_first_hour: int
    week_hub_mwh: float
    week_missing_mwh: float
    backup_kw: float
    firm_kw: float
    starts: int
    most_starts_per_day: int
    policy_kept: bool
    damage_per_a: float
    life_a: float
    rejected_peak_kw: float
    cooler_kw: float
    cooler_short_h: int


def resilience(
    hubs: Hubs, parcel: int, plants_kw: Mapping[str, float], a: Assumptions
) -> Resilience:
    """Work out what failures mean for one parcel (row).

    Parameters
    ----------
    hubs : Hubs
    parcel : int
    plants_kw : mapping of str to float
        Heat rating of every plant of the town by name; NaN where it is not stated.
    """
    hours = hubs.series(parcel)
    load_kw = hubs.town.production_kw
    outdoor = hubs.town.conditions.outdoor_degc
    hub_kw = float(hours.heat_delivered_kw.max())
    peak_kw = float(load_kw.max())
    backup_kw = float(sum(plants_kw.values())) if plants_kw else float("nan")
    hold = float(
        hold_hours(
            time_constant_h=a["inertia.time_constant_h"],
            outdoor_degc=outdoor.min(),
            share_lost=min(hub_kw / peak_kw, 1.0) if peak_kw else 0.0,
            indoor_degc=a["inertia.indoor_degc"],
            least_degc=a["inertia.indoor_least_degc"],
        )
    )
    water = _water_kwh(hubs, parcel, a)
    outage_h = a["inertia.outage_h"]
    first = coldest_hours(load_kw)
    week = slice(first, first + 168)
    return Resilience(
        hub_kw=hub_kw,
        coldest_degc=float(outdoor.min()),
        lost_share=hub_kw / peak_kw if peak_kw else 0.0,
        hold_h=hold,
        water_kwh=water,
        water_h=float(bridged_hours(water, hub_kw)),
        outage_h=outage_h,
        outage_allowed=outage_allowed(
            hub_kw=hub_kw,
            backup_kw=max(backup_kw - (peak_kw - hub_kw), 0.0) if plants_kw else float("nan"),
            storage_kwh=water,
            outage_h=outage_h,
            hold_h=hold,
        ),
        tank_m3=_tank_m3(hubs, parcel, hub_kw * outage_h, a),
        week_first_hour=first,
        week_hub_mwh=float(hours.heat_delivered_kw[week].sum()) / KWH_PER_MWH,
        week_missing_mwh=_missing_mwh(load_kw, hours.heat_delivered_kw, plants_kw),
        backup_kw=backup_kw,
        firm_kw=n_minus_1_backup(peak_kw, hub_kw, list(plants_kw.values())).firm_hub_kw
        if plants_kw
        else float("nan"),
        **_wear(hubs, hours.it_power_kw > 0.0, a),
        **_cooling(hubs, hours.heat_rejected_kw, a),
    )


def _water_kwh(hubs: Hubs, parcel: int, a: Assumptions) -> float:
    """Return what the water of this part of the network gives; 0 without a network."""
    piece = int(hubs.way.piece[parcel])
    if piece < 0:
        return 0.0
    graph = hubs.town.network.graph
    part = graph.component[graph.start] == graph.component[graph.start[piece]]
    volume = pipe_volume_m3(graph.pieces.length_m[part], graph.pieces.inner_diameter_mm[part]).sum()
    return float(network_water_kwh(PIPES_PER_TRENCH * volume, a["inertia.network_drop_k"]))


def _tank_m3(hubs: Hubs, parcel: int, heat_kwh: float, a: Assumptions) -> float:
    feed, back = float(hubs.feed.feed_degc[parcel]), float(hubs.feed.back_degc[parcel])
    if not (feed > back and heat_kwh > 0.0):
        return float("nan")
    return float(tank_volume_m3(heat_kwh, feed - back, a))


def _missing_mwh(load_kw: np.ndarray, hub_kw: np.ndarray, plants_kw: Mapping[str, float]) -> float:
    """Return the heat of the coldest week that nobody gives without the hub."""
    if not plants_kw or any(np.isnan(rating) for rating in plants_kw.values()):
        return float("nan")
    return forced_outage(load_kw, hub_kw, plants_kw).missing_kwh / KWH_PER_MWH


def _wear(hubs: Hubs, runs: np.ndarray, a: Assumptions) -> dict[str, Any]:
    """Count how often the machines warm up and cool down, and what it does to them."""
    hot = hubs.town.conditions.hub.chain.hot_degc
    cycles = rainflow(np.where(runs, hot, a["cycling.standby_degc"]))
    damage = miner_damage(cycles, a)
    check = check_switching(runs, MINUTES_PER_HOUR, a)
    return {
        "starts": check.starts,
        "most_starts_per_day": check.most_starts_per_day,
        "policy_kept": check.kept,
        "damage_per_a": damage,
        "life_a": life_years(damage, 1.0),
    }


def _cooling(hubs: Hubs, rejected_kw: np.ndarray, a: Assumptions) -> dict[str, Any]:
    """Hold the rejected heat against a dry cooler on the weather of the year."""
    hub = hubs.town.conditions.hub
    most = float(rejected_kw.max())
    try:
        cooler = dry_cooler(hub.heat_kw, hub.loop_degc, a)
    except OutOfValidity:
        return {"rejected_peak_kw": most, "cooler_kw": float("nan"), "cooler_short_h": -1}
    year = reject(
        cooler,
        rejected_kw,
        warm_water_degc=hub.loop_degc,
        outdoor_degc=hubs.town.conditions.outdoor_degc,
    )
    return {
        "rejected_peak_kw": most,
        "cooler_kw": cooler.rated_kw,
        "cooler_short_h": int(np.count_nonzero(year.short_kw > 1e-6)),
    }
