"""The stated problem: one hub, the hours of one year, its tank, its coolers and its prices.

The hours are those of any series of equal length: 8,760, 8,784, a day, a single hour. Power over
one hour is energy, so kW and kWh have the same number. Everything is checked here, once; the
modules that compute trust it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.arrays import FloatArray
from engines.compiled import compiled
from engines.errors import InvalidInput, OutOfValidity
from engines.units import HOURS_PER_YEAR

FREE_END = "free"
AT_LEAST_START = "at_least_start"
LARGEST = 1e15
"""No quantity of a hub reaches this; larger numbers are slips, and would overflow products."""


@dataclass(frozen=True)
class HubYear:
    """A hub and its year; make it with `hub_year`, which checks it.

    Attributes
    ----------
    compute_limit_kw : array, shape (hours,)
        Power of the machines at most; zero in demand-response hours.
    compute_revenue_eur_per_kwh : array, shape (hours,)
        What a kWh in the machines earns.
    electricity_price_eur_per_kwh : array, shape (hours,)
        All-in price; may be negative.
    heat_value_eur_per_kwh : array, shape (hours,)
        What a kWh earns that the network takes; may be negative.
    heat_uptake_kw : array, shape (hours,)
        Heat the network takes at most, after the heat pump if there is one.
    capture_share : float
        Heat in the coolant over the power of the machines.
    parasitic_share : float
        Power of pumps and controls over the power of the machines.
    rejection_cost_eur_per_kwh : array, shape (hours,)
        Fan power of the dry cooler, in money per kWh of heat; negative when electricity is.
    rejection_limit_kw : array, shape (hours,)
        Heat the dry cooler takes at most; may be infinite.
    tank_kwh : float
        Heat a full tank holds.
    tank_loss_share_per_h : float
        Share of the stored heat lost in an hour.
    tank_charge_kw, tank_discharge_kw : array, shape (hours,)
        Limits of flow into and out of the tank; may be infinite.
    tank_start_kwh : float
        Heat in the tank before the first hour.
    tank_end : str
        ``"free"``, or ``"at_least_start"``: what is in the tank after the last hour.
    tank_end_value_eur_per_kwh : float
        Worth of heat left in the tank after the last hour.
    switching_cost_eur_per_kw : float
        Cost of a kW of machines switched on or off. A shadow price of wear, never booked.
    heat_pump_cop : array, shape (hours,), or None
        Coefficient of performance of a heat pump between hub and network.
    """

    compute_limit_kw: FloatArray
    compute_revenue_eur_per_kwh: FloatArray
    electricity_price_eur_per_kwh: FloatArray
    heat_value_eur_per_kwh: FloatArray
    heat_uptake_kw: FloatArray
    capture_share: float
    parasitic_share: float
    rejection_cost_eur_per_kwh: FloatArray
    rejection_limit_kw: FloatArray
    tank_kwh: float
    tank_loss_share_per_h: float
    tank_charge_kw: FloatArray
    tank_discharge_kw: FloatArray
    tank_start_kwh: float
    tank_end: str
    tank_end_value_eur_per_kwh: float
    switching_cost_eur_per_kw: float
    heat_pump_cop: FloatArray | None

    @property
    def hours(self) -> int:
        """Number of hours."""
        return self.compute_limit_kw.size

    @property
    def compute_margin_eur_per_kwh(self) -> FloatArray:
        """What a kWh in the machines earns without its heat: revenue less all power it draws."""
        drawn = 1.0 + self.parasitic_share
        return self.compute_revenue_eur_per_kwh - drawn * self.electricity_price_eur_per_kwh

    @property
    def lift(self) -> FloatArray:
        """Heat for the network per heat of the hub, ``COP / (COP - 1)``; 1 without heat pump."""
        if self.heat_pump_cop is None:
            return np.ones(self.hours)
        return self.heat_pump_cop / (self.heat_pump_cop - 1.0)

    @property
    def heat_margin_eur_per_kwh(self) -> FloatArray:
        """What a kWh of the network's heat earns after the electricity of the heat pump."""
        if self.heat_pump_cop is None:
            return self.heat_value_eur_per_kwh
        return self.heat_value_eur_per_kwh - self.electricity_price_eur_per_kwh / self.heat_pump_cop


@dataclass(frozen=True)
class _Rule:
    """What a field may hold. A field without default has to be stated."""

    hourly: bool = False
    default: float | None = None
    low: float = -math.inf
    high: float = math.inf
    above_low: bool = False
    unlimited: bool = False


RULES: Mapping[str, _Rule] = {
    "compute_limit_kw": _Rule(hourly=True, low=0.0),
    "compute_revenue_eur_per_kwh": _Rule(hourly=True),
    "electricity_price_eur_per_kwh": _Rule(hourly=True),
    "heat_value_eur_per_kwh": _Rule(hourly=True),
    "heat_uptake_kw": _Rule(hourly=True, low=0.0),
    "capture_share": _Rule(default=1.0, low=0.0, high=1.0),
    "parasitic_share": _Rule(default=0.0, low=0.0, high=1.0),
    "rejection_cost_eur_per_kwh": _Rule(hourly=True, default=0.0),
    "rejection_limit_kw": _Rule(hourly=True, default=math.inf, low=0.0, unlimited=True),
    "tank_kwh": _Rule(default=0.0, low=0.0),
    "tank_loss_share_per_h": _Rule(default=0.0, low=0.0, high=1.0),
    "tank_charge_kw": _Rule(hourly=True, default=math.inf, low=0.0, unlimited=True),
    "tank_discharge_kw": _Rule(hourly=True, default=math.inf, low=0.0, unlimited=True),
    "tank_start_kwh": _Rule(default=0.0, low=0.0),
    "tank_end_value_eur_per_kwh": _Rule(default=0.0),
    "switching_cost_eur_per_kw": _Rule(default=0.0, low=0.0),
    "heat_pump_cop": _Rule(hourly=True, default=math.nan, low=1.0, above_low=True),
}
FIELDS = (*RULES, "tank_end")


def hub_year(**fields: Any) -> HubYear:
    """Check the fields of a hub and its year, fill in defaults and make series of equal length.

    Parameters
    ----------
    **fields
        The attributes of `HubYear`. Series are a number or one number per hour; if all are numbers
        the year has 8,760 hours. Left out or None: capture 1, parasitic 0, rejection free and
        unlimited, charge and discharge unlimited, no tank, end free, no switching cost, no heat
        pump. The first five attributes have no default.

    Raises
    ------
    InvalidInput
        If a field is missing, unknown, not a number, of the wrong length or out of its range. The
        sentence names the field.
    OutOfValidity
        If the tank cannot end as full as it starts.

    Examples
    --------
    >>> hub_year(compute_limit_kw=100.0, compute_revenue_eur_per_kwh=0.05,
    ...          electricity_price_eur_per_kwh=[0.04, 0.09], heat_value_eur_per_kwh=0.03,
    ...          heat_uptake_kw=80.0).hours
    2
    """
    for name in fields:
        if name not in FIELDS:
            raise InvalidInput(f"{name} is not a field of a hub; the fields are {_list(FIELDS)}.")
    stated = {name: value for name, value in fields.items() if value is not None}
    values = {
        name: _checked(name, rule, stated[name]) if name in stated else _default(name, rule)
        for name, rule in RULES.items()
    }
    hours = _hours(values)
    end = stated.get("tank_end", FREE_END)
    if end not in (FREE_END, AT_LEAST_START):
        raise InvalidInput(f'tank_end is "{FREE_END}" or "{AT_LEAST_START}", not {end!r}.')
    series: dict[str, Any] = {
        name: np.array(np.broadcast_to(value, hours)) if RULES[name].hourly else float(value)
        for name, value in values.items()
    }
    if "heat_pump_cop" not in stated:
        series["heat_pump_cop"] = None
    hub = HubYear(tank_end=end, **series)
    _check_tank(hub)
    return hub


def fullest_end_kwh(hub: HubYear) -> float:
    """Return the most heat that the tank can hold after the last hour [kWh]."""
    keep = 1.0 - hub.tank_loss_share_per_h
    most_kw = np.minimum(hub.tank_charge_kw, hub.capture_share * hub.compute_limit_kw)
    return float(fullest_end(keep, most_kw, hub.tank_kwh, hub.tank_start_kwh))


@compiled()
def fullest_end(keep: float, charge: FloatArray, full: float, start: float) -> float:
    """Return the level of a tank that is charged as much as it can be, in any one unit."""
    level = start
    for t in range(charge.shape[0]):
        level = min(keep * level + charge[t], full)
    return level


def _check_tank(hub: HubYear) -> None:
    """Refuse a tank that starts fuller than full, or cannot end as it must."""
    if hub.tank_start_kwh > hub.tank_kwh:
        raise InvalidInput(
            f"tank_start_kwh ({hub.tank_start_kwh:g}) is above tank_kwh ({hub.tank_kwh:g}); "
            "the tank cannot start fuller than full."
        )
    if hub.tank_end == AT_LEAST_START:
        fullest = fullest_end_kwh(hub)
        if fullest < hub.tank_start_kwh * (1.0 - 1e-12):
            raise OutOfValidity(
                f'tank_end "{AT_LEAST_START}" cannot be met: with all machines running the tank '
                f"holds {fullest:g} kWh after the last hour, less than the {hub.tank_start_kwh:g} "
                f'of tank_start_kwh. Lower tank_start_kwh or set tank_end to "{FREE_END}".'
            )


def _default(name: str, rule: _Rule) -> FloatArray:
    if rule.default is None:
        raise InvalidInput(f"{name} is missing; state a number or one number per hour.")
    return np.array(rule.default)


def _checked(name: str, rule: _Rule, value: Any) -> FloatArray:
    """Return a number or a series as floats, or refuse it by name."""
    array = _numbers(name, rule, value)
    beyond = ~np.isfinite(array) | (np.abs(array) > LARGEST)
    if rule.unlimited:
        beyond &= array != math.inf
    for bad, must in (
        (beyond, f"be a finite number up to {LARGEST:g}"),
        (array <= rule.low if rule.above_low else array < rule.low, _least(rule)),
        (array > rule.high, f"not be above {rule.high:g}"),
    ):
        if bad.any():
            raise InvalidInput(f"{name}{_where(bad)} must {must}, not {array[bad].flat[0]:g}.")
    return array


def _numbers(name: str, rule: _Rule, value: Any) -> FloatArray:
    """Return `value` as floats if it is a number or, for a series, a flat list of numbers."""
    many = isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) != 0
    if many and not rule.hourly:
        raise InvalidInput(f"{name} must be a single number, not a list.")
    if many and len(value) == 0:
        raise InvalidInput(f"{name} is an empty list; state one number per hour.")
    entries = value if many else [value]
    if not isinstance(value, np.ndarray):
        for hour, entry in enumerate(entries):
            if not isinstance(entry, (int, float, np.number)) or isinstance(entry, bool):
                where = f", hour {hour + 1}," if many else ""
                raise InvalidInput(f"{name}{where} must be a number, not {_shown(entry)}.")
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InvalidInput(f"{name} must hold numbers up to {LARGEST:g} only.") from None
    if array.ndim > 1:
        raise InvalidInput(f"{name} must be one flat list with one number per hour.")
    return array


def _hours(values: Mapping[str, FloatArray]) -> int:
    """Return the common length of all lists; 8,760 if there is none."""
    first = ""
    for name, value in values.items():
        if value.ndim == 0:
            continue
        if first and value.size != values[first].size:
            raise InvalidInput(
                f"{name} has {value.size} hours where {first} has {values[first].size}; "
                "all lists need the same number of hours."
            )
        first = first or name
    return values[first].size if first else HOURS_PER_YEAR


def _least(rule: _Rule) -> str:
    return f"be above {rule.low:g}" if rule.above_low else f"not be below {rule.low:g}"


def _where(bad: Any) -> str:
    return f", hour {int(np.flatnonzero(bad)[0]) + 1}," if bad.ndim else ""


def _shown(entry: Any) -> str:
    if entry is None:
        return "null"
    if isinstance(entry, (list, dict)):
        return "a list" if isinstance(entry, list) else "an object"
    return repr(entry)[:40]


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
