"""A small finished run, as the report gets it: six places, two of them ruled out."""

import math
from typing import Any

import numpy as np

from engines.assumptions import build_assumptions
from engines.futures.stress import bad_cases
from engines.scoring.gates import HINTS
from engines.scoring.verdict import REASONS
from sites.reports.figures import Shape, TownShapes

HOURS = 8760
EVIDENCE = {
    "grid_offer": "unknown",
    "offtake_contract": "unknown",
    "temperature_letter": "unknown",
    "heat": "derived",
    "headroom": "illustrative",
    "temperatures": "derived",
    "displaced_source": "unknown",
}
NAMES = ("Parkplatz Campus-Boulevard", "Parkplatz Forckenbeckstraße", "", "Steinbachstraße 7")


def gate(
    key: str,
    state: str,
    value: float | None,
    unit: str,
    threshold: float | None,
    hint: str,
    **values: Any,
) -> dict[str, Any]:
    return {
        "key": key,
        "state": state,
        "value": value,
        "unit": unit,
        "threshold": threshold,
        "hint_key": hint,
        "hint_values": values,
        "hint": HINTS[hint].format(**values),
    }


def reason(key: str, **numbers: Any) -> dict[str, Any]:
    return {"key": key, "numbers": numbers, "text": REASONS[key].format(**numbers)}


def _gates(length_m: float) -> list[dict[str, Any]]:
    return [
        gate("area", "green", 2120.0, "m2", 1800.0, "passes"),
        gate("connection", "amber", length_m, "m", 300.0, "connection_amber", excess_m=41.0),
        gate("temperature", "green", 0.93, "-", 0.5, "passes"),
        gate("headroom", "amber", 640.0, "kW", 780.0, "headroom_amber", missing_kw=140.0),
        gate("heat_uptake", "green", 0.81, "-", 0.6, "passes"),
        gate("constraint:water", "green", 0.0, "m2", 1.0, "passes"),
        gate("zoning", "unknown", None, "-", None, "no_data"),
        gate("ownership", "unknown", None, "-", None, "no_data"),
    ]


def _criteria(shift: float) -> list[dict[str, Any]]:
    rows = (
        ("heat_used", 0.25, 3420.0 * (1 - shift), "MWh/a", 0.81 - shift, 0.0, 4200.0, "derived"),
        ("lcoh", 0.2, 71.4 + 40 * shift, "EUR/MWh", 0.62 - shift, 150.0, 20.0, "derived"),
        ("connection_length", 0.15, 341.0, "m", 0.55, 800.0, 0.0, "measured"),
        ("headroom", 0.15, 640.0, "kW", 0.41, 0.0, 1500.0, "illustrative"),
        ("area", 0.1, 2120.0, "m2", 0.92, 500.0, 2300.0, "measured"),
        ("noise", 0.1, 64.0, "m", 0.22, 25.0, 200.0, "measured"),
        ("ownership", 0.05, None, "-", None, 0.0, 1.0, "unknown"),
    )
    keys = ("key", "weight", "raw", "unit", "score", "low", "high", "nature")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _money(shift: float) -> dict[str, Any]:
    return {
        "capex_eur": 1_284_000.0 * (1 + shift),
        "capex_parts": {
            "hub": 402_000.0,
            "miners": 518_000.0,
            "connection": 236_000.0,
            "grid": 64_000.0,
            "planning": 64_000.0,
        },
        "opex_eur_per_a": 58_200.0,
        "electricity_eur_per_a": 512_000.0,
        "heat_revenue_eur_per_a": 164_000.0,
        "compute_revenue_eur_per_a": 431_000.0,
        "ebitda_year1_eur": 24_800.0,
        "npv_eur": -642_000.0 * (1 + shift),
        "npv_heat_only_eur": -4_930_000.0,
        "npv_flat_compute_eur": 318_000.0,
        "irr": None,
        "mirr": None,
        "lcoh_gross_eur_per_mwh": 196.0 + 100 * shift,
        "lcoh_net_eur_per_mwh": 71.4 + 40 * shift,
    }


CARBON = {
    "country": "DE",
    "grid_t_per_mwh": 0.36,
    "displaced_source": "boiler",
    "avoided_t": 749.0,
    "break_even_t_per_mwh": 0.174,
    "rules": {
        rule: {
            "heat_share": share,
            "location_t": 1548.0 * share,
            "market_t": 1548.0 * share,
            "net_location_t": 1548.0 * share - 749.0,
            "net_market_t": 1548.0 * share - 749.0,
            "location_t_per_mwh": 0.4526 * share,
        }
        for rule, share in (("full", 1.0), ("economic", 0.276), ("none", 0.0))
    },
}
LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
NPV_EUR = (-2.1e6, -1.6e6, -1.4e6, -1.0e6, -0.7e6, -0.3e6, 0.1e6, 0.5e6, 1.4e6)
FUTURES = {
    "drivers": [
        {"key": key, "alone_share": share, "total_share": share, "error_share": 0.04}
        for key, share in (("decay", 0.61), ("cycle", 0.27), ("infrastructure", 0.12))
    ],
    "resolved_futures": 12,
    "resolved_years": 180,
    "error_mean_eur": -2_400.0,
    "error_largest_eur": 43_000.0,
    "stress": [
        {
            "key": one.key,
            "npv_eur": -642_000.0 - 40_000.0 * i,
            "npv_change_eur": -40_000.0 * i,
            "heat_mwh_per_a": 3420.0 - 100.0 * i,
            "heat_change_mwh_per_a": -100.0 * i,
            "worst_year_eur": -90_000.0,
            "backup_mwh": 1500.0 * i,
            "backup_eur": 55_000.0 * i,
        }
        for i, one in enumerate(bad_cases())
    ],
    "break_even": {"hashprice_usd_per_ph_day": 61.4, "heat_eur_per_mwh": None},
}


def _chances(shift: float) -> dict[str, Any]:
    return {
        "p_npv_positive": 0.12,
        "p_error": 0.007,
        "npv_p10_eur": -1.4e6 * (1 + shift),
        "npv_p50_eur": -0.7e6 * (1 + shift),
        "npv_p90_eur": 0.1e6,
        "npv_mean_eur": -0.6e6,
        "npv_worst_mean_eur": -1.9e6,
        "npv_levels": list(LEVELS),
        "npv_quantiles_eur": [value * (1 + shift) for value in NPV_EUR],
        "p_debt_uncovered": 0.97,
        "heat_cost_p50_eur_per_mwh": 88.0,
    }


def _reasons() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    gaps = [reason("gate_unknown", gate=key) for key in ("zoning", "ownership")]
    gaps += [reason("evidence", name=name, evidence=value) for name, value in EVIDENCE.items()]
    gaps.append(reason("coverage_low", coverage_percent=35.0, threshold_percent=80.0))
    gaps.append(reason("number_missing", name="p_npv_positive"))
    held = [
        reason("npv_unlikely", probability_percent=0.0, threshold_percent=70.0),
        reason("heat_cheaper", hub_eur_per_mwh=71.4, alternative_eur_per_mwh=88.2),
        reason("no_budget"),
        reason("assumed_gate", gate="zoning"),
        reason("assumed_evidence", name="heat", evidence="derived"),
        reason("assumed_probability", npv_eur=-642_000.0),
    ]
    return gaps, held


def _parcel(rank: int | None, name: str, ref: str, shift: float) -> dict[str, Any]:
    reasons, held_reasons = _reasons()
    return {
        "ref": ref,
        "name": name,
        "parcel_kind": "parking",
        "area_m2": 2120.0,
        "lon": 6.0472 + shift / 100,
        "lat": 50.7791,
        "rank": rank,
        "score": 0.594 - shift,
        "coverage": 0.35,
        "verdict": "not_enough_data",
        "verdict_reasons": reasons,
        "conditional_verdict": "do_not_build",
        "conditional_reasons": held_reasons,
        "gates": _gates(341.0),
        "criteria": _criteria(shift),
        "hub": {"power_it_kw": 500.0, "technology": "immersion", "hot_side_max_degc": 65.0},
        "connection": {
            "length_m": 341.0,
            "dn_mm": 100.0,
            "loss_kw": 9.1,
            "pump_kw": 1.2,
            "capex_eur": 236_000.0,
            "mode": "return_to_return",
            "hours_possible": 8146.0,
        },
        "grid": {
            "substation": "Melaten Nord",
            "distance_m": 212.0,
            "headroom_firm_kw": 640.0,
            "class": "tight",
        },
        "energy_mwh": {"in": 4300.0, "used": 3420.0, "lost": 180.0, "rejected": 700.0, "parts": {}},
        "hours": {"running": 8312.0, "with_heat": 7604.0},
        "foresight": {
            "lower_eur": 91_480.0,
            "upper_eur": 91_481.0,
            "realistic_eur": 89_650.0,
            "realistic_share": 0.98,
            "error_next_hour_share": 0.04,
            "error_next_day_share": 0.12,
        },
        "npv_eur": -642_000.0,
        "money": _money(shift),
        "chances": _chances(shift),
        "robustness": ROBUST[rank - 1] if rank else None,
        "carbon": CARBON,
        "futures": FUTURES,
        "alternatives": {
            "heat_pump": {"lcoh_eur_per_mwh": 88.2},
            "gas_boiler": {"lcoh_eur_per_mwh": 104.5},
        },
    }


def _refused() -> list[dict[str, Any]]:
    wet = _parcel(None, "Am Dorbach", "way/5", 0.2)
    wet["score"] = wet["money"]["npv_eur"] = None
    wet["gates"][5] = gate(
        "constraint:water",
        "red",
        612.0,
        "m2",
        1.0,
        "constraint_red",
        constraint="water",
        overlap_m2=612.0,
        free_m2=188.0,
    )
    far = _parcel(None, "Parkplatz Süsterfeld", "way/6", 0.2)
    far["score"] = None
    far["gates"][1] = gate(
        "connection", "red", 1290.0, "m", 300.0, "connection_red", excess_m=690.0, limit_m=600.0
    )
    far["gates"][3] = gate("headroom", "red", 80.0, "kW", 780.0, "headroom_red", missing_kw=440.0)
    for parcel in (wet, far):
        parcel["verdict"] = parcel["conditional_verdict"] = "do_not_build"
        parcel["verdict_reasons"] = parcel["conditional_reasons"] = [
            reason("gate_red", gate=g["key"], hint=g["hint"])
            for g in parcel["gates"]
            if g["state"] == "red"
        ]
    return [wet, far]


def _layers() -> list[dict[str, Any]]:
    rows = (
        ("buildings", "Gebäude", "OpenStreetMap", "ODbL 1.0", "2019-11", "measured", "", 125),
        (
            "heat_demand",
            "Wärmebedarf",
            "derived from buildings",
            "ODbL 1.0",
            "2019-11",
            "derived",
            "footprint, storeys, use",
            125,
        ),
        (
            "pipes",
            "Wärmenetz",
            "derived from streets",
            "ODbL 1.0",
            "2019-11",
            "derived",
            "grown along streets from the plant",
            96,
        ),
        ("parcels", "Parkplätze", "OpenStreetMap", "ODbL 1.0", "2019-11", "measured", "", 6),
        (
            "substations",
            "Umspannstationen",
            "OpenStreetMap; ratings set here",
            "ODbL 1.0",
            "2019-11",
            "illustrative",
            "",
            5,
        ),
        ("series", "NL 2024", "Ember / ENTSO-E", "CC BY 4.0", "2024", "measured", "", 8784),
    )
    keys = ("kind", "name", "source", "licence", "data_date", "nature", "method", "rows")
    return [
        {**dict(zip(keys, row, strict=True)), "version": 1, "content_hash": f"{k}3f9ac0d71e5b" * 4}
        for k, row in enumerate(rows)
    ]


def _set(*refs: str, npv_eur: float) -> dict[str, Any]:
    return {
        "refs": list(refs),
        "powers_it_kw": [500.0] * len(refs),
        "npv_eur": npv_eur,
        "cost_eur": 900_000.0 * len(refs),
        "heat_mwh": 3_420.0 * len(refs),
        "gap": 0.0,
    }


def _hub(ref: str, built_year: float | None) -> dict[str, Any]:
    return {
        "ref": ref,
        "cost_eur": 900_000.0,
        "reserve_eur": 158_000.0,
        "free_eur": [86_000.0] * 15,
        "built_year": built_year,
        "median_year": built_year,
    }


ROBUST = (
    {"top1_share": 0.62, "top3_share": 0.97, "top5_share": 1.0, "mean_rank": 1.5},
    {"top1_share": 0.38, "top3_share": 0.95, "top5_share": 1.0, "mean_rank": 1.8},
    {"top1_share": 0.0, "top3_share": 0.8, "top5_share": 1.0, "mean_rank": 2.9},
    {"top1_share": 0.0, "top3_share": 0.28, "top5_share": 1.0, "mean_rank": 3.8},
)
SITING: dict[str, Any] = {
    "robustness": {
        "draws": 2000,
        "futures": 41,
        "near_ties": [["way/1", "way/2"]],
        "could_change_the_top": [{"input": "headroom", "parcels": ["way/1", "way/2"]}],
        "tornado": [],
    },
    "set": {
        "candidates": 4,
        "best": _set("way/1", "way/3", npv_eur=410_000.0),
        "curve_by": "npv",
        "curve": [
            _set(npv_eur=0.0),
            _set("way/1", npv_eur=300_000.0),
            _set("way/1", "way/3", npv_eur=410_000.0),
            _set("way/1", "way/3", "way/4", npv_eur=-120_000.0),
            None,
        ],
    },
    "chain": {
        "hubs": [_hub("way/1", 0.0), _hub("way/2", 6.4), _hub("way/3", None)],
        "cash_eur": [86_000.0 * (year + 1) - (430_000.0 if year >= 6 else 0) for year in range(15)],
        "within_years": 10,
        "futures": 2000,
        "probability": 0.37,
        "not_ranked": ["way/5"],
    },
    "changes": [
        {"subject": "number", "key": "hub.power_it_kw", "default": None, "value": 100.0,
         "unit": "kW"},
        {"subject": "attestation", "key": "H5", "default": None, "unit": "",
         "value": [{"state": "given", "by": "Stadtwerke", "on": "2026-11-02",
                    "parcels": ["way/1"]}]},
    ],
}  # fmt: skip


def document(**changes: Any) -> dict[str, Any]:
    """The run document; `changes` replace top-level entries."""
    parcels = [
        _parcel(k + 1, name, f"way/{k + 1}", 0.045 * k) for k, name in enumerate(NAMES)
    ] + _refused()
    entries = build_assumptions({}).entries
    return {
        "run": "0b8f3c1e-52d4-4c1e-9a53-7d1f6f3b2a10",
        "digest": "9f2c" * 16,
        "created_at": "2026-11-20T09:30:00Z",
        "municipality": {
            "slug": "aachen-melaten",
            "name": "Aachen-Melaten",
            "srid": 25832,
            "is_demo": True,
        },
        "study": {
            "name": "First look",
            "technology": "immersion_high",
            "miner": "hydro",
            "tariff": "de_medium_voltage",
        },
        "engine_version": "0.1.0",
        "layers": _layers(),
        "assumptions": [
            {
                "key": key,
                "value": entry.value,
                "unit": entry.unit,
                "tag": entry.tag,
                "source": entry.source,
                "note": entry.note,
            }
            for key, entry in entries.items()
        ],
        "illustrative": ["substation ratings", "substation loads"],
        "status": {"candidates": 6, "ranked": 4, "refused": 2},
        "town": {
            "network_peak_kw": 11_400.0,
            "network_heat_mwh_per_a": 23_100.0,
            "buildings_connected": 98,
            "supply_degc": [70.0, 90.0],
            "return_degc": [50.0, 58.0],
            "hours_possible": 8146.0,
            "price_label": "NL 2024",
            "price_mean_eur_per_mwh": 77.3,
            "negative_hours": 458,
            "climate_label": "TRY region 5",
        },
        "notes": ["Weather and price are not of one year."],
        **SITING,
        "parcels": parcels,
        **changes,
    }


def hourly() -> dict[str, Any]:
    """A year of one place: heat used follows the season, the rest is rejected in summer."""
    hour = np.arange(HOURS)
    season = 0.5 + 0.5 * np.cos(2 * np.pi * (hour / 24 - 20) / 365)
    power = 500.0 - 60.0 * (hour % 24 > 17)
    used = np.minimum(power * 0.95, 90.0 + 900.0 * season)
    supply = 70.0 + 20.0 * np.clip(season - 0.35, 0, 1) / 0.65
    series = {
        "power_it_kw": power,
        "heat_kw": used,
        "rejected_kw": power * 0.95 - used,
        "supply_degc": supply,
        "return_degc": 50.0 + 8.0 * season,
        "available_degc": np.full(HOURS, 62.0),
        "price_eur_per_mwh": 77.0 + 40.0 * np.sin(2 * math.pi * hour / 24),
    }
    return {"hours": HOURS, **{key: np.round(v, 2).tolist() for key, v in series.items()}}


def _square(x: float, y: float, side: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    return (((x, y), (x + side, y), (x + side, y + side), (x, y + side)),)


def shapes() -> TownShapes:
    """A town on a grid of streets, in metres."""
    found = [Shape("streets", lines=(((0.0, 150.0 * k), (900.0, 150.0 * k)),)) for k in range(5)]
    found += [Shape("streets", lines=(((180.0 * k, 0.0), (180.0 * k, 600.0)),)) for k in range(6)]
    found += [
        Shape(
            "buildings",
            f"b{k}",
            _square(20 + 60 * (k % 15), 20 + 75 * (k // 15), 32),
            properties={"heat_demand_mwh_per_a": None if k % 11 == 0 else 20.0 * (1 + k % 9)},
        )
        for k in range(90)
    ]
    found.append(
        Shape("constraints", "w", _square(620, -30, 140), properties={"constraint_kind": "water"})
    )
    found.append(
        Shape("constraints", "f", _square(-30, 480, 170), properties={"constraint_kind": "forest"})
    )
    found.append(
        Shape(
            "pipes",
            "p",
            lines=(((0.0, 150.0), (900.0, 150.0)), ((360.0, 150.0), (360.0, 600.0))),
            properties={"nature": "derived"},
        )
    )
    found.append(Shape("plants", "h", points=((0.0, 150.0),)))
    found.append(Shape("substations", "s", points=((540.0, 300.0),)))
    for k, (x, y) in enumerate(
        ((300, 90), (420, 320), (760, 180), (120, 380), (640, 40), (840, 520))
    ):
        found.append(Shape("parcels", f"way/{k + 1}", _square(x, y, 48)))
    return TownShapes(tuple(found), "© OpenStreetMap contributors, ODbL 1.0")
