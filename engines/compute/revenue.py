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

The decay counts from the date of the price, not from the first hour of operation: a hub that opens
later meets the market of its own first year. A fleet in service ages on every path: its hash rate
per energy falls a little each year and starts afresh with the next fleet.

Other computing (`gpu_rent`, `batch_hpc`) earns a tariff per kWh on the hours that are sold. It is
no like-for-like replacement: it needs redundancy, fibre and staff, and rented machines may not
stop.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray, as_floats, within
from engines.compute.hashprice import revenue_eur_per_mwh_it
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.units import KWH_PER_MWH

NOTES = {
    "heat_only": "The hub only heats; it earns no compute.",
    "fleet": "A later fleet has the same efficiency and price as the first.",
    "no_halving": "No halving step is included.",
    "sensitivity": "Sensitivity: {path} path, not the decaying market of the default.",
    "price_before_start": (
        "The price is {years:.1f} years older than the first hour; it has decayed by then."
    ),
    "other_computing": (
        "Other computing is no like-for-like replacement: it needs redundancy, fibre and staff, "
        "and machines that are rented out may not stop."
    ),
}

BITCOIN, GPU_RENT, BATCH, NONE = "btc_asic", "gpu_rent", "batch_hpc", "none"
KINDS = (BITCOIN, GPU_RENT, BATCH, NONE)
BY_TARIFF = (GPU_RENT, BATCH)
PATHS = ("market", "fleet", "flat")


@dataclass(frozen=True)
class ComputeInput:
    """Everything that decides what computing earns.

    Attributes
    ----------
    kind : str
        ``btc_asic``; ``gpu_rent`` or ``batch_hpc`` for a tariff per kWh; ``none`` for a hub that
        only heats.
    hashprice_usd_per_ph_day : float
        Hash price at `price_year` [USD per PH/s and day].
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
    price_year : float or None
        Date of the price, in the same form; None: that of the first hour. A later one counts as
        the first hour.
    ageing_share_per_a : float
        Loss of hash rate per energy with each year of a fleet [1/a].
    tariff_eur_per_kwh, tariff_utilisation_share : float
        For other computing: price of a kWh of machines in use; part of the hours sold [0-1].
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
    price_year: float | None = None
    ageing_share_per_a: float = 0.0
    tariff_eur_per_kwh: float = 0.0
    tariff_utilisation_share: float = 1.0

    @property
    def lag_years(self) -> float:
        """Years from the date of the price to the first hour; never negative."""
        if self.price_year is None:
            return 0.0
        return max(0.0, self.start_year - self.price_year)

    def __post_init__(self) -> None:
        if self.price_year is not None:
            within("price_year", self.price_year, 2000.0, 2200.0)
        within("ageing_share_per_a", self.ageing_share_per_a, 0.0, 0.5)
        within("tariff_eur_per_kwh", self.tariff_eur_per_kwh, 0.0)
        within("tariff_utilisation_share", self.tariff_utilisation_share, 0.0, 1.0)
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
    start_year: float,
    horizon_years: int,
    halving_years: Sequence[float],
    halving_factor: float,
    price_year: float | None = None,
) -> FloatArray:
    """Mean effect of the halvings on each year.

    A halving that falls inside a year counts by the share of the year that lies behind it:
    ``(1 - share) + share*factor``; later years carry the whole factor. A halving at or before the
    date of the price (that of the start where none is given) is already in the price and changes
    nothing.
    """
    years = start_year + np.arange(horizon_years, dtype=np.float64)
    factors = np.ones(horizon_years)
    known = start_year if price_year is None else min(price_year, start_year)
    for halving in (date for date in halving_years if date > known):
        behind = (years + 1.0 - halving).clip(0.0, 1.0)
        factors = factors * (1.0 - behind * (1.0 - halving_factor))
    return factors


def hashprice_factors(given: ComputeInput, horizon_years: int) -> FloatArray:
    """Price of computing in each year relative to the date of the price, shape (years,).

    Year `t` (from 0) counts ``(1 - d)^(lag + t)`` on the market path and ``(1 - d)^(lag + t mod
    life)`` on the fleet path, with the lag from the date of the price to the first hour; both carry
    the halving steps. The flat path is 1.
    """
    age = np.arange(horizon_years, dtype=np.float64)
    if given.path == "flat":
        return np.ones(horizon_years)
    if given.path == "fleet":
        age = age % given.fleet_life_years
    decay: FloatArray = (1.0 - given.decay_share_per_a) ** (given.lag_years + age)
    if given.kind in BY_TARIFF:
        return decay
    return decay * halving_step_factors(
        given.start_year,
        horizon_years,
        given.halving_years,
        given.halving_factor,
        given.price_year,
    )


def ageing_factors(given: ComputeInput, horizon_years: int) -> FloatArray:
    """Hash rate per energy of a fleet in its years of service over a new one, shape (years,)."""
    age = np.arange(horizon_years) % given.fleet_life_years
    return (1.0 - given.ageing_share_per_a) ** age.astype(np.float64)


def compute_path(given: ComputeInput, horizon_years: int) -> ComputePath:
    """Value of computing in each year of the study, shape (years,) [EUR/MWh_IT]."""
    if horizon_years < 1:
        raise InvalidInput(f"The study must cover at least one year, not {horizon_years}.")
    if given.kind == NONE:
        zeros = np.zeros(horizon_years)
        return ComputePath(zeros, zeros, "none", (message(NOTES, "heat_only"),))
    factor = hashprice_factors(given, horizon_years) * ageing_factors(given, horizon_years)
    return ComputePath(as_floats(first_value(given) * factor), factor, given.path, _notes(given))


def first_value(given: ComputeInput) -> FloatArray:
    """Value of computing at the date of the price [EUR/MWh_IT].

    ``HP/(24 e) 1000/fx (1 - pool)`` for bitcoin; ``tariff * utilisation * 1000`` for other
    computing (domain.md 4.2 and 4.4).
    """
    if given.kind in BY_TARIFF:
        return as_floats(given.tariff_eur_per_kwh * given.tariff_utilisation_share * KWH_PER_MWH)
    return revenue_eur_per_mwh_it(
        given.hashprice_usd_per_ph_day,
        given.efficiency_j_per_th,
        given.usd_per_eur,
        given.pool_fee_share,
    )


def clocked_efficiency_j_per_th(rated_j_per_th: float, clock: float, exponent: float) -> float:
    """Efficiency at another clock: ``P = P0 x^a`` and hash rate as `x` give ``e0 x^(a-1)``.

    Parameters
    ----------
    clock : float
        Over the rated clock, 0.5 to 1.1.
    exponent : float
        1.6 to 2.2; domain.md 2.1.
    """
    within("clock", clock, 0.5, 1.1)
    within("clock exponent", exponent, 1.0, 3.0)
    return float(rated_j_per_th * clock ** (exponent - 1.0))


def _notes(given: ComputeInput) -> tuple[Message, ...]:
    if given.kind in BY_TARIFF:
        return (message(NOTES, "other_computing"),)
    notes = [message(NOTES, "fleet")]
    if given.lag_years > 0.0 and given.path != "flat":
        notes.append(message(NOTES, "price_before_start", years=given.lag_years))
    if given.path == "market" and not given.halving_years:
        notes.append(message(NOTES, "no_halving"))
    if given.path != "market":
        notes.append(message(NOTES, "sensitivity", path=given.path))
    return tuple(notes)
