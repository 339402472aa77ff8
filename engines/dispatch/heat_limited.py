"""Best use of every hour for a hub without storage: off, heat only, or full with a dry cooler.

Hours do not depend on each other without storage, so the best year is the best choice of each
hour. In an hour the margin is linear in the load between a few corners; the four corners are
compared, which makes the answer exact:

0. off;
1. *heat only*: as much load as the network takes the heat of;
2. *full, surplus rejected*: full load, the network takes what it can, the rest goes to the cooler;
3. *full, all rejected*: full load, the connection stays closed.

A connection that is open takes all it can: heat is not throttled below the uptake limit. That costs
nothing while a MWh of heat is worth more than the fan power it saves; with a heat pump it can cost
something in hours in which the grid is tight.
Grid power is ``x (1 + aux) + pump + fans + heat pump`` with `x` the IT power, the pump running
while heat is delivered, ``fans = dry_cooler_share * rejected`` and ``heat pump = k * heat`` where
it is lifted; it never exceeds the headroom of the hour. The heat pump's power ends up in the heat.
"""

from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, IntArray, finite, indices, non_negative, positive, share
from engines.dispatch import corners
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.units import KWH_PER_MWH

NOTES = {
    "availability": (
        "Energies, hours and money count {share_percent:.0f} % of the hours as in service, "
        "whatever their price."
    ),
    "wear": (
        "A shadow cost of {wear_eur_per_mwh:g} EUR/MWh for wear steers the hub and is not booked."
    ),
}


@dataclass(frozen=True)
class DispatchInputs:
    """Everything the hourly choice rests on, factorised so that 10,000 parcels stay small.

    Attributes
    ----------
    uptake_kw : array, shape (networks, hours)
        Heat of the hub [kW] each network can take at its end of the connection, before a heat pump.
    heat_value_eur_per_mwh : array, shape (networks, hours)
        Worth of a MWh of the hub's heat [EUR/MWh], penalties deducted; may be negative. Where it is
        lifted, what the lifted heat is worth: ``value (1 + k)``.
    heat_pump_per_heat : array, shape (networks, hours)
        Power of the heat pump over the hub's heat it lifts, k [-]; 0 where there is none.
    headroom_kw : array, shape (substations, hours)
        Grid power [kW] each substation can give.
    price_eur_per_mwh : array, shape (hours,)
        All-in price of electricity [EUR/MWh]; may be negative.
    network_of, substation_of : array of int, shape (parcels,)
        Row of each parcel in the tables above.
    power_it_kw, pipe_loss_kw, pump_kw : array, shape (parcels,)
        IT power at full load; heat lost in and power drawn for the connection in every hour in
        which heat is delivered [kW].
    compute_value_eur_per_mwh : array, shape (years,)
        Revenue per MWh of IT energy in each year [EUR/MWh].
    capture_share, auxiliary_share, dry_cooler_share, wear_eur_per_mwh, availability_share : float
        Heat captured per IT power; auxiliaries per IT power; fan power per rejected heat; shadow
        cost per MWh IT, which steers but is not booked; expected share of hours in service.
    """

    uptake_kw: FloatArray
    heat_value_eur_per_mwh: FloatArray
    heat_pump_per_heat: FloatArray
    headroom_kw: FloatArray
    price_eur_per_mwh: FloatArray
    network_of: IntArray
    substation_of: IntArray
    power_it_kw: FloatArray
    pipe_loss_kw: FloatArray
    pump_kw: FloatArray
    compute_value_eur_per_mwh: FloatArray
    capture_share: float
    auxiliary_share: float
    dry_cooler_share: float
    wear_eur_per_mwh: float
    availability_share: float


@dataclass(frozen=True)
class DispatchResult:
    """Sums of each parcel and year, shape (parcels, years).

    Energies, hours and money are expected values: those of a hub that never fails, times the
    availability (failures fall on any hour alike). The peak is not reduced. Uncaptured is what the
    coolant does not carry: the rest of the IT power, auxiliaries, pump and fans. Delivered heat
    contains what the heat pump drew. In MWh,
    ``electricity = delivered + lost + rejected + uncaptured``.
    """

    electricity_mwh: FloatArray
    it_energy_mwh: FloatArray
    heat_delivered_mwh: FloatArray
    heat_pump_mwh: FloatArray
    heat_lost_mwh: FloatArray
    heat_rejected_mwh: FloatArray
    uncaptured_mwh: FloatArray
    hours_run: FloatArray
    hours_with_heat: FloatArray
    electricity_cost_eur: FloatArray
    heat_revenue_eur: FloatArray
    compute_revenue_eur: FloatArray
    peak_kw: FloatArray
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class HourlyDispatch:
    """One parcel in one year while in service, shape (hours,).

    `DispatchResult` is the sum of these times the availability. `choice` is the corner 0 to 3 of
    the module text; the margin has the shadow cost of wear deducted.
    """

    choice: IntArray
    it_power_kw: FloatArray
    electricity_kw: FloatArray
    heat_delivered_kw: FloatArray
    heat_pump_kw: FloatArray
    heat_lost_kw: FloatArray
    heat_rejected_kw: FloatArray
    uncaptured_kw: FloatArray
    margin_eur: FloatArray


def heat_limited_dispatch(inputs: DispatchInputs) -> DispatchResult:
    """Return the yearly sums of the best hourly choice for every parcel and year."""
    checked = _checked(inputs)
    alike, row = _alike(checked)
    sums = corners.yearly_sums(_kernel(alike))[row]
    in_service = checked.availability_share
    energy = sums * (in_service / KWH_PER_MWH)
    pump_mwh = energy[..., corners.HOURS_WITH_HEAT] * checked.pump_kw[:, None]
    return DispatchResult(
        electricity_mwh=energy[..., corners.ELECTRICITY],
        it_energy_mwh=energy[..., corners.IT],
        heat_delivered_mwh=energy[..., corners.HEAT] + energy[..., corners.HEAT_PUMP],
        heat_pump_mwh=energy[..., corners.HEAT_PUMP],
        heat_lost_mwh=energy[..., corners.LOST],
        heat_rejected_mwh=energy[..., corners.REJECTED],
        uncaptured_mwh=_uncaptured(
            checked, energy[..., corners.IT], pump_mwh, energy[..., corners.REJECTED]
        ),
        hours_run=sums[..., corners.HOURS_RUN] * in_service,
        hours_with_heat=sums[..., corners.HOURS_WITH_HEAT] * in_service,
        electricity_cost_eur=energy[..., corners.COST],
        heat_revenue_eur=energy[..., corners.HEAT_REVENUE],
        compute_revenue_eur=energy[..., corners.IT] * checked.compute_value_eur_per_mwh,
        peak_kw=sums[..., corners.PEAK],
        notes=(
            message(NOTES, "availability", share_percent=100.0 * in_service),
            message(NOTES, "wear", wear_eur_per_mwh=checked.wear_eur_per_mwh),
        ),
    )


def _alike(checked: DispatchInputs) -> tuple[DispatchInputs, IntArray]:
    """Return one of each kind of parcel that nothing tells apart, and which kind each is of.

    Far from the network many parcels differ in nothing that an hour depends on.
    """
    names = ("network_of", "substation_of", "power_it_kw", "pipe_loss_kw", "pump_kw")
    told_by = np.column_stack([getattr(checked, name) for name in names])
    _, first, row = np.unique(told_by, axis=0, return_index=True, return_inverse=True)
    few = replace(checked, **{name: getattr(checked, name)[first] for name in names})
    return few, np.asarray(row.ravel(), dtype=np.int64)


def one_parcel(inputs: DispatchInputs, parcel: int) -> DispatchInputs:
    """Return the inputs of one parcel (row) alone, all its years."""
    indices("Parcel", np.array([parcel]), len(inputs.power_it_kw))
    network, station = int(inputs.network_of[parcel]), int(inputs.substation_of[parcel])
    nowhere = np.zeros(1, dtype=np.int64)
    return replace(
        inputs,
        uptake_kw=inputs.uptake_kw[network : network + 1],
        heat_value_eur_per_mwh=inputs.heat_value_eur_per_mwh[network : network + 1],
        heat_pump_per_heat=inputs.heat_pump_per_heat[network : network + 1],
        headroom_kw=inputs.headroom_kw[station : station + 1],
        network_of=nowhere,
        substation_of=nowhere,
        power_it_kw=inputs.power_it_kw[parcel : parcel + 1],
        pipe_loss_kw=inputs.pipe_loss_kw[parcel : parcel + 1],
        pump_kw=inputs.pump_kw[parcel : parcel + 1],
    )


def hourly(inputs: DispatchInputs, parcel: int, year: int) -> HourlyDispatch:
    """Return every hour of one parcel (row) in one year (row), while the hub is in service."""
    indices("Year", np.array([year]), len(inputs.compute_value_eur_per_mwh))
    checked = _checked(one_parcel(inputs, parcel))
    parcel = 0
    series = corners.hourly_series(_kernel(checked), parcel, year)
    choice, power, electricity, heat, lost, rejected, margin, lifting = series
    return HourlyDispatch(
        choice=choice.astype(np.int64),
        it_power_kw=power,
        electricity_kw=electricity,
        heat_delivered_kw=heat + lifting,
        heat_pump_kw=lifting,
        heat_lost_kw=lost,
        heat_rejected_kw=rejected,
        uncaptured_kw=_uncaptured(
            checked, power, np.where(heat > 0, checked.pump_kw[parcel], 0.0), rejected
        ),
        margin_eur=margin / KWH_PER_MWH,
    )


def break_even_price_eur_per_mwh(
    compute_value_eur_per_mwh: float,
    heat_price_eur_per_mwh: float,
    capture_share: float,
    auxiliary_share: float,
    wear_eur_per_mwh: float,
) -> float:
    """Return the all-in price of electricity at which an hour with heat pays nothing [EUR/MWh].

    Equation: ``(v_c + f_c p_heat - wear) / (1 + aux)``; deduct the adders of the tariff to get the
    exchange price. Pipe loss, pump and fans are left out.
    """
    worth = compute_value_eur_per_mwh + capture_share * heat_price_eur_per_mwh - wear_eur_per_mwh
    return worth / (1.0 + auxiliary_share)


def _uncaptured(
    inputs: DispatchInputs, it_power: FloatArray, pump: FloatArray, rejected: FloatArray
) -> FloatArray:
    """Return the heat that never reaches the coolant, in the unit of the arguments."""
    leak = 1.0 - inputs.capture_share + inputs.auxiliary_share
    return leak * it_power + pump + inputs.dry_cooler_share * rejected


def _checked(inputs: DispatchInputs) -> DispatchInputs:
    """Return the inputs as contiguous float arrays of fitting shape, or refuse them."""
    uptake = np.ascontiguousarray(non_negative("Heat uptake", inputs.uptake_kw))
    value = np.ascontiguousarray(finite("Heat value", inputs.heat_value_eur_per_mwh))
    lifting = np.ascontiguousarray(non_negative("Heat pump power", inputs.heat_pump_per_heat))
    headroom = np.ascontiguousarray(non_negative("Grid headroom", inputs.headroom_kw))
    price = np.ascontiguousarray(finite("Electricity price", inputs.price_eur_per_mwh))
    compute = finite("Compute value", inputs.compute_value_eur_per_mwh)
    if uptake.ndim != 2 or headroom.ndim != 2 or price.ndim != 1 or compute.ndim != 1:
        raise InvalidInput(
            "Uptake and headroom must be tables with hours as columns; price has one value per "
            "hour and compute value one per year."
        )
    if not uptake.shape == value.shape == lifting.shape:
        raise InvalidInput(
            f"Heat value {value.shape} and heat pump {lifting.shape} must have the shape of uptake "
            f"{uptake.shape}."
        )
    if uptake.shape[1] != price.size or headroom.shape[1] != price.size:
        raise InvalidInput(
            f"Uptake ({uptake.shape[1]}), headroom ({headroom.shape[1]}) and price ({price.size}) "
            "must have the same number of hours."
        )
    power = positive("IT power", inputs.power_it_kw)
    loss = non_negative("Pipe loss", inputs.pipe_loss_kw)
    pump = non_negative("Pump power", inputs.pump_kw)
    network = indices("Network of each parcel", inputs.network_of, len(uptake))
    substation = indices("Substation of each parcel", inputs.substation_of, len(headroom))
    if power.ndim != 1 or any(a.shape != power.shape for a in (loss, pump, network, substation)):
        raise InvalidInput(
            "IT power, pipe loss, pump, network and substation need one value per parcel."
        )
    return DispatchInputs(
        uptake,
        value,
        lifting,
        headroom,
        price,
        network,
        substation,
        power,
        loss,
        pump,
        compute,
        float(positive("Capture share", share("Capture share", inputs.capture_share))),
        float(non_negative("Auxiliary share", inputs.auxiliary_share)),
        float(share("Dry cooler share", inputs.dry_cooler_share)),
        float(non_negative("Wear", inputs.wear_eur_per_mwh)),
        float(share("Availability", inputs.availability_share)),
    )


def _kernel(checked: DispatchInputs) -> corners.Kernel:
    """Return the inputs as the compiled loops know them."""
    return corners.Kernel(
        checked.uptake_kw,
        checked.heat_value_eur_per_mwh,
        checked.heat_pump_per_heat,
        checked.headroom_kw,
        checked.price_eur_per_mwh,
        checked.network_of,
        checked.substation_of,
        checked.power_it_kw,
        checked.pipe_loss_kw,
        checked.pump_kw,
        checked.compute_value_eur_per_mwh,
        checked.capture_share,
        checked.auxiliary_share,
        checked.dry_cooler_share,
        checked.wear_eur_per_mwh,
    )
