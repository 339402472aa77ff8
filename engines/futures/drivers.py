"""Which driver matters: total and first-order shares of the variance (Sobol indices, SALib).

The drivers count as independent here, whatever their correlation in the futures: shares of a
variance can only be told apart for drivers that can move alone. A driver that is drawn anew every
year is one group.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray
from engines.compute.revenue import BITCOIN
from engines.errors import InvalidInput
from engines.futures.draw import dimensions

BASE = 512
"""Points of the sequence, a power of two; the answer takes (drivers + 2) times as many."""


@dataclass(frozen=True)
class Driver:
    """Share of a quantity's variance that one driver makes.

    Attributes
    ----------
    key : str
    alone_share : float
        First order: what would go if the driver were known.
    total_share : float
        Total: what would be left if all other drivers were known.
    error_share : float
        Half width of the 95 % interval of the total.
    """

    key: str
    alone_share: float
    total_share: float
    error_share: float


def driver_shares(
    quantity: Callable[[FloatArray], FloatArray],
    years: int,
    seed: int,
    base: int = BASE,
    compute_kind: str = BITCOIN,
) -> tuple[Driver, ...]:
    """Return the drivers of a quantity, the strongest first.

    Parameters
    ----------
    quantity : callable
        From points of the unit cube, shape (points, columns of `dimensions`), to one number each.
    years : int
    seed : int
    base : int
        A power of two.
    compute_kind : str
        Kind of computing, which decides whose price is a driver.

    Notes
    -----
    Saltelli's sample and estimators as in SALib, by groups. A quantity that does not vary has no
    drivers: all shares are zero.
    """
    # SALib brings matplotlib and pandas along; only who asks for drivers waits for them
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    if base < 2 or base & (base - 1):
        raise InvalidInput(f"The sample of drivers needs a power of two, not {base}.")
    places = dimensions(years, compute_kind)
    keys = list(places)
    columns = [key for key, place in places.items() for _ in range(place.stop - place.start)]
    problem = {
        "num_vars": len(columns),
        "names": [f"{key} {i}" for i, key in enumerate(columns)],
        "bounds": [[0.0, 1.0]] * len(columns),
        "groups": columns,
    }
    points = sampling.sample(problem, base, calc_second_order=False, seed=seed)
    values = np.asarray(quantity(points), dtype=np.float64)
    scale = float(np.abs(values).max(initial=0.0))
    if values.std() <= 1e-12 * max(scale, 1e-300):
        return tuple(Driver(key, 0.0, 0.0, 0.0) for key in keys)
    found = analysis.analyze(problem, values, calc_second_order=False, seed=seed)
    shares = [
        Driver(key, float(alone), float(total), float(error))
        for key, alone, total, error in zip(
            keys, found["S1"], found["ST"], found["ST_conf"], strict=True
        )
    ]
    return tuple(sorted(shares, key=lambda one: -one.total_share))
