"""One year of the town: its heat network, its temperatures, its prices, what its heat is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, IntArray, non_negative
from engines.assumptions import Assumptions
from engines.calendar import MONTHS, month_of_hour, monthly_mean
from engines.economics.heat_sources import (
    displaced_by_month,
    gradient_by_month,
    marginal_plants_eur_per_mwh,
)
from engines.economics.heat_value import heat_price_eur_per_mwh
from engines.errors import InvalidInput, OutOfValidity
from engines.evaluation.feeding import Conditions, class_values
from engines.evaluation.records import Candidates, StudyChoices, TownInput
from engines.evaluation.ways import Ways, WaysInput, ways
from engines.grid.tariff import hourly_price_eur_per_mwh, level_adders_eur_per_mwh
from engines.message import Message, message
from engines.thermal.degree_days import degree_day_profile
from engines.thermal.demand import heat_profile, profile
from engines.thermal.envelope import captured_kw, technology
from engines.thermal.injection import return_preheat_penalty_eur_per_mwh
from engines.thermal.mode_year import hub_heat
from engines.thermal.network import (
    ground_temperature_degc,
    return_temperature_degc,
    supply_temperature_degc,
)
from engines.thermal.network_year import Temperatures
from engines.thermal.town_network import (
    PlaceYear,
    TownNetwork,
    expected_production_kw,
    place_year,
    town_network,
)
from engines.units import KWH_PER_MWH

DEGREE_DAYS = "degree_days"

NOTES = {
    "flow_unknown": (
        "No plant is known that feeds {length_m:.0f} m of pipes, so the flow in them is not known; "
        "all heat of the customers there is taken as the most a hub could give."
    ),
    "diameters_assumed": (
        "{pieces:.0f} pieces of pipe have no stated diameter; their heat loss is that of the "
        "smallest pipe that carries their peak."
    ),
    "loops": (
        "The network has {loops:.0f} loops; water is divided as in the design hour, all year."
    ),
    "starved": (
        "In {hours:.0f} hours some customer at the end of a long pipe gets water that is too cold."
    ),
    "displaced_unknown": (
        "What the hub's heat replaces is not known in {months:.0f} of 12 months; its value, and "
        "all that follows from it, is unknown. The hub runs there as beside a gas boiler."
    ),
    "displaced_measured": (
        "The value of the heat is that of the plants' own marginal costs, month by month."
    ),
    "must_run_unknown": "For {plants:.0f} plants no heat that must run is stated; none is counted.",
}


@dataclass(frozen=True)
class TownYear:
    """The hourly state that every hub of the town meets.

    Attributes
    ----------
    network : TownNetwork
    ways : Ways
        How each candidate would be connected.
    way_of : mapping of str to int
        Row of each candidate in `ways`.
    places : PlaceYear
        State at the pieces of pipe that the candidates would feed.
    row_of_piece : array of int, shape (pieces,)
        Row of each piece in `places`; -1 for pieces that nobody would feed.
    demand_kw, production_kw, lost_kw : array, shape (hours,)
        Heat of the customers, of the plants, and what the pipes lose.
    supply_degc, return_degc : array, shape (hours,)
        What the plants send out; what leaves the customers.
    conditions : Conditions
        The hub, the prices of heat and power.
    displaced_eur_per_mwh : float
        Cost of the heat that is replaced, mean over the heat of the year; NaN where a month is not
        known.
    displaced_by_month_eur_per_mwh : array, shape (12,)
    value_known : bool
        Whether the value of the heat is known in all months; else hubs run in the others as if a
        gas boiler were displaced.
    gain_eur_per_mwh : mapping of str to array, shape (hours,)
        What the network saves by a MWh of hub heat, by value class; NaN where not known.
    day_ahead_mean_eur_per_mwh : float
    day_ahead_eur_per_mwh : array, shape (hours,)
    utc_offset_h : int
    plants_kw : mapping of str to float
        Heat rating of every plant by name; NaN where it is not stated.
    notes : tuple of Message
    """

    network: TownNetwork
    ways: Ways
    way_of: Mapping[str, int]
    places: PlaceYear
    row_of_piece: IntArray
    demand_kw: FloatArray
    production_kw: FloatArray
    lost_kw: FloatArray
    supply_degc: FloatArray
    return_degc: FloatArray
    conditions: Conditions
    displaced_eur_per_mwh: float
    displaced_by_month_eur_per_mwh: FloatArray
    value_known: bool
    gain_eur_per_mwh: Mapping[str, FloatArray]
    day_ahead_mean_eur_per_mwh: float
    day_ahead_eur_per_mwh: FloatArray
    utc_offset_h: int
    plants_kw: Mapping[str, float]
    notes: tuple[Message, ...]

    @property
    def available_degc(self) -> float:
        """What the hub can give behind its exchangers at full load [degC]."""
        return self.conditions.hub.available_degc

    @property
    def price_eur_per_mwh(self) -> FloatArray:
        """All-in price of one more MWh, shape (hours,)."""
        return self.conditions.price_eur_per_mwh


def load_shapes(town: TownInput, choices: StudyChoices, a: Assumptions) -> FloatArray:
    """Return the share of the year's heat in each hour, one row a group of customers.

    A measured load of the network goes before any profile: all customers follow it then.
    """
    if town.heat_load_kw is not None:
        whole = non_negative("Measured heat load", town.heat_load_kw)
        if whole.sum() == 0.0:
            raise InvalidInput("The measured heat load is zero in every hour; bring another one.")
        return np.tile(whole / whole.sum(), (len(town.profiles), 1))
    local_degc = np.roll(town.outdoor_degc, town.utc_offset_h)
    if choices.demand_method == DEGREE_DAYS:
        local = degree_day_profile(
            local_degc,
            hot_water_share=a["demand.hot_water_share"],
            limit_degc=a["demand.heating_limit_degc"],
        )
        return np.tile(np.roll(local, -town.utc_offset_h), (len(town.profiles), 1))
    rows = [
        np.roll(
            heat_profile(
                local_degc,
                load.hour_factors,
                load.weekday_factors,
                town.weekday_of_day,
                profile(key),
            ),
            -town.utc_offset_h,
        )
        for key, load in town.profiles.items()
    ]
    return np.array(rows).reshape(len(rows), len(town.outdoor_degc))


def town_year(
    town: TownInput, candidates: Candidates, choices: StudyChoices, a: Assumptions
) -> TownYear:
    """Work out the town's year, and the state of the network where candidates would feed it.

    Raises
    ------
    InvalidInput
        If prices and temperatures differ in length, or no building hangs on the network.
    """
    size = a["hub.power_it_kw"]
    return town_years(town, candidates, choices, a, (size,))[size]


def with_power(a: Assumptions, power_it_kw: float) -> Assumptions:
    """Return the same assumptions with another size of hub."""
    key = "hub.power_it_kw"
    return Assumptions(dict(a.entries) | {key: replace(a.entries[key], value=power_it_kw)})


def town_years(
    town: TownInput,
    candidates: Candidates,
    choices: StudyChoices,
    a: Assumptions,
    sizes_kw: Sequence[float],
) -> dict[float, TownYear]:
    """Work out the town's year as hubs of several sizes meet it; the network is worked out once.

    Each size has its own ways: a larger hub pays for a longer trench.

    Raises
    ------
    InvalidInput
        If prices and temperatures differ in length, or no building hangs on the network.
    """
    _check(town)
    hours = len(town.outdoor_degc)
    supply, back = network_temperatures(town, a)
    shapes = load_shapes(town, choices, a)
    network = town_network(town.network, shapes, a)
    temperatures = Temperatures(supply, back, _ground(hours, a))
    production = expected_production_kw(network, shapes, temperatures, a)
    value = heat_value(town, production, temperatures, choices, a)
    conditions, found = {}, {}
    for size in sizes_kw:
        sized = with_power(a, size)
        conditions[size] = _conditions(town, value, choices, sized)
        given = WaysInput(
            network,
            production,
            supply,
            back,
            conditions[size],
            value.steering_eur_per_mwh,
            choices.area_type,
        )
        found[size] = ways(given, town.streets, candidates, sized)
    pieces = np.concatenate([each.routes.chosen.place.astype(np.int64) for each in found.values()])
    asked = np.unique(pieces[pieces >= 0])
    places = place_year(network, shapes, temperatures, asked, a)
    rows = np.full(len(town.network.length_m), -1, dtype=np.int64)
    rows[asked] = np.arange(len(asked))
    by_group = np.bincount(
        network.customer_group, network.customer_mwh_per_a, minlength=len(shapes)
    )
    way_of = {ref: i for i, ref in enumerate(candidates.refs)}
    return {
        size: TownYear(
            network=network,
            ways=found[size],
            way_of=way_of,
            places=places,
            row_of_piece=rows,
            demand_kw=by_group @ shapes * KWH_PER_MWH,
            production_kw=places.production_kw,
            lost_kw=places.lost_kw,
            supply_degc=supply,
            return_degc=back,
            conditions=conditions[size],
            displaced_eur_per_mwh=value.mean_eur_per_mwh,
            displaced_by_month_eur_per_mwh=value.by_month_eur_per_mwh,
            value_known=value.known,
            gain_eur_per_mwh=value.gain_eur_per_mwh,
            day_ahead_mean_eur_per_mwh=float(town.day_ahead_eur_per_mwh.mean()),
            day_ahead_eur_per_mwh=town.day_ahead_eur_per_mwh,
            utc_offset_h=town.utc_offset_h,
            plants_kw=town.plants_kw,
            notes=(*_notes(town, network, places), *value.notes, *found[size].routes.notes),
        )
        for size in sizes_kw
    }


def _conditions(
    town: TownInput, value: "HeatValue", choices: StudyChoices, a: Assumptions
) -> Conditions:
    """Return what is the same for all places where a hub of this size feeds in."""
    hub = technology(choices.technology)
    if not hub.computes:
        raise OutOfValidity(
            f"{hub.label} earns nothing by computing and is no hub; choose a technology with "
            "computers."
        )
    return Conditions(
        hub=hub_heat(hub, float(captured_kw(hub, a["hub.power_it_kw"])), a),
        refrigerant=choices.refrigerant,
        outdoor_degc=town.outdoor_degc,
        price_eur_per_mwh=hourly_price_eur_per_mwh(
            town.day_ahead_eur_per_mwh,
            choices.money.tariff_of_hub(choices.tariff),
            full_load_mwh_per_a(a, len(town.outdoor_degc)),
        ),
        value_eur_per_mwh=value.price_eur_per_mwh,
    )


def full_load_mwh_per_a(a: Assumptions, hours: int) -> float:
    """Electricity of a hub that never stops; decides which levy step the marginal MWh pays."""
    drawn_kw = a["hub.power_it_kw"] * (1.0 + a["hub.auxiliary_share"])
    return drawn_kw * a["hub.availability_share"] * hours / KWH_PER_MWH


def network_temperatures(town: TownInput, a: Assumptions) -> tuple[FloatArray, FloatArray]:
    """Return supply and return: measured where they are, else by the weather."""
    supply = supply_temperature_degc(
        town.outdoor_degc,
        max_degc=a["network.supply_max_degc"],
        min_degc=a["network.supply_min_degc"],
        cold_degc=a["network.outdoor_cold_degc"],
        warm_degc=a["network.outdoor_warm_degc"],
    )
    back = return_temperature_degc(
        town.outdoor_degc,
        reference_degc=a["network.return_reference_degc"],
        outdoor_reference_degc=a["network.return_outdoor_reference_degc"],
        slope_k_per_k=a["network.return_slope_k_per_k"],
        bypass_k=a["network.return_bypass_k"],
        bypass_full_degc=a["network.return_bypass_full_degc"],
    )
    return (
        supply if town.supply_degc is None else town.supply_degc,
        back if town.return_degc is None else town.return_degc,
    )


def temperatures_of(year: TownYear, a: Assumptions) -> Temperatures:
    """Return what the plants send out, what leaves the customers, and the ground, by the hour."""
    return Temperatures(year.supply_degc, year.return_degc, _ground(len(year.supply_degc), a))


def _ground(hours: int, a: Assumptions) -> FloatArray:
    return ground_temperature_degc(
        hours,
        mean_degc=a["network.ground_mean_degc"],
        amplitude_k=a["network.ground_amplitude_k"],
        coldest_day=a["network.ground_coldest_day"],
    )


@dataclass(frozen=True)
class HeatValue:
    """What the hub's heat is worth; see `TownYear` for the names they share.

    Attributes
    ----------
    price_eur_per_mwh : mapping of str to array, shape (hours,)
        What the hub is paid, by value class; in months that are not known what a gas boiler would
        make it, which steers the hub and is never booked.
    steering_eur_per_mwh : float
        Mean worth that connections are sized with, likewise.
    """

    by_month_eur_per_mwh: FloatArray
    mean_eur_per_mwh: float
    steering_eur_per_mwh: float
    price_eur_per_mwh: dict[str, FloatArray]
    gain_eur_per_mwh: dict[str, FloatArray]
    known: bool
    notes: tuple[Message, ...]


def heat_value(
    town: TownInput,
    production: FloatArray,
    temperatures: Temperatures,
    choices: StudyChoices,
    a: Assumptions,
) -> HeatValue:
    """Worth and price of heat by hour and class, from the source displaced in each month.

    The plants' own marginal costs go before the stated source. A warmer return costs the plant,
    hot supply does not.
    """
    month = month_of_hour(len(town.outdoor_degc))
    by_month, notes = _displaced(town, production, month, choices, a)
    gradient = gradient_by_month(choices.displaced_sources, a)[month]
    displaced = by_month[month]
    steering = np.where(np.isnan(displaced), _gas_heat_eur_per_mwh(a), displaced)
    penalty = return_preheat_penalty_eur_per_mwh(
        np.where(np.isnan(gradient), a["heat.gradient_boiler_eur_per_mwh_k"], gradient),
        temperatures.supply_degc,
        temperatures.return_degc,
    )
    gain = class_values(displaced - penalty, displaced)
    if choices.money.heat_tariff:
        degc, eur_per_mwh = np.array(choices.money.heat_tariff).T
        paid = np.interp(town.outdoor_degc, degc, eur_per_mwh)
        price = class_values(paid - penalty, paid)
    else:
        price = class_values(
            heat_price_eur_per_mwh(steering, penalty, a["heat.share_return"]),
            np.asarray(heat_price_eur_per_mwh(steering, 0.0, a["heat.share_supply"])),
        )
    weight = production / production.sum() if production.sum() else np.full(len(month), 0.0)
    return HeatValue(
        by_month_eur_per_mwh=by_month,
        mean_eur_per_mwh=float(displaced @ weight),
        steering_eur_per_mwh=float(steering @ weight),
        price_eur_per_mwh=price,
        gain_eur_per_mwh=gain,
        # a price by contract is known whatever is displaced
        known=bool(choices.money.heat_tariff) or not np.isnan(displaced).any(),
        notes=notes,
    )


def _gas_heat_eur_per_mwh(a: Assumptions) -> float:
    """Cost of heat from the gas boiler of the assumptions."""
    year = displaced_by_month(("boiler",) * MONTHS, np.zeros(MONTHS), 0.0, a)
    return float(year[0])


def _displaced(
    town: TownInput,
    production_kw: FloatArray,
    month: IntArray,
    choices: StudyChoices,
    a: Assumptions,
) -> tuple[FloatArray, tuple[Message, ...]]:
    """Cost of the displaced heat by month, and what has to be said of it."""
    measured = marginal_plants_eur_per_mwh(
        production_kw, month, town.plants_kw, town.plants_eur_per_mwh
    )
    tariff = choices.money.tariff_of_heat_pump(choices.heat_pump_tariff)
    stated = displaced_by_month(
        choices.displaced_sources,
        monthly_mean(town.day_ahead_eur_per_mwh),
        level_adders_eur_per_mwh(tariff) + tariff.levies_above_eur_per_mwh,
        a,
    )
    by_month = np.where(np.isnan(measured), stated, measured)
    notes = []
    if not np.isnan(measured).all():
        notes.append(message(NOTES, "displaced_measured"))
    unknown = int(np.isnan(by_month).sum())
    if unknown:
        notes.append(message(NOTES, "displaced_unknown", months=unknown))
    return by_month, tuple(notes)


def _notes(town: TownInput, network: TownNetwork, places: PlaceYear) -> list[Message]:
    shape = network.report
    notes = []
    if shape.without_plant:
        notes.append(message(NOTES, "flow_unknown", length_m=shape.length_without_plant_m))
    if network.assumed_diameters:
        notes.append(message(NOTES, "diameters_assumed", pieces=network.assumed_diameters))
    if shape.loops:
        notes.append(message(NOTES, "loops", loops=shape.loops))
    starved = int(np.count_nonzero(places.starved))
    if starved:
        notes.append(message(NOTES, "starved", hours=starved))
    silent = int(np.isnan(town.network.plant_must_run_kw).sum())
    if silent:
        notes.append(message(NOTES, "must_run_unknown", plants=silent))
    return notes


def _check(town: TownInput) -> None:
    hours = len(town.outdoor_degc)
    others = {
        "Prices have": town.day_ahead_eur_per_mwh,
        "The measured heat load has": town.heat_load_kw,
        "Supply temperatures have": town.supply_degc,
        "Return temperatures have": town.return_degc,
    }
    for name, values in others.items():
        if values is not None and len(values) != hours:
            raise InvalidInput(
                f"{name} {len(values)} hours and temperatures {hours}; give both for the same "
                "hours."
            )
    if town.network.customer_mwh_per_a.sum() <= 0:
        raise InvalidInput(
            "No building with heat demand hangs on the network; import buildings and pipes, or "
            "raise network.connect_distance_m."
        )
