"""From rows to engine inputs: the only place where parcels become arrays."""

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.assumptions import Assumptions, frozen_assumptions
from engines.evaluation.records import (
    Candidates,
    LoadProfile,
    StudyChoices,
    Substations,
    TownInput,
)
from engines.tables import catalogue
from heatmap.assembly import load_factors
from heatmap.choices import LayerKind, Nature, SeriesQuantity
from heatmap.models import Municipality, Pipe, Series, Substation
from sites.parcel_selectors import (
    ParcelRow,
    connected_demand,
    constraint_overlaps,
    parcel_rows,
)

PROFILE_OF_GROUP = {"GHD": "ghd", "MFH": "mfh3", "EFH": "efh3"}
UTC_OFFSET_H = {"DE": 1, "FI": 2}
WEEKDAY_YEAR = 2024
JUDGED_CONSTRAINTS = ("water", "forest")


@dataclass(frozen=True)
class Assembled:
    """Everything the engines need, and the rows the answers belong to."""

    rows: list[ParcelRow]
    town: TownInput
    candidates: Candidates
    substations: Substations
    choices: StudyChoices
    assumptions: Assumptions
    substation_refs: list[str]
    buildings_connected: int


def assemble(municipality: Municipality, inputs: dict[str, Any]) -> Assembled:
    """Turn the frozen inputs of a run into engine inputs. Call it inside an identity."""
    versions = {kind: layer["version_id"] for kind, layer in inputs["layers"].items()}
    assumptions = frozen_assumptions(inputs["assumptions"])
    rows = parcel_rows(municipality, versions)
    pipes = list(
        Pipe.objects.filter(version_id=versions.get(LayerKind.PIPES, -1))
        .order_by("id")
        .values_list("id", "flow_share")
    )
    stations = list(
        Substation.objects.filter(version_id=versions.get(LayerKind.SUBSTATIONS, -1))
        .order_by("id")
        .values_list("id", "rating_kva", "peak_load_kw", "ref", "name")
    )
    demand_by_use, connected = connected_demand(
        municipality, versions, assumptions["network.connect_distance_m"]
    )
    return Assembled(
        rows=rows,
        town=_town(municipality, versions, demand_by_use, [share for _, share in pipes]),
        candidates=_candidates(
            rows,
            {pipe_id: i for i, (pipe_id, _) in enumerate(pipes)},
            {station[0]: i for i, station in enumerate(stations)},
            constraint_overlaps(municipality, versions)
            if LayerKind.CONSTRAINTS in versions
            else None,
        ),
        substations=Substations(
            rating_kva=_floats([station[1] for station in stations]),
            peak_load_kw=_floats([station[2] for station in stations]),
        ),
        choices=_choices(inputs),
        assumptions=assumptions,
        substation_refs=[station[4] or station[3] for station in stations],
        buildings_connected=connected,
    )


def assemble_town(
    municipality: Municipality, inputs: dict[str, Any]
) -> tuple[TownInput, StudyChoices, Assumptions]:
    """Return the town's part of the inputs of a run, for one network as a whole.

    Call it inside an identity.
    """
    versions = {kind: layer["version_id"] for kind, layer in inputs["layers"].items()}
    assumptions = frozen_assumptions(inputs["assumptions"])
    demand_by_use, _ = connected_demand(
        municipality, versions, assumptions["network.connect_distance_m"]
    )
    return _town(municipality, versions, demand_by_use, [1.0]), _choices(inputs), assumptions


def _floats(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _candidates(
    rows: list[ParcelRow],
    pipe_index: dict[int, int],
    station_index: dict[int, int],
    overlaps: dict[str, dict[str, float]] | None,
) -> Candidates:
    def index(ids: list[int | None], places: dict[int, int]) -> np.ndarray:
        return np.array([-1 if i is None else places[i] for i in ids], dtype=np.int64)

    return Candidates(
        refs=tuple(row.ref for row in rows),
        area_m2=_floats([row.area_m2 for row in rows]),
        inside=np.array([row.inside for row in rows], dtype=bool),
        network_m=_floats([row.pipe_m for row in rows]),
        network_of=index([row.pipe_id for row in rows], pipe_index),
        substation_m=_floats([row.substation_m for row in rows]),
        substation_of=index([row.substation_id for row in rows], station_index),
        dwelling_m=_floats([row.dwelling_m for row in rows]),
        overlap_m2={
            kind: np.full(len(rows), np.nan)
            if overlaps is None
            else np.array([overlaps.get(kind, {}).get(row.ref, 0.0) for row in rows])
            for kind in JUDGED_CONSTRAINTS
        },
        zoning=tuple(row.zoning for row in rows),
    )


def _town(
    municipality: Municipality,
    versions: dict[str, int],
    demand_by_use: dict[str, float],
    shares: list[float | None],
) -> TownInput:
    return TownInput(
        outdoor_degc=_series(versions[SeriesQuantity.TEMPERATURE]),
        day_ahead_eur_per_mwh=_series(versions[SeriesQuantity.PRICE]),
        utc_offset_h=UTC_OFFSET_H[municipality.country],
        weekday_of_day=weekdays(),
        profiles=_profiles(demand_by_use),
        network_share=_floats(shares),
    )


def _series(version_id: int) -> np.ndarray:
    return np.array(Series.objects.get(version_id=version_id).values, dtype=np.float64)


def weekdays() -> np.ndarray:
    """Weekdays of the price year without 29 February, Monday 0."""
    start = datetime.date(WEEKDAY_YEAR, 1, 1)
    days = (start + datetime.timedelta(days=i) for i in range(366))
    return np.array([day.weekday() for day in days if (day.month, day.day) != (2, 29)])


def months_and_hours(hours: int, utc_offset_h: int) -> tuple[np.ndarray, np.ndarray]:
    """Return month (0 to 11) and hour of the day (0 to 23) of each hour, in local standard time."""
    local = (np.arange(hours) + utc_offset_h) % hours
    day = local // 24
    lengths = [31, 28 + (hours == 8784), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    month = np.searchsorted(np.cumsum(lengths), day, side="right")
    return np.minimum(month, 11), local % 24


def _profiles(demand_by_use: dict[str, float]) -> dict[str, LoadProfile]:
    by_group: dict[str, float] = {}
    uses = catalogue("building_uses")
    for use, demand in demand_by_use.items():
        group = str(uses[use]["profile_text"])
        by_group[group] = by_group.get(group, 0.0) + demand
    profiles = {}
    for group, demand in by_group.items():
        hours, days = load_factors(group)
        profiles[PROFILE_OF_GROUP[group]] = LoadProfile(demand, hours, days)
    return profiles


def _choices(inputs: dict[str, Any]) -> StudyChoices:
    study, layers = inputs["study"], inputs["layers"]
    illustrative = set(study["illustrative"])

    def nature(group: str, kind: str | None = None) -> str:
        if group in illustrative:
            return Nature.ILLUSTRATIVE
        return layers[kind]["nature"] if kind in layers else "unknown"

    return StudyChoices(
        technology=study["technology"],
        tariff=study["tariff"],
        heat_pump_tariff=study["heat_pump_tariff"],
        displaced_source=study["displaced_source"],
        compute_outlook=study["compute_outlook"],
        start_year=study["start_year"],
        area_type=study["area_type"],
        natures={
            "heat": nature("heat", LayerKind.BUILDINGS),
            "network": nature("network", LayerKind.PIPES),
            "headroom": nature("headroom", LayerKind.SUBSTATIONS),
            "temperatures": nature("temperatures"),
            "prices": nature("prices", SeriesQuantity.PRICE),
            "displaced_source": nature("displaced_source"),
            # the place of a dwelling is surveyed even where its demand is derived
            "dwellings": Nature.MEASURED if LayerKind.BUILDINGS in layers else "unknown",
        },
    )
