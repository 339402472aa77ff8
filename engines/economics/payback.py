"""How long until the money is back: simple and discounted."""

import numpy as np

from engines.arrays import FloatArray, as_floats, within


def payback_years(flows_eur: FloatArray, rate_share: float = 0.0) -> FloatArray:
    """Years until the flows have paid back what was spent before.

    The sum of the flows, discounted at `rate_share`, is followed over the years; the answer is the
    first moment from which it never falls below zero again, on a straight line inside the year. A
    hub that earns its money back and then buys new machines has not been paid back yet.

    Parameters
    ----------
    flows_eur : array (..., years + 1)
        Year 0 first.
    rate_share : float
        0 for the simple payback [1/a].

    Returns
    -------
    array (...)
        [a]; NaN if the money does not come back within the study.

    Examples
    --------
    >>> float(payback_years([-100.0, 40.0, 40.0, 40.0]))
    2.5
    """
    within("rate_share", rate_share, -0.99, 10.0)
    flows = as_floats(flows_eur)
    years = np.arange(flows.shape[-1], dtype=np.float64)
    total = np.cumsum(flows * (1.0 + rate_share) ** -years, axis=-1)
    rows = total.reshape(-1, total.shape[-1])
    return as_floats(np.array([_moment(row) for row in rows]).reshape(total.shape[:-1]))


def _moment(total: FloatArray) -> float:
    if np.isnan(total).any() or total[-1] < 0.0:
        return float("nan")
    below = np.flatnonzero(total < 0.0)
    if not below.size:
        return 0.0
    last = int(below[-1])
    return last + float(-total[last] / (total[last + 1] - total[last]))
