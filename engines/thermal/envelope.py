"""What temperature a cooling technology can give without leaving its maker's limits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.arrays import FloatArray, IntArray, as_floats, finite
from engines.errors import InvalidInput, OutOfValidity
from engines.tables import catalogue

DIRECT_COOLANT = "direct"
"""Coolant of a technology that heats the network's own water: no exchanger stands between."""

WITHIN_NORMAL, RUNNING_HOT, BEYOND_ALARM, BEYOND_CRITICAL = 0, 1, 2, 3

LIFE_STEP_K = 10.0
"""Temperature step to which `Technology.life_temp_factor` refers."""


@dataclass(frozen=True)
class Technology:
    """One row of ``data/hub_technologies.csv``.

    Attributes
    ----------
    key, label : str
        Name in the table and name for people.
    coolant : str
        ``air``, ``oil``, ``water``, ``vapour``, or `DIRECT_COOLANT`.
    supply_normal_degc, supply_alarm_degc, supply_critical_degc : float
        Coolant supply to the machines [degC]; NaN where the maker states none.
    dt_miner_k : float
        Rise of the coolant over the machines [K]; 0 where it boils.
    capture_share : float
        Share of the IT power that ends up in the coolant; `capture_min_share` and
        `capture_max_share` are its range.
    pump_share : float
        Power of pumps and controls over the IT power (a_pump), with its range.
    pump_heat_share : float
        Part of that power that ends up as heat in the coolant.
    first_approach_k : float
        Temperature lost at design between the coolant and the hub's own water; 0 where the
        coolant itself reaches the network's exchanger.
    network_approach_k : float
        Temperature lost at design in the network's exchanger.
    eff_temp_coeff_share_per_k : float
        More power per kelvin of supply above normal (leakage); an estimate.
    life_temp_factor : float
        Life is divided by this per 10 K above normal; an estimate.
    computes : bool
        False for the electric boiler, which earns nothing by computing.
    vendor_letter : bool
        True where the limits hold only with a letter of the maker.
    allowed : bool
        False where the platform does not offer the technology.
    source : str
        Where the limits come from.
    """

    key: str
    label: str
    coolant: str
    supply_normal_degc: float
    supply_alarm_degc: float
    supply_critical_degc: float
    dt_miner_k: float
    capture_share: float
    capture_min_share: float
    capture_max_share: float
    pump_share: float
    pump_min_share: float
    pump_max_share: float
    pump_heat_share: float
    first_approach_k: float
    network_approach_k: float
    eff_temp_coeff_share_per_k: float
    life_temp_factor: float
    computes: bool
    vendor_letter: bool
    allowed: bool
    source: str


_NUMBERS = (
    "supply_normal_degc",
    "supply_alarm_degc",
    "supply_critical_degc",
    "dt_miner_k",
    "capture_share",
    "capture_min_share",
    "capture_max_share",
    "pump_share",
    "pump_min_share",
    "pump_max_share",
    "pump_heat_share",
    "first_approach_k",
    "network_approach_k",
    "eff_temp_coeff_share_per_k",
    "life_temp_factor",
)


@dataclass(frozen=True)
class EnvelopeHours:
    """Hours of a year by where the coolant supply would have to be.

    Attributes
    ----------
    normal_h, running_hot_h, beyond_alarm_h, beyond_critical_h : array
        Shape of the input without its last axis. Only the first two can be used; where the maker
        states no critical temperature, nothing is counted beyond it.
    """

    normal_h: IntArray
    running_hot_h: IntArray
    beyond_alarm_h: IntArray
    beyond_critical_h: IntArray

    @property
    def feasible_h(self) -> IntArray:
        """Hours inside the envelope."""
        return self.normal_h + self.running_hot_h


def technologies() -> Mapping[str, Technology]:
    """Return all technologies by key, the disallowed ones included."""
    return {
        key: Technology(
            key=key,
            label=str(row["label"]),
            coolant=str(row["coolant_text"]),
            computes=bool(row["computes"]),
            vendor_letter=bool(row["vendor_letter"]),
            allowed=bool(row["allowed"]),
            source=str(row["source"]),
            **{name: float(row[name]) for name in _NUMBERS},
        )
        for key, row in catalogue("hub_technologies").items()
    }


def technology(key: str) -> Technology:
    """Return one technology, or refuse an unknown or disallowed one."""
    known = technologies()
    if key not in known:
        raise InvalidInput(f"There is no hub technology {key!r}; known are {', '.join(known)}.")
    if not known[key].allowed:
        raise OutOfValidity(f"{known[key].label} is not offered; choose another technology.")
    return known[key]


def hot_side_max_degc(technology: Technology) -> float:
    """Return the hottest coolant [degC]: alarm limit of the supply plus the rise over the machines.

    A letter of the vendor may justify more: then give a `Technology` with other limits.
    """
    return technology.supply_alarm_degc + technology.dt_miner_k


def captured_kw(technology: Technology, power_it_kw: ArrayLike) -> FloatArray:
    """Return the heat in the coolant [kW]: ``(f_c + f_p a_pump) P_IT`` (domain 2.3)."""
    per_kw = technology.capture_share + technology.pump_heat_share * technology.pump_share
    return as_floats(per_kw * finite("IT power", power_it_kw))


def envelope_state(technology: Technology, coolant_supply_degc: ArrayLike) -> NDArray[np.int8]:
    """Return where a coolant supply lies: normal, running hot, beyond alarm, beyond critical.

    Values are `WITHIN_NORMAL`, `RUNNING_HOT`, `BEYOND_ALARM`, `BEYOND_CRITICAL`; a limit itself
    still belongs to the better side.
    """
    supply = finite("Coolant supply", coolant_supply_degc)
    state = np.where(supply > technology.supply_normal_degc, RUNNING_HOT, WITHIN_NORMAL)
    state = np.where(supply > technology.supply_alarm_degc, BEYOND_ALARM, state)
    # NaN where no critical temperature is published: the comparison is then false
    state = np.where(supply > technology.supply_critical_degc, BEYOND_CRITICAL, state)
    return np.asarray(state, dtype=np.int8)


def envelope_hours(technology: Technology, hot_side_degc: ArrayLike) -> EnvelopeHours:
    """Count the hours by the coolant supply that a wanted hot side would need.

    Parameters
    ----------
    hot_side_degc : array, shape (..., hours)
        Coolant leaving the machines that would be needed, e.g. network supply plus approaches
        [degC].
    """
    needed = np.atleast_1d(finite("Hot side", hot_side_degc)) - technology.dt_miner_k
    state = envelope_state(technology, needed)
    counts = [
        np.asarray(np.count_nonzero(state == each, axis=-1), dtype=np.int64)
        for each in (WITHIN_NORMAL, RUNNING_HOT, BEYOND_ALARM, BEYOND_CRITICAL)
    ]
    return EnvelopeHours(*counts)


def power_factor_hot(technology: Technology, coolant_supply_degc: ArrayLike) -> FloatArray:
    """Return the factor on the IT power for running above normal: ``1 + k max(0, T - T_normal)``.

    An estimate (0.1 to 0.4 % per kelvin of leakage): label it as one.
    """
    return as_floats(
        1.0
        + technology.eff_temp_coeff_share_per_k * _above_normal_k(technology, coolant_supply_degc)
    )


def life_factor_hot(technology: Technology, coolant_supply_degc: ArrayLike) -> FloatArray:
    """Return the factor on the life of the machines: ``F**(-max(0, T - T_normal) / 10 K)``.

    An estimate (life of capacitors and solder about halves per 10 K): label it as one.
    """
    steps = _above_normal_k(technology, coolant_supply_degc) / LIFE_STEP_K
    return as_floats(technology.life_temp_factor**-steps)


def _above_normal_k(technology: Technology, coolant_supply_degc: ArrayLike) -> FloatArray:
    supply = finite("Coolant supply", coolant_supply_degc)
    return np.maximum(supply - technology.supply_normal_degc, 0.0)
