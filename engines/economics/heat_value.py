"""What a MWh of hub heat is worth: the displaced heat, less the harm to the plant, shared."""

from engines.quantity import Floats, Quantity, as_floats, require, require_or_missing


def displaced_heat_eur_per_mwh(
    fuel_eur_per_mwh: Quantity,
    emission_t_per_mwh: Quantity,
    co2_eur_per_t: Quantity,
    efficiency_share: Quantity,
    variable_om_eur_per_mwh: Quantity,
) -> Floats:
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
    require_or_missing("efficiency_share", efficiency_share, 0.01, 1.2)
    fuel = as_floats(fuel_eur_per_mwh) + as_floats(emission_t_per_mwh) * as_floats(co2_eur_per_t)
    return fuel / as_floats(efficiency_share) + as_floats(variable_om_eur_per_mwh)


def return_penalty_eur_per_mwh(
    gradient_eur_per_mwh_k: Quantity, supply_degc: Quantity, return_degc: Quantity
) -> Floats:
    """Harm done to the plant by warming its return, per MWh injected there.

    ``CRG*(Ts - Tr)``, whatever the size of the hub; domain.md 2.6. Zero for heat that goes into
    the supply or into a network of its own: do not call it then.

    Parameters
    ----------
    gradient_eur_per_mwh_k : float or array
        Cost of one kelvin more return temperature per MWh of plant heat [EUR/(MWh K)].
    supply_degc, return_degc : float or array
        Network temperatures [degC].
    """
    require_or_missing("gradient_eur_per_mwh_k", gradient_eur_per_mwh_k, 0.0)
    spread_k = as_floats(supply_degc) - as_floats(return_degc)
    require_or_missing("supply_degc - return_degc", spread_k, 0.0)
    return as_floats(gradient_eur_per_mwh_k) * spread_k


def heat_price_eur_per_mwh(
    displaced_eur_per_mwh: Quantity, penalty_eur_per_mwh: Quantity, share: float
) -> Floats:
    """Price a hub can ask: ``share*(p_ref - penalty)`` [EUR/MWh]; domain.md 5.3.

    Parameters
    ----------
    share : float
        Part of the saving that goes to the hub, settled by contract [0-1].

    Notes
    -----
    May be negative when the penalty is above the value: such heat is not wanted.
    """
    require("share", share, 0.0, 1.0)
    return share * (as_floats(displaced_eur_per_mwh) - as_floats(penalty_eur_per_mwh))
