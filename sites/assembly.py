"""From rows to engine inputs: the only place where parcels become arrays."""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.assumptions import Assumptions, frozen_assumptions
from engines.evaluation.future_plans import PriceYears
from engines.evaluation.gates import SEVERITY
from engines.evaluation.money_choices import money_choices
from engines.evaluation.records import (
    Candidates,
    Land,
    LoadProfile,
    StreetInput,
    StudyChoices,
    TownInput,
)
from engines.grid.connection import GridAccess
from engines.tables import catalogue
from engines.thermal.town_network import NetworkInput
from heatmap.assembly import load_factors, standing_in_price_years
from heatmap.choices import LayerKind, Nature, SeriesQuantity
from heatmap.models import Municipality, Series
from sites.grid_assembly import TownGrid, town_grid
from sites.land_assembly import land_of, rules_of
from sites.network_selectors import NetworkRows, StreetRows, network_rows, street_rows
from sites.parcel_selectors import (
    ParcelRow,
    constraint_overlaps,
    mapped_constraints,
    parcel_rows,
    search_of,
)

GROUP_OF_CELLS = "MFH"
PROFILE_OF_GROUP = {"GHD": "ghd", "MFH": "mfh3", "EFH": "efh3"}
UTC_OFFSET_H = {"DE": 1, "DK": 1, "FI": 2, "SE": 1}
WEEKDAY_YEAR = 2024
LEAP_YEAR_H = 8784
PRICE_YEAR = "price_year:"
"""Before the name of a price year among the layers of a run."""
FEWEST_PRICE_YEARS = 5
"""Price years that a town needs for futures of its own; with fewer, others stand in."""


@dataclass(frozen=True)
class Assembled:
    """Everything the engines need, and the rows the answers belong to."""

    rows: list[ParcelRow]
    town: TownInput
    candidates: Candidates
    grid: TownGrid
    choices: StudyChoices
    assumptions: Assumptions
    price_years: PriceYears
    country: str
    buildings_connected: int
    srid: int


def assemble(municipality: Municipality, inputs: dict[str, Any]) -> Assembled:
    """Turn the frozen inputs of a run into engine inputs. Call it inside an identity."""
    versions = {kind: layer["version_id"] for kind, layer in inputs["layers"].items()}
    assumptions = frozen_assumptions(inputs["assumptions"])
    grid = town_grid(versions, inputs["study"].get("congestion_side", "unknown"))
    search = search_of(inputs)
    rows = parcel_rows(municipality, versions, grid.suitable(assumptions), search)
    network = _network_rows(municipality, versions, assumptions, search)
    streets = street_rows(
        municipality,
        versions,
        snap_m=assumptions["network.snap_m"],
        longest_m=assumptions["network.piece_max_m"],
        reach_m=assumptions["network.street_reach_m"],
        search=search,
    )
    return Assembled(
        rows=rows,
        town=_town(municipality, versions, network, _streets(rows, streets)),
        candidates=_candidates(
            rows,
            network.nearest_piece,
            grid.access(rows),
            constraint_overlaps(municipality, versions, search)
            if LayerKind.CONSTRAINTS in versions
            else None,
            land_of(rows, mapped_constraints(municipality, versions), assumptions),
        ),
        grid=grid,
        choices=_choices(inputs, municipality.country),
        assumptions=assumptions,
        price_years=_price_years(versions),
        country=municipality.country,
        buildings_connected=len(network.customers),
        srid=municipality.srid,
    )


def assemble_town(
    municipality: Municipality, inputs: dict[str, Any]
) -> tuple[TownInput, StudyChoices, Assumptions]:
    """Return the town's part of the inputs of a run, without its candidates.

    Call it inside an identity.
    """
    versions = {kind: layer["version_id"] for kind, layer in inputs["layers"].items()}
    assumptions = frozen_assumptions(inputs["assumptions"])
    network = _network_rows(municipality, versions, assumptions)
    choices = _choices(inputs, municipality.country)
    return _town(municipality, versions, network, None), choices, assumptions


def _network_rows(
    municipality: Municipality,
    versions: dict[str, int],
    assumptions: Assumptions,
    search: str = "",
) -> NetworkRows:
    return network_rows(
        municipality,
        versions,
        snap_m=assumptions["network.snap_m"],
        longest_m=assumptions["network.piece_max_m"],
        customer_reach_m=assumptions["network.connect_distance_m"],
        plant_reach_m=assumptions["network.plant_reach_m"],
        search=search,
    )


def _floats(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _candidates(
    rows: list[ParcelRow],
    nearest_piece: dict[str, int],
    access: GridAccess,
    overlaps: dict[str, dict[str, float]] | None,
    land: Land,
) -> Candidates:
    return Candidates(
        refs=tuple(row.ref for row in rows),
        row=np.arange(len(rows)),
        area_m2=_floats([row.area_m2 for row in rows]),
        inside=np.array([row.inside for row in rows], dtype=bool),
        network_m=_floats([row.pipe_m for row in rows]),
        piece_of=np.array([nearest_piece.get(row.ref, -1) for row in rows], dtype=np.int64),
        grid=access,
        dwelling_m=_floats([row.dwelling_m for row in rows]),
        overlap_m2={
            kind: np.full(len(rows), np.nan)
            if overlaps is None
            else np.array([overlaps.get(kind, {}).get(row.ref, 0.0) for row in rows])
            for kind in (*SEVERITY, *catalogue("protections"))
        },
        zoning=tuple(row.zoning for row in rows),
        land=land,
        land_eur_per_m2=_floats([row.price_eur_per_m2 for row in rows]),
    )


def _town(
    municipality: Municipality,
    versions: dict[str, int],
    network: NetworkRows,
    streets: StreetInput | None,
) -> TownInput:
    outdoor = _series(versions[SeriesQuantity.TEMPERATURE])
    groups = sorted({_group(use) for _, _, use, _ in network.customers})
    return TownInput(
        outdoor_degc=outdoor,
        day_ahead_eur_per_mwh=_series(versions[SeriesQuantity.PRICE]),
        utc_offset_h=UTC_OFFSET_H[municipality.country],
        weekday_of_day=weekdays(len(outdoor)),
        profiles={PROFILE_OF_GROUP[group]: LoadProfile(*load_factors(group)) for group in groups},
        network=_network(network, groups),
        streets=streets,
        plants_kw={
            plant[3] or plant[2]: np.nan if plant[5] is None else plant[5]
            for plant in network.plants
        },
        plants_eur_per_mwh={
            plant[3] or plant[2]: _floats(plant[7]) for plant in network.plants if plant[7]
        },
        heat_load_kw=_measured(versions, SeriesQuantity.HEAT_LOAD),
        supply_degc=_measured(versions, SeriesQuantity.SUPPLY),
        return_degc=_measured(versions, SeriesQuantity.RETURN),
    )


def _network(rows: NetworkRows, groups: list[str]) -> NetworkInput:
    customers, plants = rows.customers, rows.plants
    return NetworkInput(
        start_xy=rows.start_xy,
        end_xy=rows.end_xy,
        length_m=rows.length_m,
        dn_mm=rows.dn_mm,
        flow_share=rows.flow_share,
        plant_piece=np.array([plant[0] for plant in plants], dtype=np.int64),
        plant_at_end=np.array([plant[1] for plant in plants], dtype=bool),
        plant_must_run_kw=_floats([plant[6] for plant in plants]),
        customer_piece=np.array([customer[0] for customer in customers], dtype=np.int64),
        customer_at_end=np.array([customer[1] for customer in customers], dtype=bool),
        customer_group=np.array([groups.index(_group(use)) for _, _, use, _ in customers], int),
        customer_mwh_per_a=_floats([customer[3] for customer in customers]),
    )


def _streets(rows: list[ParcelRow], streets: StreetRows) -> StreetInput | None:
    if not len(streets.length_m):
        return None
    nowhere = (-1, False, np.nan)
    places = [streets.parcels.get(row.ref, nowhere) for row in rows]
    return StreetInput(
        start_xy=streets.start_xy,
        end_xy=streets.end_xy,
        length_m=streets.length_m,
        river_crossings=streets.river_crossings,
        rail_crossings=streets.rail_crossings,
        is_unpaved=streets.is_unpaved,
        parcel_piece=np.array([place[0] for place in places], dtype=np.int64),
        parcel_at_end=np.array([place[1] for place in places], dtype=bool),
        parcel_way_m=np.array([place[2] for place in places], dtype=np.float64),
    )


def _group(use: str) -> str:
    """Load profile of a use; heat that no building is named for follows flats."""
    uses = catalogue("building_uses")
    return str(uses[use]["profile_text"]) if use in uses else GROUP_OF_CELLS


def _series(version_id: int) -> np.ndarray:
    return np.array(Series.objects.get(version_id=version_id).values, dtype=np.float64)


def _price_years(versions: dict[str, int]) -> PriceYears:
    """Return the price years of the town; those that stand in where it has too few."""
    own = {key: version for key, version in versions.items() if key.startswith(PRICE_YEAR)}
    if len(own) < FEWEST_PRICE_YEARS:
        labels, prices = standing_in_price_years()
        return PriceYears(labels, prices, are_own=False)
    series = Series.objects.in_bulk(own.values(), field_name="version_id")
    values = [np.array(series[version].values, dtype=np.float64) for version in own.values()]
    hours = Counter(len(each) for each in values).most_common(1)[0][0]
    kept = [i for i, each in enumerate(values) if len(each) == hours]
    names = [key.removeprefix(PRICE_YEAR) for key in own]
    return PriceYears(
        tuple(names[i] for i in kept), np.stack([values[i] for i in kept]), are_own=True
    )


def _measured(versions: dict[str, int], quantity: str) -> np.ndarray | None:
    return _series(versions[quantity]) if quantity in versions else None


def weekdays(hours: int) -> np.ndarray:
    """Weekdays of the price year, Monday 0; without 29 February unless there are 8,784 hours."""
    start = datetime.date(WEEKDAY_YEAR, 1, 1)
    days = (start + datetime.timedelta(days=i) for i in range(366))
    keeps_leap_day = hours == LEAP_YEAR_H
    return np.array(
        [day.weekday() for day in days if keeps_leap_day or (day.month, day.day) != (2, 29)]
    )


def months_and_hours(hours: int, utc_offset_h: int) -> tuple[np.ndarray, np.ndarray]:
    """Return month (0 to 11) and hour of the day (0 to 23) of each hour, in local standard time."""
    local = (np.arange(hours) + utc_offset_h) % hours
    day = local // 24
    lengths = [31, 28 + (hours == 8784), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    month = np.searchsorted(np.cumsum(lengths), day, side="right")
    return np.minimum(month, 11), local % 24


def _stated(study: dict[str, Any]) -> str:
    """Return how well the displaced source is known where the planner names it by month."""
    months = (study.get("money") or {}).get("displaced_by_month") or []
    if not months or "displaced_source" in study["illustrative"]:
        return ""
    return "unknown" if "unknown" in months else Nature.MEASURED


def _choices(inputs: dict[str, Any], country: str) -> StudyChoices:
    study, layers = inputs["study"], inputs["layers"]
    illustrative = set(study["illustrative"])

    def nature(group: str, kind: str | None = None) -> str:
        if group in illustrative:
            return Nature.ILLUSTRATIVE
        return layers[kind]["nature"] if kind in layers else "unknown"

    temperatures = (SeriesQuantity.SUPPLY, SeriesQuantity.RETURN)
    measured_temperatures = (
        layers[SeriesQuantity.SUPPLY]["nature"]
        if all(quantity in layers for quantity in temperatures)
        else ""
    )
    return StudyChoices(
        technology=study["technology"],
        tariff=study["tariff"],
        heat_pump_tariff=study["heat_pump_tariff"],
        displaced_source=study["displaced_source"],
        refrigerant=study.get("refrigerant", "ammonia"),
        compute_outlook=study["compute_outlook"],
        start_year=study["start_year"],
        area_type=study["area_type"],
        demand_method=study.get("demand_method", "bdew"),
        money=money_choices(study.get("money") or {}),
        natures={
            "heat": nature(
                "heat",
                LayerKind.BUILDINGS if LayerKind.BUILDINGS in layers else LayerKind.HEAT_DEMAND,
            ),
            "network": nature("network", LayerKind.PIPES),
            "headroom": nature("headroom", LayerKind.SUBSTATIONS),
            "temperatures": measured_temperatures or nature("temperatures"),
            "prices": nature("prices", SeriesQuantity.PRICE),
            "displaced_source": _stated(study) or nature("displaced_source"),
            # the place of a dwelling is surveyed even where its demand is derived
            # an owner is stated or unknown, parcel by parcel
            "owners": nature("owners", LayerKind.PARCELS),
            "dwellings": Nature.MEASURED if LayerKind.BUILDINGS in layers else "unknown",
        },
        rules=rules_of(study.get("rules") or {}, country),
    )
