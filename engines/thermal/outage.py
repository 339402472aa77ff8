"""What happens when the hub stands still in the coldest week, and who covers for it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, finite, non_negative, within_or_missing
from engines.errors import InvalidInput

HOURS_PER_WEEK = 168


@dataclass(frozen=True)
class ForcedOutage:
    """A week without the hub.

    Attributes
    ----------
    first_hour : int
        Start of the week in the year.
    needed_kwh : float
        Heat of the network in it.
    hub_kwh : float
        Heat that the hub would have given.
    covered_kwh : mapping of str to float
        Who covers: each plant, and ``tank``. Plants come in the order given.
    missing_kw : array, shape (hours,)
        Heat that nobody gives.
    """

    first_hour: int
    needed_kwh: float
    hub_kwh: float
    covered_kwh: Mapping[str, float]
    missing_kw: FloatArray

    @property
    def missing_kwh(self) -> float:
        """Heat that nobody gives in the whole week."""
        return float(self.missing_kw.sum())

    @property
    def worst_kw(self) -> float:
        """Most heat missing in an hour."""
        return float(self.missing_kw.max())


def coldest_hours(load_kw: ArrayLike, hours: int = HOURS_PER_WEEK) -> int:
    """Return the first of the `hours` in a row that need most heat."""
    load = non_negative("Load", load_kw)
    if load.ndim != 1 or len(load) < hours or hours < 1:
        raise InvalidInput(f"A load of at least {hours} hours is needed, not {load.shape}.")
    total = np.concatenate(([0.0], np.cumsum(load)))
    return int(np.argmax(total[hours:] - total[:-hours]))


def forced_outage(
    load_kw: ArrayLike,
    hub_kw: ArrayLike,
    plants_kw: Mapping[str, float],
    *,
    tank_kwh: float = 0.0,
    tank_kw: float = np.inf,
    hours: int = HOURS_PER_WEEK,
) -> ForcedOutage:
    """Let the hub fail in the coldest week and see who covers.

    Plants run in the order given up to their rating; the tank, full at the beginning, fills what
    is left and is charged again by plants with room.

    Parameters
    ----------
    load_kw, hub_kw : array, shape (hours of the year,)
        What the network needs, and what the hub gives if it runs.
    plants_kw : mapping of str to float
        Rating of the other plants [kW]. An unknown rating (NaN) is refused: leave it out and say
        so.
    tank_kwh, tank_kw : float
        Content and power of a tank.
    """
    load = non_negative("Load", load_kw)
    hub = np.broadcast_to(non_negative("Heat of the hub", hub_kw), load.shape)
    first = coldest_hours(load, hours)
    week = slice(first, first + hours)
    left = load[week].copy()
    covered: dict[str, float] = {}
    room = np.zeros(hours)
    for name, rating in plants_kw.items():
        given = np.minimum(left, float(non_negative(f"Rating of {name}", rating)))
        covered[name] = float(given.sum())
        room += float(rating) - given
        left -= given
    from_tank = _tank(left, room, tank_kwh, tank_kw)
    covered["tank"] = float(from_tank.sum())
    return ForcedOutage(
        first_hour=first,
        needed_kwh=float(load[week].sum()),
        hub_kwh=float(hub[week].sum()),
        covered_kwh=covered,
        missing_kw=left - from_tank,
    )


def _tank(
    missing_kw: FloatArray, room_kw: FloatArray, tank_kwh: float, tank_kw: float
) -> FloatArray:
    """Return what a tank gives by hour: full at the start, refilled from what plants have left."""
    full = float(non_negative("Tank", tank_kwh))
    power = float(np.minimum(tank_kw, np.inf))
    content, given = full, np.zeros_like(missing_kw)
    for hour in range(len(missing_kw)):
        given[hour] = min(missing_kw[hour], power, content)
        charged = 0.0 if given[hour] > 0 else min(room_kw[hour], power, full - content)
        content += charged - given[hour]
    return given


@dataclass(frozen=True)
class Backup:
    """Whether the network does without its largest plant.

    Attributes
    ----------
    peak_kw : float
        Most the network needs.
    without_hub_kw, without_largest_kw : float
        What is left of all plants without the hub, and without the largest of all, hub included;
        NaN where a rating is not known.
    firm_hub_kw : float
        Part of the hub's heat that counts as firm: what the other plants have above the rest of
        the peak; NaN where not known.
    """

    peak_kw: float
    without_hub_kw: float
    without_largest_kw: float
    firm_hub_kw: float

    @property
    def holds(self) -> bool | None:
        """Whether the peak is covered without the largest plant; None if unknown."""
        if np.isnan(self.without_largest_kw):
            return None
        return bool(self.without_largest_kw >= self.peak_kw)


def n_minus_1_backup(peak_kw: float, hub_kw: float, plants_kw: ArrayLike) -> Backup:
    """Return what is left if one plant fails (domain 2.11, check A20).

    The hub's heat counts as firm only so far as other plants could give it in its place:
    ``min(hub, max(0, others - (peak - hub)))``. Ratings may be NaN: then the answer is unknown.
    """
    peak = float(non_negative("Peak load", peak_kw))
    hub = float(non_negative("Heat of the hub", hub_kw))
    others = np.atleast_1d(within_or_missing("Rating", plants_kw, 0.0))
    total = float(others.sum()) if others.size else 0.0
    largest = max(hub, float(others.max())) if others.size else hub
    firm = min(hub, max(0.0, total - max(peak - hub, 0.0)))
    return Backup(
        peak_kw=peak,
        without_hub_kw=total,
        without_largest_kw=total + hub - largest,
        firm_hub_kw=np.nan if np.isnan(total) else firm,
    )


def cold_snap_hours(
    outdoor_degc: ArrayLike, *, below_degc: float, least_hours: int = 24
) -> list[tuple[int, int]]:
    """Return the first hour and the length of every time at least so long below a temperature."""
    cold = np.atleast_1d(finite("Outdoor temperature", outdoor_degc)) < below_degc
    edge = np.diff(np.concatenate(([0], cold.astype(np.int8), [0])))
    first, last = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    return [
        (int(start), int(end - start))
        for start, end in zip(first, last, strict=True)
        if end - start >= least_hours
    ]
