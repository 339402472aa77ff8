"""The town in other years of weather: its demand, its network and what a hub gives there.

The hub stays as it was built for the study's own year: its place, its way of feeding in, its pipe
and its heat pump. What changes is how much heat is needed when, how warm the network runs, and with
both how much of the hub's heat is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from engines.arrays import FloatArray, finite
from engines.assumptions import Assumptions
from engines.dispatch.heat_limited import DispatchInputs
from engines.errors import InvalidInput
from engines.evaluation.feeding import feeding
from engines.evaluation.hubs import Hubs, places_at
from engines.evaluation.records import StudyChoices, TownInput
from engines.evaluation.town import (
    DEGREE_DAYS,
    TownYear,
    heat_value,
    load_shapes,
    network_temperatures,
    temperatures_of,
)
from engines.thermal.degree_days import degree_day_profile
from engines.thermal.demand import heat_weights, profile
from engines.thermal.network_year import Temperatures
from engines.thermal.town_network import expected_production_kw, place_year

LEAST_SPREAD_K = 1.0
"""Supply over return in hours in which measured temperatures, moved, would meet."""


@dataclass(frozen=True)
class WeatherYear:
    """One year of weather as all hubs of a town meet it.

    Attributes
    ----------
    shapes : array, shape (groups, hours)
        Heat of each group over its heat in the study's year; a cold year sums to more than one.
    temperatures : Temperatures
    outdoor_degc : array, shape (hours,)
    value_eur_per_mwh : mapping of str to array, shape (hours,)
        Price of heat by value class.
    demand_share : float
        Heat of the town over that of the study's year.
    """

    shapes: FloatArray
    temperatures: Temperatures
    outdoor_degc: FloatArray
    value_eur_per_mwh: Mapping[str, FloatArray]
    demand_share: float


def weather_year(
    town: TownInput, year: TownYear, outdoor_degc: FloatArray, choices: StudyChoices, a: Assumptions
) -> WeatherYear:
    """Return the town's state in another year of weather.

    Parameters
    ----------
    town : TownInput
    year : TownYear
        The study's own year.
    outdoor_degc : array, shape (hours,)
        Hour-ending UTC, as many hours as the study's own.

    Raises
    ------
    InvalidInput
        If the year has another length.
    """
    outdoor = finite("Outdoor temperature", outdoor_degc)
    if outdoor.shape != town.outdoor_degc.shape:
        raise InvalidInput(
            f"A weather year of {outdoor.size} hours does not fit the study's own of "
            f"{town.outdoor_degc.size}."
        )
    shapes = weather_shapes(town, outdoor, choices, a)
    supply, back = _temperatures(town, outdoor, a)
    moved = replace(town, outdoor_degc=outdoor, supply_degc=supply, return_degc=back)
    # a metre down one winter is like another
    temperatures = replace(temperatures_of(year, a), supply_degc=supply, return_degc=back)
    production = expected_production_kw(year.network, shapes, temperatures, a)
    value = heat_value(moved, production, temperatures, choices, a)
    by_group = np.bincount(
        year.network.customer_group, year.network.customer_mwh_per_a, minlength=len(shapes)
    )
    whole = float(by_group.sum())
    return WeatherYear(
        shapes,
        temperatures,
        outdoor,
        value.price_eur_per_mwh,
        float(by_group @ shapes.sum(axis=1)) / whole if whole > 0.0 else 1.0,
    )


def weather_shapes(
    town: TownInput, outdoor_degc: FloatArray, choices: StudyChoices, a: Assumptions
) -> FloatArray:
    """Return each group's heat by hour over its heat in the study's year.

    Of a profile the customer value stays, ``sum_h h(T') F SF / sum_h h(T) F SF``; of degree days
    the hot water. A measured load keeps its own course and takes the difference of the two
    profiles, never below zero.
    """

    def local(values: FloatArray) -> FloatArray:
        return np.asarray(np.roll(values, town.utc_offset_h), dtype=np.float64)

    here, there = local(town.outdoor_degc), local(outdoor_degc)
    if choices.demand_method == DEGREE_DAYS:
        row = degree_day_profile(
            there,
            hot_water_share=a["demand.hot_water_share"],
            limit_degc=a["demand.heating_limit_degc"],
            reference_degc=here,
        )
        found = np.tile(row, (len(town.profiles), 1))
    else:
        rows = []
        for key, load in town.profiles.items():
            usual, other = (
                heat_weights(
                    degc, load.hour_factors, load.weekday_factors, town.weekday_of_day, profile(key)
                )
                for degc in (here, there)
            )
            rows.append(other / usual.sum())
        found = np.array(rows).reshape(len(rows), len(outdoor_degc))
    found = np.roll(found, -town.utc_offset_h, axis=1)
    if town.heat_load_kw is None:
        return np.asarray(found, dtype=np.float64)
    by_profile = load_shapes(replace(town, heat_load_kw=None), choices, a)
    measured = load_shapes(town, choices, a)
    return np.asarray((measured + found - by_profile).clip(min=0.0), dtype=np.float64)


def _temperatures(
    town: TownInput, outdoor_degc: FloatArray, a: Assumptions
) -> tuple[FloatArray, FloatArray]:
    """Move supply and return by what the heating curve says of the other weather."""
    curve = replace(town, supply_degc=None, return_degc=None)
    usual = network_temperatures(curve, a)
    other = network_temperatures(replace(curve, outdoor_degc=outdoor_degc), a)
    given = network_temperatures(town, a)
    supply, back = (
        own + there - here for own, there, here in zip(given, other, usual, strict=True)
    )
    return supply, np.minimum(back, supply - LEAST_SPREAD_K)


def weather_inputs(hubs: Hubs, weather: WeatherYear, a: Assumptions) -> DispatchInputs:
    """Return the study's inputs with heat demand, heat value and heat pump of another weather.

    No hour takes more than the fullest of the study's year: pipe and heat pump are bought for it.
    """
    piece, degc = hubs.way.piece, weather.temperatures
    asked = np.unique(piece[piece >= 0])
    state = place_year(hubs.town.network, weather.shapes, degc, asked, a)
    rows = np.where(piece >= 0, np.searchsorted(asked, piece), -1)
    places = places_at(state, rows, degc.supply_degc, degc.return_degc)
    conditions = replace(
        hubs.town.conditions,
        outdoor_degc=weather.outdoor_degc,
        value_eur_per_mwh=weather.value_eur_per_mwh,
    )
    feed = feeding(places, hubs.way.drop_k, conditions, a, piece, keep=hubs.feed.mode)
    nothing = np.zeros((1, len(weather.outdoor_degc)))
    most = hubs.feed.uptake_kw.max(axis=1, keepdims=True, initial=0.0)
    return replace(
        hubs.inputs,
        uptake_kw=np.vstack([np.minimum(feed.uptake_kw, most), nothing]),
        heat_value_eur_per_mwh=np.vstack([feed.value_eur_per_mwh, nothing]),
        heat_pump_per_heat=np.vstack([feed.heat_pump_per_heat, nothing]),
    )
