"""One hub on every candidate: connection, grid, a dispatch for each year, money."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.arrays import FloatArray, IntArray
from engines.assumptions import Assumptions
from engines.compute.revenue import ComputePath, compute_path
from engines.dispatch.heat_limited import (
    DispatchInputs,
    DispatchResult,
    HourlyDispatch,
    one_parcel,
)
from engines.economics.alternatives import (
    Alternative,
    electric_boiler_alternative,
    gas_boiler_alternative,
    heat_pump_alternative,
)
from engines.economics.annuity import annuity_factor
from engines.economics.defaults import (
    compute_input,
    electric_boiler_input,
    gas_boiler_input,
    heat_pump_input,
)
from engines.economics.project import MoneyInput, MoneyResult, evaluate_money
from engines.evaluation.cost import HubCost, Plot, cable_eur_per_m, hub_cost
from engines.evaluation.feeding import Feeding, feeding, served
from engines.evaluation.market import Sold, sold_in_year
from engines.evaluation.operation import Operation, operate
from engines.evaluation.records import Candidates, GridInput, StudyChoices
from engines.evaluation.town import TownYear, full_load_mwh_per_a
from engines.grid.connection import GridConnection, connect
from engines.grid.contracts import high_load_hours
from engines.message import Message
from engines.noise.sound import cooler_level_dba, distance_m
from engines.scoring.gates import area_needed_m2
from engines.thermal.connection import Connection, RunningCosts, size_connections
from engines.thermal.envelope import Technology, technology
from engines.thermal.town_network import PlaceYear
from engines.units import KWH_PER_MWH


@dataclass(frozen=True)
class Way:
    """The chosen connection of each candidate; NaN and -1 where there is none.

    Attributes
    ----------
    row : array of int
        Row in ``TownYear.ways``.
    piece : array of int
        Piece of pipe that is fed.
    length_m, length_by_area_m, river_crossings, rail_crossings, crossings_eur : array
    drop_k : array
        What the water cools down on its way.
    break_even_m : array
        Length beyond which the heat does not pay for its pipe.
    """

    row: IntArray
    piece: IntArray
    length_m: FloatArray
    length_by_area_m: FloatArray
    river_crossings: FloatArray
    rail_crossings: FloatArray
    crossings_eur: FloatArray
    drop_k: FloatArray
    break_even_m: FloatArray


UNLIMITED_FACTOR = 10.0
"""Headroom over hub power where no headroom is known: no limit, and the gate says so."""


@dataclass(frozen=True)
class Hubs:
    """Everything computed for the hubs; arrays over parcels, dispatch over parcels and columns.

    The first `years` columns of `dispatch` are the years of the study. Two sensitivities follow:
    compute revenue that stays at its first value, and no compute revenue at all. `inputs` are those
    of the flexible contract; `operation` knows which contract is best in each year.
    `sold` is None where the study counts nothing else from the power market.
    """

    town: TownYear
    places: PlaceYear
    feed: Feeding
    flow_known: NDArray[np.bool_]
    inputs: DispatchInputs
    operation: Operation
    dispatch: DispatchResult
    years: int
    way: Way
    connection: Connection
    joined: NDArray[np.bool_]
    grid: GridConnection
    needed_kw: FloatArray
    takeable_mwh: FloatArray
    full_heat_mwh: float
    compute: ComputePath
    cost: HubCost
    electricity_eur: FloatArray
    sold: Sold | None
    money: MoneyResult
    npv_flat_compute_eur: FloatArray
    npv_without_compute_eur: FloatArray
    alternatives: Mapping[str, Alternative]
    noise_radius_m: float
    notes: tuple[Message, ...]

    def series(self, parcel: int) -> HourlyDispatch:
        """Every hour of the first year of one parcel."""
        return self.operation.series(parcel, 0)


def evaluate_hubs(
    year: TownYear,
    candidates: Candidates,
    grid: GridInput,
    choices: StudyChoices,
    a: Assumptions,
) -> Hubs:
    """Put the study's hub on every candidate and work out what it does, costs and earns.

    `year` holds the state of the network at the candidates' pieces of pipe.
    """
    hub = technology(choices.technology)
    years = round(a["economics.horizon_years"])
    path, flat = (
        compute_path(
            compute_input(a, choices.money.compute_kind, outlook, choices.start_year), years
        )
        for outlook in (choices.compute_outlook, "flat")
    )
    way = way_of(year, candidates)
    near = way.piece >= 0
    rows = np.where(near, year.row_of_piece[np.where(near, way.piece, 0)], -1)
    places = places_at(year.places, rows, year.supply_degc, year.return_degc)
    full_kw = year.conditions.hub.heat_kw
    feed = feeding(places, way.drop_k, year.conditions, a, way.piece)
    connection = _connection(way, feed, year, a)
    joined = connection.feasible & served(feed) & ~np.isnan(way.length_m)
    needed_kw = a["hub.power_it_kw"] * (1.0 + a["hub.auxiliary_share"]) + (
        feed.heat_pump_kwth * _pump_share(feed)
    )
    supply = connect(
        candidates.grid, grid.stations, grid.feeders, needed_kw, len(year.supply_degc), a
    )
    value_eur_per_mwh = np.concatenate([path.eur_per_mwh_it, flat.eur_per_mwh_it[:1], [0.0]])
    inputs = _dispatch_inputs(supply, feed, year, hub, connection, joined, value_eur_per_mwh, a)
    operation = operate_hubs(inputs, year.utc_offset_h, choices, a)
    dispatch = operation.dispatch
    pipe_eur = np.where(joined, connection.capex_eur + way.crossings_eur, 0.0)
    cost = hub_cost(
        pipe_eur,
        cable_eur_per_m(supply.level, a) * supply.cable_m,
        full_kw,
        np.where(joined, feed.heat_pump_kwth, 0.0),
        needed_kw,
        _land(candidates, a),
        choices,
        a,
    )

    sold = _sold(inputs, year, choices, a)

    def money(columns: list[int]) -> MoneyResult:
        value = value_eur_per_mwh[columns]
        given = money_input(columns, value, operation, cost, year.value_known, a)
        counted = 0.0 if sold is None else sold.total_eur[:, columns]
        return evaluate_money(replace(given, market_eur=counted))

    result = money(list(range(years)))
    takeable_mwh = _takeable_mwh(inputs, full_kw, a)
    return Hubs(
        town=year,
        places=places,
        feed=feed,
        flow_known=places.flow_known,
        inputs=inputs,
        operation=operation,
        dispatch=dispatch,
        years=years,
        way=way,
        connection=connection,
        joined=joined,
        grid=supply,
        needed_kw=needed_kw,
        takeable_mwh=takeable_mwh,
        full_heat_mwh=full_load_heat_mwh(full_kw, len(year.supply_degc), a),
        compute=path,
        cost=cost,
        electricity_eur=operation.bill_eur,
        sold=sold,
        money=result,
        npv_flat_compute_eur=money([years] * years).npv_eur,
        npv_without_compute_eur=money([years + 1] * years).npv_eur,
        alternatives=_alternatives(
            _compared_heat_mwh(dispatch.heat_delivered_mwh[:, :years], takeable_mwh, a),
            np.where(joined, feed.peak_kw, 0.0),
            year.day_ahead_mean_eur_per_mwh,
            choices,
            a,
        ),
        noise_radius_m=_noise_radius_m(full_kw, a),
        notes=(
            *year.notes,
            *connection.notes,
            *dispatch.notes,
            *path.notes,
            *result.notes,
        ),
    )


def money_input(
    columns: list[int],
    compute_eur_per_mwh: FloatArray,
    operation: Operation,
    cost: HubCost,
    value_known: bool,
    a: Assumptions,
) -> MoneyInput:
    """Money of a study whose years are these columns of the operation.

    Where the value of heat is not known, what is paid for heat that is delivered is not either.
    """
    dispatch = operation.dispatch
    heat_mwh = dispatch.heat_delivered_mwh[:, columns]
    heat_eur = dispatch.heat_revenue_eur[:, columns]
    return MoneyInput(
        horizon_years=len(columns),
        rate_share=a["economics.rate_share"],
        assets=cost.assets,
        heat_mwh=heat_mwh,
        heat_eur=heat_eur if value_known else np.where(heat_mwh > 0.0, np.nan, 0.0),
        compute_eur=dispatch.it_energy_mwh[:, columns] * compute_eur_per_mwh,
        electricity_eur=operation.bill_eur[:, columns],
        opex_eur_per_a=cost.running_eur_per_a,
        grant_eur=cost.grant_eur,
        vat_share=vat_share(a),
    )


def _sold(
    inputs: DispatchInputs, year: TownYear, choices: StudyChoices, a: Assumptions
) -> Sold | None:
    """Work out what each hub gains from the power market in each column; None if not counted.

    Every hub is operated once more alone: its hours are needed, and only a study that counts this
    pays for them.
    """
    money = choices.money
    if not (money.count_curtailed or money.count_reserve):
        return None
    columns = len(inputs.compute_value_eur_per_mwh)
    found: dict[str, FloatArray] = {}
    for parcel in range(len(inputs.power_it_kw)):
        alone = operate_hubs(one_parcel(inputs, parcel), year.utc_offset_h, choices, a)
        for column in range(columns):
            gains = sold_in_year(
                alone, column, year.day_ahead_eur_per_mwh, year.production_kw, year.plants_kw,
                money, a,
            )  # fmt: skip
            for kind, eur in gains.items():
                table = found.setdefault(kind, np.zeros((len(inputs.power_it_kw), columns)))
                table[parcel, column] = eur
    return Sold(found)


def vat_share(a: Assumptions) -> float:
    """Value added tax that does not come back, over what is paid [0-1]."""
    return a["economics.vat_rate_share"] * a["economics.vat_lost_share"]


def operate_hubs(
    inputs: DispatchInputs, utc_offset_h: int, choices: StudyChoices, a: Assumptions
) -> Operation:
    """Work out hubs under every contract of the study and take the best of each year."""
    windows, hours = choices.money.high_load_windows, inputs.price_eur_per_mwh.size
    return operate(
        inputs,
        choices.money.tariff_of_hub(choices.tariff),
        full_load_mwh_per_a(a, hours),
        high_load_hours(windows, hours, utc_offset_h) if windows else None,
        choices.money.law_of_hub(choices.tariff),
        a,
    )


def _land(candidates: Candidates, a: Assumptions) -> Plot:
    usual = a["economics.land_price_eur_per_m2"]
    stated = candidates.land_eur_per_m2
    price = np.full(len(candidates.refs), usual)
    if stated is not None:
        price = np.where(np.isnan(stated), usual, stated)
    return Plot(area_needed_m2(a["hub.power_it_kw"], a), price)


def _alternatives(
    heat_mwh: FloatArray,
    peak_kw: FloatArray,
    day_ahead_eur_per_mwh: float,
    choices: StudyChoices,
    a: Assumptions,
) -> dict[str, Alternative]:
    """Price the same heat and peak from a heat pump, a gas boiler and an electric boiler."""
    horizon = (a["economics.rate_share"], round(a["economics.horizon_years"]))
    tariff = choices.money.tariff_of_heat_pump(choices.heat_pump_tariff)
    pump = heat_pump_input(a, day_ahead_eur_per_mwh, tariff)
    boiler = electric_boiler_input(
        a, day_ahead_eur_per_mwh, choices.money.tariff_of_electric_boiler(choices.tariff)
    )
    return {
        "heat_pump": heat_pump_alternative(heat_mwh, peak_kw, pump, *horizon),
        "gas_boiler": gas_boiler_alternative(heat_mwh, peak_kw, gas_boiler_input(a), *horizon),
        "electric_boiler": electric_boiler_alternative(heat_mwh, peak_kw, boiler, *horizon),
    }


def full_load_heat_mwh(full_kw: float, hours: int, a: Assumptions) -> float:
    """Heat the hub would catch in a year at full load [MWh/a]."""
    return full_kw * a["hub.availability_share"] * hours / KWH_PER_MWH


def places_at(
    state: PlaceYear, rows: IntArray, supply_degc: FloatArray, return_degc: FloatArray
) -> PlaceYear:
    """Return the state where each candidate would feed in; nothing is needed where no pipe is.

    Parameters
    ----------
    state : PlaceYear
    rows : array of int, shape (points,)
        Row of each candidate in `state`; -1 where no pipe is.
    supply_degc, return_degc : array, shape (hours,)
        At the plants; stand where no pipe is.
    """
    near = rows >= 0
    hours = len(supply_degc)
    found = replace(
        state,
        flow_kg_per_s=np.zeros((len(near), hours), dtype=np.float32),
        supply_degc=np.tile(supply_degc.astype(np.float32), (len(near), 1)),
        return_degc=np.tile(return_degc.astype(np.float32), (len(near), 1)),
        part_of=np.zeros(len(near), dtype=np.int64),
        flow_known=np.zeros(len(near), dtype=bool),
    )
    there = state.at(rows[near])
    for name in ("flow_kg_per_s", "supply_degc", "return_degc", "part_of", "flow_known"):
        getattr(found, name)[near] = getattr(there, name)
    return found


def _pump_share(feed: Feeding) -> FloatArray:
    """Highest power of the heat pump over the heat that passes it."""
    most = feed.heat_pump_per_heat.max(axis=1)[feed.row]
    return np.asarray(most / (1.0 + most), dtype=np.float64)


def _noise_radius_m(rejected_kw: float, a: Assumptions) -> float:
    """Distance at which the coolers for all of the hub's heat stay below the limit at night."""
    level = cooler_level_dba(rejected_kw, a["noise.cooler_dba_per_500_kw"])
    return float(distance_m(level, a["noise.limit_night_dba"] - a["noise.margin_db"]))


def _running_costs(hours_per_a: IntArray, year: TownYear, a: Assumptions) -> RunningCosts:
    return RunningCosts(
        capital_share_per_a=float(
            annuity_factor(a["economics.rate_share"], a["economics.life_pipe_years"])
        ),
        hours_per_a=hours_per_a,
        heat_value_eur_per_mwh=float(np.nan_to_num(year.displaced_eur_per_mwh)),
        electricity_eur_per_mwh=float(year.price_eur_per_mwh.mean()),
    )


def way_of(year: TownYear, candidates: Candidates) -> Way:
    """Return the chosen connections of these candidates."""
    rows = np.array([year.way_of[ref] for ref in candidates.refs], dtype=np.int64)
    chosen = year.ways.routes.chosen
    return Way(
        row=rows,
        piece=chosen.place[rows].astype(np.int64),
        length_m=chosen.length_m[rows],
        length_by_area_m=chosen.length_by_area_m[rows],
        river_crossings=chosen.river_crossings[rows],
        rail_crossings=chosen.rail_crossings[rows],
        crossings_eur=np.nan_to_num(chosen.crossings_eur[rows]),
        drop_k=np.nan_to_num(chosen.supply_drop_k[rows]),
        break_even_m=chosen.break_even_m[rows],
    )


def _connection(way: Way, feed: Feeding, year: TownYear, a: Assumptions) -> Connection:
    """Size every connection for its peak, at the mean temperatures of the hours that feed."""
    hot = np.where(np.isnan(feed.feed_degc), year.available_degc, feed.feed_degc)
    back = np.where(np.isnan(feed.back_degc), hot - a["network.max_return_rise_k"], feed.back_degc)
    length = np.nan_to_num(way.length_m)
    even = (length == 0.0)[:, None]
    by_area = np.nan_to_num(way.length_by_area_m) / np.where(even, 1.0, length[:, None])
    into_supply = np.array([mode.startswith("supply") for mode in feed.mode])
    return size_connections(
        np.maximum(feed.peak_kw, 1.0),
        length,
        supply_degc=hot,
        return_degc=back,
        ground_degc=a["network.ground_mean_degc"],
        area_type=np.where(even, np.array([0.0, 1.0, 0.0]), by_area),
        assumptions=a,
        running_costs=_running_costs(feed.feeding_h, year, a),
        network_head_pa=np.where(into_supply, a["connection.network_head_pa"], 0.0),
    )


def _headroom_kw(supply: GridConnection, a: Assumptions) -> FloatArray:
    """Return what the grid gives in each hour; no limit where nothing is known.

    Where nobody knows what a flexible connection would get, what is always free is the limit.
    """
    unlimited = UNLIMITED_FACTOR * a["hub.power_it_kw"]
    firm = np.full(len(supply.flexible_kw), np.nan)
    firm[supply.limit_of] = supply.firm_kw
    instead = np.where(np.isnan(firm), unlimited, firm.clip(min=0.0))
    known = ~np.isnan(supply.flexible_kw)
    return np.where(known, supply.flexible_kw, instead[:, None])


def _dispatch_inputs(
    supply: GridConnection,
    feed: Feeding,
    year: TownYear,
    hub: Technology,
    connection: Connection,
    joined: NDArray[np.bool_],
    compute_eur_per_mwh: FloatArray,
    a: Assumptions,
) -> DispatchInputs:
    """One row more than the tables have: no connection, and no known limit."""
    hours = len(year.supply_degc)
    power_kw = np.full(len(joined), a["hub.power_it_kw"])
    return DispatchInputs(
        uptake_kw=np.vstack([feed.uptake_kw, np.zeros(hours)]),
        heat_value_eur_per_mwh=np.vstack([feed.value_eur_per_mwh, np.zeros(hours)]),
        heat_pump_per_heat=np.vstack([feed.heat_pump_per_heat, np.zeros(hours)]),
        headroom_kw=_headroom_kw(supply, a),
        price_eur_per_mwh=year.price_eur_per_mwh,
        network_of=np.where(joined, feed.row, len(feed.uptake_kw)),
        substation_of=supply.limit_of,
        power_it_kw=power_kw,
        pipe_loss_kw=np.where(joined, connection.heat_loss_kw, 0.0),
        pump_kw=np.where(joined, connection.pump_kw, 0.0),
        compute_value_eur_per_mwh=compute_eur_per_mwh,
        capture_share=hub.capture_share,
        auxiliary_share=a["hub.auxiliary_share"],
        dry_cooler_share=a["hub.dry_cooler_share"],
        wear_eur_per_mwh=a["hub.wear_eur_per_mwh"],
        availability_share=a["hub.availability_share"],
    )


def _takeable_mwh(inputs: DispatchInputs, full_kw: float, a: Assumptions) -> FloatArray:
    """Heat of a hub at full load that the network could take, whatever the prices [MWh/a]."""
    by_network = np.minimum(inputs.uptake_kw, full_kw).sum(axis=1)
    return np.asarray(
        by_network[inputs.network_of] * a["hub.availability_share"] / KWH_PER_MWH,
        dtype=np.float64,
    )


def _compared_heat_mwh(
    heat_mwh: FloatArray, takeable_mwh: FloatArray, a: Assumptions
) -> FloatArray:
    """Heat that the alternatives have to give [MWh/a].

    The even yearly heat that is worth the same today as the hub's changing one; where the hub never
    runs, what the network would take of it.
    """
    weight = (1.0 + a["economics.rate_share"]) ** -np.arange(1.0, heat_mwh.shape[1] + 1.0)
    level = heat_mwh @ (weight / weight.sum())
    return np.asarray(np.where(level > 0.0, level, takeable_mwh), dtype=np.float64)
