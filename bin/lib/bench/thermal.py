"""Network, ways and modes for made-up cities: seconds and memory by number of parcels and pipes."""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from engines.assumptions import Assumptions, build_assumptions
from engines.evaluation.feeding import feeding
from engines.evaluation.records import (
    Candidates,
    LoadProfile,
    StreetInput,
    StudyChoices,
    TownInput,
)
from engines.evaluation.town import TownYear, town_year
from engines.grid.connection import nowhere
from engines.thermal.town_network import NetworkInput

SEED = 5
BLOCK_M = 50.0
SIZES = ((1_000, 1_000), (10_000, 10_000), (100_000, 50_000))
TOGETHER = 500
"""Parcels worked out at once, as in a run."""
SAME_FOR_ALL = ("bench", "machine")
CHOICES = StudyChoices(
    technology="immersion_oil",
    tariff="de_mv_2026",
    heat_pump_tariff="de_mv_heat_pump",
    displaced_source="boiler",
    refrigerant="ammonia",
    compute_outlook="market",
    start_year=2027.0,
    area_type="outer_city",
    demand_method="bdew",
    natures={},
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parcels", type=int, help="one size only; needs --segments")
    parser.add_argument("--segments", type=int)


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Measure each size in a process of its own, so that memory is its own too."""
    if options.parcels:
        return one_city(options.parcels, options.segments)
    found = []
    one_city(50, 50)  # compiles, so that the first size does not pay for all
    for parcels, segments in SIZES:
        print(f"{parcels} parcels on {segments} segments", file=sys.stderr)
        command = [sys.executable, str(Path(__file__).parent), "thermal"]
        sized = [*command, "--parcels", str(parcels), "--segments", str(segments)]
        answer = subprocess.run(sized, check=True, capture_output=True, text=True)  # noqa: S603
        city_found = json.loads(answer.stdout)
        found.append({name: city_found[name] for name in city_found if name not in SAME_FOR_ALL})
    return {"cities": found}


def one_city(parcels: int, segments: int) -> dict[str, object]:
    town, candidates = city(parcels, segments)
    a = build_assumptions({"hub.power_it_kw": 500.0})
    start = time.perf_counter()
    year = town_year(town, candidates, CHOICES, a)
    network_s = time.perf_counter() - start
    fed = sum(
        modes_of(year, rows, a)
        for rows in np.array_split(np.arange(parcels), -(-parcels // TOGETHER))
    )
    seconds = time.perf_counter() - start
    return {
        "parcels": parcels,
        "segments": segments,
        "hours": len(town.outdoor_degc),
        "seconds": round(seconds, 2),
        "network_and_ways_s": round(network_s, 2),
        "modes_s": round(seconds - network_s, 2),
        "places_fed": len(year.places.flow_known),
        "parcels_that_feed": fed,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def modes_of(year: TownYear, rows: np.ndarray, a: Assumptions) -> int:
    """Work out all modes of these parcels at the places their ways lead to."""
    chosen = year.ways.routes.chosen
    piece = chosen.place[rows].astype(np.int64)
    there = piece >= 0
    places = year.places.at(year.row_of_piece[piece[there]])
    feed = feeding(places, chosen.supply_drop_k[rows][there], year.conditions, a, piece[there])
    return sum(mode != "none" for mode in feed.mode)


def city(parcels: int, segments: int) -> tuple[TownInput, Candidates]:
    """A city of square blocks: streets on all sides, pipes in a tree through them, random parcels.

    The pipes run along the rows; one avenue joins the rows and starts at the plant.
    """
    rng = np.random.default_rng(SEED)
    side = int(np.ceil(np.sqrt(segments + 1)))
    node = np.arange(side * side)
    xy = np.column_stack([node % side, node // side]) * BLOCK_M
    before = np.where(node % side > 0, node - 1, node - side)
    end = node[1 : segments + 1]
    start = before[1 : segments + 1]
    right = node[(node + 1) % side != 0]
    up = node[: side * (side - 1)]
    street = np.concatenate([np.column_stack([right, right + 1]), np.column_stack([up, up + side])])
    behind = 1 + side - end % side + (end % side == 0) * (segments - end)
    hours = np.arange(8760)
    outdoor = 10.0 - 10.0 * np.cos(2 * np.pi * hours / 8760) - 4.0 * np.cos(2 * np.pi * hours / 24)
    place = rng.integers(0, len(street), parcels)
    network = NetworkInput(
        start_xy=xy[start],
        end_xy=xy[end],
        length_m=np.full(segments, BLOCK_M),
        dn_mm=np.clip(25.0 * np.sqrt(behind), 32, 400).round(),
        flow_share=np.full(segments, np.nan),
        plant_piece=np.array([0]),
        plant_at_end=np.array([False]),
        plant_must_run_kw=np.array([0.0]),
        customer_piece=np.arange(segments),
        customer_at_end=np.ones(segments, dtype=bool),
        customer_group=rng.integers(0, 2, segments),
        customer_mwh_per_a=rng.uniform(50.0, 400.0, segments),
    )
    flat = LoadProfile(np.full((7, 24, 10), 1 / 24), np.ones(7))
    town = TownInput(
        outdoor_degc=outdoor,
        day_ahead_eur_per_mwh=rng.normal(80.0, 30.0, 8760),
        utc_offset_h=1,
        weekday_of_day=np.arange(365) % 7,
        profiles={"mfh3": flat, "ghd": flat},
        network=network,
        streets=StreetInput(
            start_xy=xy[street[:, 0]],
            end_xy=xy[street[:, 1]],
            length_m=np.full(len(street), BLOCK_M),
            river_crossings=np.zeros(len(street)),
            rail_crossings=np.zeros(len(street)),
            is_unpaved=np.zeros(len(street), dtype=bool),
            parcel_piece=place,
            parcel_at_end=rng.random(parcels) > 0.5,
            parcel_way_m=rng.uniform(2.0, 40.0, parcels),
        ),
        plants_kw={},
    )
    nothing = np.full(parcels, np.nan)
    candidates = Candidates(
        refs=tuple(f"G-{i:06d}" for i in range(parcels)),
        row=np.arange(parcels),
        area_m2=np.full(parcels, 900.0),
        inside=np.ones(parcels, dtype=bool),
        network_m=nothing,
        piece_of=np.full(parcels, -1),
        grid=nowhere(parcels),
        dwelling_m=nothing,
        overlap_m2={},
        zoning=("unknown",) * parcels,
    )
    return town, candidates
