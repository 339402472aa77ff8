"""What a MWh of heat costs over a study: worth today of the cost over worth today of the heat.

With both discounted alike, ``NPV = (p_heat - LCOH_net) * PV(heat)`` holds exactly for a constant
price and any lives, replacements, compute paths and yearly heat. Where heat and cost are the same
every year this is the sum of ``(C_i - R_i(1+r)^-n_i) a(r, n_i)`` and yearly cost over yearly heat.
"""

import numpy as np
from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within_or_missing


def levelised_eur_per_mwh(present_eur: ArrayLike, present_mwh: ArrayLike) -> FloatArray:
    """Levelised cost, or levelised income: ``PV(EUR) / PV(MWh)``.

    Parameters
    ----------
    present_eur : float or array (parcels,)
        Worth today of what is paid (or earned), as a positive number [EUR].
    present_mwh : float or array (parcels,)
        Heat of all years, discounted like money [MWh]; without heat there is no cost of heat.

    Returns
    -------
    array
        [EUR/MWh]; NaN without heat.
    """
    heat = within_or_missing("present_mwh", present_mwh, 0.0)
    return as_floats(
        np.where(heat > 0.0, as_floats(present_eur) / np.where(heat > 0.0, heat, 1.0), np.nan)
    )
