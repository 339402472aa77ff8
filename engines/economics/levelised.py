"""What a MWh of heat costs: gross, and net of what computing earns.

Everything is the worth today times the annuity over the study, so that
``NPV = (p_heat - LCOH_net) * Q / a(r, N)`` holds exactly for any lives, replacements and compute
paths. Where every life divides the study this is the sum of ``(C_i - R_i(1+r)^-n_i) a(r, n_i)``
of domain.md 5.4.
"""

import numpy as np

from engines.economics.annuity import annuity_factor
from engines.quantity import Floats, Quantity, as_floats, require_or_missing


def levelised_cost_eur_per_mwh(
    investment_present_eur: Quantity,
    yearly_cost_eur_per_a: Quantity,
    heat_mwh_per_a: Quantity,
    rate_share: float,
    horizon_years: int,
) -> Floats:
    """Levelised cost of heat, gross.

    ``LCOH = (PV_investment * a(r, N) + yearly cost) / Q`` [EUR/MWh].

    Parameters
    ----------
    investment_present_eur : float or array (parcels,)
        Worth today of purchases less resales and residual values, as a positive cost [EUR].
    yearly_cost_eur_per_a : float or array (parcels,)
        Operation and electricity [EUR/a].
    heat_mwh_per_a : float or array (parcels,)
        Heat delivered [MWh/a]; without heat the cost of heat is NaN.

    Returns
    -------
    array
        [EUR/MWh].
    """
    require_or_missing("heat_mwh_per_a", heat_mwh_per_a, 0.0)
    annual = as_floats(investment_present_eur) * annuity_factor(rate_share, horizon_years)
    return per_mwh(annual + as_floats(yearly_cost_eur_per_a), heat_mwh_per_a)


def levelised_income_eur_per_mwh(
    income_present_eur: Quantity, heat_mwh_per_a: Quantity, rate_share: float, horizon_years: int
) -> Floats:
    """Income spread evenly over the study and the heat: ``PV * a(r, N) / Q`` [EUR/MWh]."""
    annual = as_floats(income_present_eur) * annuity_factor(rate_share, horizon_years)
    return per_mwh(annual, heat_mwh_per_a)


def per_mwh(amount_eur_per_a: Quantity, energy_mwh_per_a: Quantity) -> Floats:
    """Amount per MWh; NaN where there is no energy to share it."""
    energy = as_floats(energy_mwh_per_a)
    return as_floats(
        np.where(
            energy > 0.0, as_floats(amount_eur_per_a) / np.where(energy > 0.0, energy, 1.0), np.nan
        )
    )
