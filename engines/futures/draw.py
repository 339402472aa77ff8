"""Futures of a hub: an even spread over all drivers, seeded, the same for every parcel.

Every parcel meets the same futures, so that differences between parcels are those of the parcels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from engines.arrays import FloatArray, IntArray, within
from engines.assumptions import Assumptions
from engines.compute.revenue import BITCOIN, halving_step_factors
from engines.errors import InvalidInput
from engines.futures.correlation import correlation_matrix, rearranged
from engines.futures.marginals import MANY_YEARS, deviation, marginals

CORRELATED = {
    ("gas", "day_ahead"): "futures.correlation_gas_day_ahead",
    ("gas", "co2"): "futures.correlation_gas_co2",
    ("co2", "day_ahead"): "futures.correlation_co2_day_ahead",
    ("infrastructure", "pipe"): "futures.correlation_infrastructure_pipe",
}
EDGE = 1e-12


@dataclass(frozen=True)
class Futures:
    """What each future does to the study; factors are 1 and offsets 0 in the study itself.

    Attributes
    ----------
    compute_factor : array, shape (futures, years)
        On the revenue of computing.
    machine_factor : array, shape (futures, years + 1)
        On the price of machines bought in year 0, 1, ...
    day_ahead_factor, gas_factor, co2_factor, infrastructure_factor, pipe_factor : array (futures,)
    availability_factor, capture_factor : array, shape (futures,)
    demand_factor : array, shape (futures, years)
        On the heat that the town needs.
    surcharge_eur_per_mwh : array, shape (futures, years)
        New burden on every MWh of electricity.
    price_year : array of int, shape (futures, years)
        0 for the study's own price year, then those that are drawn.
    """

    compute_factor: FloatArray
    machine_factor: FloatArray
    day_ahead_factor: FloatArray
    gas_factor: FloatArray
    co2_factor: FloatArray
    infrastructure_factor: FloatArray
    pipe_factor: FloatArray
    availability_factor: FloatArray
    capture_factor: FloatArray
    demand_factor: FloatArray
    surcharge_eur_per_mwh: FloatArray
    price_year: IntArray

    @property
    def count(self) -> int:
        """Number of futures."""
        return int(self.compute_factor.shape[0])

    @property
    def years(self) -> int:
        """Years of the study."""
        return int(self.compute_factor.shape[1])

    def at(self, rows: IntArray) -> "Futures":
        """Return these futures alone."""
        return Futures(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Outlook:
    """What the futures are drawn around.

    Attributes
    ----------
    years : int
    start_year : float
        First hour of operation, as a year with fraction.
    price_years : int
        Price years that are drawn; 0 keeps that of the study.
    compute_kind : str
        Kind of computing, which decides whose price moves.
    """

    years: int
    start_year: float
    price_years: int
    compute_kind: str = BITCOIN


def dimensions(years: int, compute_kind: str = BITCOIN) -> dict[str, slice]:
    """Return which columns of a sample belong to which driver."""
    found, at = {}, 0
    for key, one in marginals(compute_kind).items():
        width = years if one.form in MANY_YEARS else 1
        found[key] = slice(at, at + width)
        at += width
    return found


def draw_futures(outlook: Outlook, a: Assumptions) -> Futures:
    """Draw ``futures.draws`` futures with the seed of the study.

    A Latin hypercube (each driver's range is cut into as many equal parts as there are futures, and
    each part is drawn from once) is rearranged to the correlations of the table.
    """
    count = round(a["futures.draws"])
    places = dimensions(outlook.years, outlook.compute_kind)
    width = max(place.stop for place in places.values())
    rng = np.random.default_rng(round(a["futures.seed"]))
    even = qmc.LatinHypercube(width, rng=rng).random(count)
    names = [name for name, place in places.items() if place.stop - place.start == 1]
    columns = [places[name].start for name in names]
    matrix = correlation_matrix(names, correlations(a))
    even[:, columns] = rearranged(even[:, columns], matrix, rng)
    return futures_from(even, outlook, a)


def correlations(a: Assumptions) -> Mapping[tuple[str, str], float]:
    """Return the correlations of a study by pair of drivers."""
    return {pair: a[key] for pair, key in CORRELATED.items()}


def futures_from(sample: FloatArray, outlook: Outlook, a: Assumptions) -> Futures:
    """Turn points of the unit cube into futures.

    Parameters
    ----------
    sample : array, shape (futures, columns of `dimensions`)
        Probabilities.
    """
    places = dimensions(outlook.years, outlook.compute_kind)
    if sample.ndim != 2 or sample.shape[1] != max(place.stop for place in places.values()):
        raise InvalidInput(f"A sample for {outlook.years} years cannot have shape {sample.shape}.")
    spread = a["futures.spread"]
    drawn = {
        key: deviation(one, sample[:, places[key]].clip(EDGE, 1.0 - EDGE), spread)
        for key, one in marginals(outlook.compute_kind).items()
    }
    compute = _compute(drawn, outlook, a)
    # the first machines are bought at the price of today; the last entry values what is left
    bought = np.hstack([np.ones((len(sample), 1)), compute[:, 1:], compute[:, -1:]])
    age = np.arange(outlook.years, dtype=np.float64)
    happened = (age + 1.0 - drawn["event"]).clip(0.0, 1.0)
    chosen = np.floor(drawn["price_year"] * outlook.price_years).astype(np.int64) + 1
    still = spread == 0.0 or outlook.price_years == 0
    return Futures(
        compute_factor=compute,
        machine_factor=bought ** a["futures.machine_price_elasticity"],
        day_ahead_factor=drawn["day_ahead"][:, 0].clip(min=0.0),
        gas_factor=drawn["gas"][:, 0].clip(min=0.0),
        co2_factor=drawn["co2"][:, 0].clip(min=0.0),
        infrastructure_factor=drawn["infrastructure"][:, 0].clip(min=0.0),
        pipe_factor=drawn["pipe"][:, 0].clip(min=0.0),
        availability_factor=drawn["availability"][:, 0].clip(0.0, 1.0 / _in_service(a)),
        capture_factor=drawn["capture"][:, 0].clip(min=0.0),
        demand_factor=(1.0 + drawn["demand"]).clip(min=0.0) ** age,
        surcharge_eur_per_mwh=a["futures.event_tax_eur_per_mwh"] * happened,
        price_year=np.zeros_like(chosen) if still else chosen,
    )


def _in_service(a: Assumptions) -> float:
    return float(within("hub.availability_share", a["hub.availability_share"], 1e-9, 1.0))


def _compute(drawn: Mapping[str, FloatArray], outlook: Outlook, a: Assumptions) -> FloatArray:
    """Return the factors on compute revenue, shape (futures, years): by the kind of computing."""
    if "cycle" in drawn:
        return _hashprice(drawn, outlook, a)
    if "tariff" in drawn:
        return _tariff(drawn, outlook, a)
    return np.ones((len(drawn["day_ahead"]), outlook.years))


def _tariff(drawn: Mapping[str, FloatArray], outlook: Outlook, a: Assumptions) -> FloatArray:
    """Factors on the price of other computing: a level, and ``((1 - d)/(1 - d0))^t``."""
    usual = 1.0 - a["compute.tariff_decay_share_per_a"]
    age = np.arange(outlook.years, dtype=np.float64)
    trend = ((usual - drawn["tariff_decay"]).clip(min=0.0) / usual) ** age
    return np.asarray(drawn["tariff"].clip(min=0.0) * trend, dtype=np.float64)


def _hashprice(drawn: Mapping[str, FloatArray], outlook: Outlook, a: Assumptions) -> FloatArray:
    """Return the factors on compute revenue, shape (futures, years).

    ``((1 - d)/(1 - d0))^t`` for the trend, the ratio of the halving steps, and
    ``exp(y_t - s_t^2/2)`` for the cycle, with ``y_t = phi y_(t-1) + x_t`` and `s_t` its standard
    deviation: the cycle has the mean 1, because noise alone must not make money.
    """
    years, usual = outlook.years, 1.0 - a["compute.decay_share_per_a"]
    age = np.arange(years, dtype=np.float64)
    trend = ((usual - drawn["decay"]).clip(min=0.0) / usual) ** age
    behind = 1.0 - halving_step_factors(
        outlook.start_year, years, (a["compute.next_halving_year"],), 0.0
    )
    kept = a["compute.halving_factor"]
    step = (1.0 - behind * (1.0 - (kept + drawn["halving"]).clip(0.0))) / (
        1.0 - behind * (1.0 - kept)
    )
    phi = a["futures.cycle_persistence_share"]
    sigma = a["futures.spread"] * marginals()["cycle"].sigma
    level, variance = np.zeros(len(trend)), 0.0
    cycle = np.empty((len(trend), years))
    for t in range(years):
        level = phi * level + drawn["cycle"][:, t]
        variance = phi**2 * variance + sigma**2
        cycle[:, t] = np.exp(level - variance / 2.0)
    return np.asarray(trend * step * cycle, dtype=np.float64)
