"""The first year of a hub once more, by an operator who does not know the future.

The published year is the best choice of every hour with all prices and all heat known beforehand.
Here the same hub is put to `engines.dispatch`: its optimum with the proof, and beside it the year
of an operator who knows prices until the end of tomorrow and heat from a simple forecast.

The connection loses the same heat in every hour in which heat flows, and its pump draws the same
power. Both are spread over the heat that flows when the connection is full, so a full hour is worth
what `heat_limited_dispatch` says, and one that is not full a little more. Grid power for pump, fans
and heat pump is kept free in every hour.
"""

from dataclasses import dataclass

import numpy as np

from engines.dispatch.heat_limited import DispatchInputs
from engines.dispatch.hub_year import HubYear, hub_year
from engines.dispatch.optimum import optimal_year
from engines.dispatch.realistic import realistic_share, realistic_year
from engines.evaluation.hubs import Hubs
from engines.units import KWH_PER_MWH


@dataclass(frozen=True)
class Foresight:
    """What a year earns from operation, availability counted, with and without foresight.

    Attributes
    ----------
    lower_eur, upper_eur : float
        Bounds on the best possible: compute and heat less electricity and the shadow cost of wear.
    realistic_eur : float
        What an operator earns who does not know the future.
    realistic_share : float
        Realistic over best possible; NaN if nothing can be earned.
    error_next_hour_share, error_next_day_share : float
        Mean absolute error of the heat forecast over the mean uptake, 1 and 24 hours ahead.
    """

    lower_eur: float
    upper_eur: float
    realistic_eur: float
    realistic_share: float
    error_next_hour_share: float
    error_next_day_share: float


def foresight(hubs: Hubs, parcel: int) -> Foresight:
    """Return the first year of one parcel (row) with and without foresight."""
    hub = connected_hub(hubs.inputs, parcel)
    best, real = optimal_year(hub), realistic_year(hub)
    in_service = hubs.inputs.availability_share
    return Foresight(
        lower_eur=in_service * best.lower_eur,
        upper_eur=in_service * best.upper_eur,
        realistic_eur=in_service * real.earned_eur,
        realistic_share=realistic_share(best, real),
        error_next_hour_share=real.error_next_hour_share,
        error_next_day_share=real.error_next_day_share,
    )


def connected_hub(inputs: DispatchInputs, parcel: int) -> HubYear:
    """Return the hub of one parcel in its first year, heat counted where it enters the pipe."""
    uptake_kw = inputs.uptake_kw[inputs.network_of[parcel]]
    headroom_kw = inputs.headroom_kw[inputs.substation_of[parcel]]
    loss_kw, pump_kw = float(inputs.pipe_loss_kw[parcel]), float(inputs.pump_kw[parcel])
    price = inputs.price_eur_per_mwh / KWH_PER_MWH
    lifting = inputs.heat_pump_per_heat[inputs.network_of[parcel]]
    per_heat = np.maximum(inputs.dry_cooler_share, lifting)
    per_it_power = 1.0 + inputs.auxiliary_share + per_heat * inputs.capture_share
    limit_kw = np.minimum(
        inputs.power_it_kw[parcel], np.maximum(headroom_kw - pump_kw, 0.0) / per_it_power
    )
    into_pipe_kw = np.minimum(uptake_kw + loss_kw, inputs.capture_share * limit_kw)
    flows = (uptake_kw > 0.0) & (into_pipe_kw > loss_kw)
    sold = inputs.heat_value_eur_per_mwh[inputs.network_of[parcel]] / KWH_PER_MWH
    earned = (sold - price * lifting) * (into_pipe_kw - loss_kw) - price * pump_kw
    worth = inputs.compute_value_eur_per_mwh[0] - inputs.wear_eur_per_mwh
    return hub_year(
        compute_limit_kw=limit_kw,
        compute_revenue_eur_per_kwh=worth / KWH_PER_MWH,
        electricity_price_eur_per_kwh=price,
        heat_value_eur_per_kwh=np.where(flows, earned / np.where(flows, into_pipe_kw, 1.0), 0.0),
        heat_uptake_kw=np.where(flows, uptake_kw + loss_kw, 0.0),
        capture_share=inputs.capture_share,
        parasitic_share=inputs.auxiliary_share,
        rejection_cost_eur_per_kwh=inputs.dry_cooler_share * price,
    )
