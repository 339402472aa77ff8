"""How the value of computing runs over the years: decay, halving, and their labelled sensitivities.

Three paths are known:

``market``
    The default. The hash price falls by the same share every calendar year for everybody; a new
    fleet does not bring the old price back.
``fleet``
    Sensitivity. The decay starts again whenever the fleet is replaced: the new machines are
    assumed to be as far ahead of the market as the first ones were.
``flat``
    Sensitivity, for tests and for showing what a constant price would hide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.compute.hashprice import revenue_eur_per_mwh_it
from engines.errors import InvalidInput
from engines.message import Message, message

NOTES = {
    "heat_only": "The hub only heats; it earns no compute.",
    "fleet": "A later fleet has the same efficiency and price as the first.",
    "no_halving": "No halving step is included.",
    "sensitivity": "Sensitivity: {path} path, not the decaying market of the default.",
}

KINDS = ("btc_asic", "none")
PATHS = ("market", "fleet", "flat")


@dataclass(frozen=True)
class ComputeInput:
    """Everything that decides what computing earns.

    Attributes
    ----------
    kind : str
        ``btc_asic``, or ``none`` for a hub that only heats.
    hashprice_usd_per_ph_day : float
        Hash price in the first year [USD per PH/s and day].
    efficiency_j_per_th : float
        Machine efficiency [J/TH]; the same for every later fleet.
    usd_per_eur, pool_fee_share : float
        Exchange rate; part kept by the pool [0-1].
    path : str
        ``market``, ``fleet`` or ``flat``; see the module.
    decay_share_per_a : float
        Yearly loss of hash price [0-1].
    start_year : float
        Date of the first hour, as a year with fraction (2027.5 is 1 July 2027).
    halving_years : tuple of float
        Dates of halvings that are modelled as a step, in the same form.
    halving_factor : float
        Hash price just after a halving over the price just before it [0-1].
    fleet_life_years : int
        Years after which machines are replaced.
    """

    kind: str
    hashprice_usd_per_ph_day: float
    efficiency_j_per_th: float
    usd_per_eur: float
    pool_fee_share: float
    path: str
    decay_share_per_a: float
    start_year: float
    halving_years: tuple[float, ...]
    halving_factor: float
    fleet_life_years: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidInput(f"Compute kind {self.kind!r} is not one of {', '.join(KINDS)}.")
        if self.path not in PATHS:
            raise InvalidInput(f"Revenue path {self.path!r} is not one of {', '.join(PATHS)}.")
        within("decay_share_per_a", self.decay_share_per_a, -1.0, 0.99)
        within("halving_factor", self.halving_factor, 0.0, 1.0)
        within("start_year", self.start_year, 2000.0, 2200.0)
        within("fleet_life_years", float(self.fleet_life_years), 1.0)


@dataclass(frozen=True)
class ComputePath:
    """Value of computing year by year.

    Attributes
    ----------
    eur_per_mwh_it : array (years,)
        After the pool's fee [EUR/MWh_IT].
    factor : array (years,)
        Hash price of the year over that of the first instant [-].
    label : str
        ``market``, ``fleet``, ``flat`` or ``none``; printed wherever the numbers are.
    notes : tuple of Message
        What the path leaves out.
    """

    eur_per_mwh_it: FloatArray
    factor: FloatArray
    label: str
    notes: tuple[Message, ...]


def halving_step_factors(
    start_year: float, horizon_years: int, halving_years: Sequence[float], halving_factor: float
) -> FloatArray:
    """Mean effect of the halvings on each year.

    A halving that falls inside a year counts by the share of the year that lies behind it:
    ``(1 - share) + share*factor``; later years carry the whole factor. A halving at or before the
    start is already in the starting price and changes nothing.
    """
    years = start_year + np.arange(horizon_years, dtype=np.float64)
    factors = np.ones(horizon_years)
    for halving in (date for date in halving_years if date > start_year):
        behind = (years + 1.0 - halving).clip(0.0, 1.0)
        factors = factors * (1.0 - behind * (1.0 - halving_factor))
    return factors


def hashprice_factors(given: ComputeInput, horizon_years: int) -> FloatArray:
    """Hash price of each year relative to the start, shape (years,).

    The first year counts in full, year `t` (from 0) ``(1 - d)^t`` on the market path and
    ``(1 - d)^(t mod life)`` on the fleet path; both carry the halving steps. The flat path is 1.
    """
    age = np.arange(horizon_years, dtype=np.float64)
    if given.path == "flat":
        return np.ones(horizon_years)
    if given.path == "fleet":
        age = age % given.fleet_life_years
    decay: FloatArray = (1.0 - given.decay_share_per_a) ** age
    return decay * halving_step_factors(
        given.start_year, horizon_years, given.halving_years, given.halving_factor
    )


def compute_path(given: ComputeInput, horizon_years: int) -> ComputePath:
    """Value of computing in each year of the study, shape (years,) [EUR/MWh_IT]."""
    if horizon_years < 1:
        raise InvalidInput(f"The study must cover at least one year, not {horizon_years}.")
    if given.kind == "none":
        zeros = np.zeros(horizon_years)
        return ComputePath(zeros, zeros, "none", (message(NOTES, "heat_only"),))
    first = revenue_eur_per_mwh_it(
        given.hashprice_usd_per_ph_day,
        given.efficiency_j_per_th,
        given.usd_per_eur,
        given.pool_fee_share,
    )
    factor = hashprice_factors(given, horizon_years)
    return ComputePath(as_floats(first * factor), factor, given.path, _notes(given))


def _notes(given: ComputeInput) -> tuple[Message, ...]:
    notes = [message(NOTES, "fleet")]
    if given.path == "market" and not given.halving_years:
        notes.append(message(NOTES, "no_halving"))
    if given.path != "market":
        notes.append(message(NOTES, "sensitivity", path=given.path))
    return tuple(notes)
