"""What temperature a cooling technology can give without leaving its maker's limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from engines.errors import InvalidInput, OutOfValidity
from engines.tables import catalogue


@dataclass(frozen=True)
class Technology:
    """One row of ``data/hub_technologies.csv``.

    Attributes
    ----------
    key, label : str
        Name in the table and name for people.
    supply_normal_degc, supply_alarm_degc, supply_critical_degc : float
        Coolant supply to the machines [degC]; NaN where the maker states none.
    dt_miner_k : float
        Rise of the coolant over the machines [K].
    capture_share : float
        Share of the IT power that ends up in the coolant.
    allowed : bool
        False where the platform does not offer the technology.
    source : str
        Where the limits come from.
    """

    key: str
    label: str
    supply_normal_degc: float
    supply_alarm_degc: float
    supply_critical_degc: float
    dt_miner_k: float
    capture_share: float
    allowed: bool
    source: str


def technologies() -> Mapping[str, Technology]:
    """Return all technologies by key, the disallowed ones included."""
    return {
        key: Technology(
            key=key,
            label=str(row["label"]),
            supply_normal_degc=float(row["supply_normal_degc"]),
            supply_alarm_degc=float(row["supply_alarm_degc"]),
            supply_critical_degc=float(row["supply_critical_degc"]),
            dt_miner_k=float(row["dt_miner_k"]),
            capture_share=float(row["capture_share"]),
            allowed=bool(row["allowed"]),
            source=str(row["source"]),
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


def available_degc(technology: Technology, approach_k: float) -> float:
    """Return the hottest water on the network side [degC]: hot side minus `approach_k` [K]."""
    if not approach_k >= 0:
        raise InvalidInput(f"The approach must be zero or more, not {approach_k:g} K.")
    return hot_side_max_degc(technology) - approach_k
