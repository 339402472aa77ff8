"""A town small enough to check by hand: one plant, two pipes, three parcels."""

import dataclasses

import numpy as np
from grid_nodes import make_nodes

from engines.assumptions import build_assumptions
from engines.evaluation.hubs import Hubs, evaluate_hubs
from engines.evaluation.judge import Judgement, judge
from engines.evaluation.money_choices import MoneyChoices
from engines.evaluation.records import (
    Candidates,
    GridInput,
    LoadProfile,
    StudyChoices,
    TownInput,
)
from engines.evaluation.town import town_year
from engines.grid.connection import GridAccess
from engines.grid.nodes import no_nodes
from engines.thermal.town_network import NetworkInput

HOURS = 8760
FLAT_HOURS = np.full((7, 24, 10), 1 / 24)
FLAT_DAYS = np.ones(7)

# 10 degC all year: supply 70, return 45 (network.*). Hydro at high temperature gives 62 (alarm)
# + 8 (rise) - 2.5 (approach) = 67.5 degC: above the return, below the supply, in every hour.
OUTDOOR_DEGC = 10.0
DEMAND_MWH = 8760.0
PRODUCTION_KW = 1000.0
"""Pipes of a centimetre lose next to nothing, so the plant feeds in what the customers take."""


def make_network(**changes) -> NetworkInput:
    """A plant, a pipe to customers with nine tenths of the demand, a branch to the last tenth."""
    base = NetworkInput(
        start_xy=np.array([[0.0, 0.0], [1.0, 0.0]]),
        end_xy=np.array([[1.0, 0.0], [2.0, 0.0]]),
        length_m=np.array([0.01, 0.01]),
        dn_mm=np.array([200.0, 100.0]),
        flow_share=np.full(2, np.nan),
        plant_piece=np.array([0]),
        plant_at_end=np.array([False]),
        plant_must_run_kw=np.array([0.0]),
        customer_piece=np.array([0, 1]),
        customer_at_end=np.array([True, True]),
        customer_group=np.array([0, 0]),
        customer_mwh_per_a=np.array([0.9, 0.1]) * DEMAND_MWH,
    )
    return dataclasses.replace(base, **changes)


def make_town(price: float = 20.0, outdoor: float = OUTDOOR_DEGC, **network) -> TownInput:
    return TownInput(
        outdoor_degc=np.full(HOURS, outdoor),
        day_ahead_eur_per_mwh=np.full(HOURS, price),
        utc_offset_h=1,
        weekday_of_day=np.arange(365) % 7,
        profiles={"mfh3": LoadProfile(FLAT_HOURS, FLAT_DAYS)},
        network=make_network(**network),
        streets=None,
        plants_kw={"plant": 1500.0},
    )


def make_access(stations: list[int]) -> GridAccess:
    """One station 50 m away for both voltages, no feeders."""
    of = np.repeat(np.array(stations)[:, None], 2, axis=1)
    nothing = np.full(of.shape, -1)
    return GridAccess(of, np.where(of < 0, np.nan, 50.0), nothing, np.full(of.shape, np.nan))


def make_grid(rating_kva: float = 1000.0, peak_load_kw: float = 400.0) -> GridInput:
    return GridInput(make_nodes([rating_kva], [peak_load_kw]), no_nodes(are_feeders=True))


def make_candidates(**changes) -> Candidates:
    base = Candidates(
        refs=("near", "branch", "alone"),
        row=np.arange(3),
        area_m2=np.array([500.0, 500.0, 500.0]),
        inside=np.array([True, True, True]),
        network_m=np.array([0.0, 100.0, np.nan]),
        piece_of=np.array([0, 1, -1]),
        grid=make_access([0, 0, -1]),
        dwelling_m=np.array([200.0, 60.0, np.nan]),
        overlap_m2={"water": np.zeros(3)},
        zoning=("GE", "WR", "unknown"),
    )
    return dataclasses.replace(base, **changes)


CHOICES = StudyChoices(
    technology="hydro_high_temperature",
    tariff="fi_dc_2026",
    heat_pump_tariff="fi_heat_pump_2026",
    displaced_source="boiler",
    refrigerant="ammonia",
    compute_outlook="market",
    start_year=2027.0,
    area_type="outer_city",
    demand_method="bdew",
    natures={
        "heat": "derived",
        "network": "measured",
        "headroom": "illustrative",
        "temperatures": "illustrative",
        "prices": "illustrative",
        "displaced_source": "illustrative",
        "dwellings": "measured",
    },
)


def evaluate(
    town: TownInput | None = None,
    candidates: Candidates | None = None,
    grid: GridInput | None = None,
    technology: str = CHOICES.technology,
    money: MoneyChoices | None = None,
    tariff: str = CHOICES.tariff,
    **overrides: float,
) -> tuple[Hubs, Judgement]:
    settings = {"hub.power_it_kw": 100.0} | {
        key.replace("__", "."): value for key, value in overrides.items()
    }
    a = build_assumptions(settings)
    choices = dataclasses.replace(
        CHOICES, technology=technology, tariff=tariff, money=money or MoneyChoices()
    )
    places = candidates or make_candidates()
    year = town_year(town or make_town(), places, choices, a)
    hubs = evaluate_hubs(year, places, grid or make_grid(), choices, a)
    return hubs, judge(places, hubs, choices, a)
