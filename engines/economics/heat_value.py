"""What a MWh of hub heat is worth: the displaced heat, less the harm to the plant, shared."""

from numpy.typing import ArrayLike

from engines.arrays import FloatArray, as_floats, within, within_or_missing


def displaced_heat_eur_per_mwh(
    fuel_eur_per_mwh: ArrayLike,
    emission_t_per_mwh: ArrayLike,
    co2_eur_per_t: ArrayLike,
    efficiency_share: ArrayLike,
    variable_om_eur_per_mwh: ArrayLike,
) -> FloatArray:
    """Avoided marginal cost of the heat source that the hub displaces.

    ``p_ref = (p_fuel + EF*p_CO2)/eta + VOM``; domain.md 5.3. Give arrays (12,) or (hours,) for a
    source that changes with the season: waste heat in summer is worth less than gas in winter.

    Parameters
    ----------
    fuel_eur_per_mwh : float or array
        Fuel at the burner, lower heating value [EUR/MWh]; NaN where the source is not known.
    emission_t_per_mwh, co2_eur_per_t : float or array
        Emission factor [t/MWh fuel] and price [EUR/t].
    efficiency_share : float or array
        Heat per fuel, lower heating value; above 1 for condensing boilers.
    variable_om_eur_per_mwh : float or array
        Variable operation of the source [EUR/MWh heat].

    Returns
    -------
    array
        [EUR/MWh heat]; NaN where the source is unknown.

    Examples
    --------
    >>> round(float(displaced_heat_eur_per_mwh(35.0, 0.2016, 70.0, 0.92, 1.40)), 3)
    54.783
    """
    within_or_missing("efficiency_share", efficiency_share, 0.01, 1.2)
    fuel = as_floats(fuel_eur_per_mwh) + as_floats(emission_t_per_mwh) * as_floats(co2_eur_per_t)
    return fuel / as_floats(efficiency_share) + as_floats(variable_om_eur_per_mwh)


def heat_price_eur_per_mwh(
    displaced_eur_per_mwh: ArrayLike, penalty_eur_per_mwh: ArrayLike, share: float
) -> FloatArray:
    """Price a hub can ask: ``share*(p_ref - penalty)`` [EUR/MWh]; domain.md 5.3.

    Parameters
    ----------
    share : float
        Part of the saving that goes to the hub, settled by contract [0-1].

    Notes
    -----
    May be negative when the penalty is above the value: such heat is not wanted.
    """
    within("share", share, 0.0, 1.0)
    return share * (as_floats(displaced_eur_per_mwh) - as_floats(penalty_eur_per_mwh))
