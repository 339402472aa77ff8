"""What can only be said when all parcels of a run are known: robustness, the set, what changed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from django.contrib.gis.geos import GEOSGeometry

from engines.assumptions import Assumptions
from engines.evaluation.hubs import Hubs
from engines.evaluation.judge import CRITERION_RESTS_ON, Judgement
from engines.evaluation.records import MEASURED
from engines.evaluation.sharing import MonthlyHeat, heat_resources, monthly_heat, node_resources
from engines.evaluation.sizes import SizeCurve
from engines.evaluation.town import TownYear
from engines.scoring.states import UNKNOWN
from engines.scoring.value_functions import criteria, value_of
from engines.siting.portfolio import (
    BestSet,
    Demands,
    Options,
    Resource,
    best_set,
    trade_off,
)
from engines.siting.robustness import (
    TOPS,
    drawn_weights,
    layers_that_could_change,
    near_ties,
    rank_acceptability,
    tornado,
)
from sites.assembly import Assembled, months_and_hours
from sites.grid_assembly import TownGrid
from sites.services.plain import number

MOST_PARCELS = 500
"""Ranked parcels that the set chooses from, the most valuable ones."""
CURVE = 5
"""Hubs up to which the trade-off is drawn."""
TIE = 0.01
TOP = 5
DECIMALS = 3

Facts = dict[str, Any]


def siting_facts(
    part: Assembled, hubs: Hubs, judged: Judgement, curves: Sequence[SizeCurve] | None
) -> list[Facts]:
    """Return of each parcel what the comparison of all parcels will need.

    `curves` are given where a set may choose among the sizes of a parcel.
    """
    month = months_and_hours(len(hubs.town.supply_degc), part.town.utc_offset_h)[0]
    heat = monthly_heat(hubs, month, part.assumptions)
    middles = [GEOSGeometry(memoryview(row.outline)).centroid for row in part.rows]
    facts = []
    for i in range(len(part.rows)):
        options: list[Facts] = []
        if judged.ranking.rank[i] is not None:
            of_curve = [] if curves is None else curve_options(curves[i], part.grid)
            options = of_curve or [_option_of(i, part, hubs, heat)]
        facts.append(
            {
                "values": [number(value) for value in judged.values[i]],
                "unknown": [gate.key for gate in judged.gates[i] if gate.state == UNKNOWN],
                "owner": next(g.state for g in judged.gates[i] if g.key == "ownership"),
                "power_it_kw": float(hubs.inputs.power_it_kw[i]),
                "npv_eur": number(hubs.money.npv_eur[i]),
                "options": options,
                "xy": [round(middles[i].x, 1), round(middles[i].y, 1)],
            }
        )
    return facts


def _option_of(i: int, part: Assembled, hubs: Hubs, heat: MonthlyHeat) -> Facts:
    """Return one hub as the set counts it."""
    station = int(hubs.grid.station_of[i])
    return {
        "power_it_kw": float(hubs.inputs.power_it_kw[i]),
        "npv_eur": number(hubs.money.npv_eur[i]),
        "cost_eur": number(np.broadcast_to(hubs.cost.total_eur, hubs.joined.shape)[i]),
        "heat_mwh": number(hubs.dispatch.heat_delivered_mwh[i, 0]),
        "node": None if station < 0 else part.grid.stations[station].ref,
        "firm_kw": number(hubs.grid.firm_kw[i]),
        "needed_kw": number(hubs.needed_kw[i]),
        "piece": int(hubs.way.piece[i]) if bool(hubs.joined[i]) else -1,
        "takes": np.round(heat.takes[i], DECIMALS).tolist(),
        "room": np.round(heat.room[i], DECIMALS).tolist(),
    }


def curve_options(curve: SizeCurve, grid: TownGrid) -> list[Facts]:
    """Return the hubs of one place that no gate refuses, as the set counts them."""
    return [
        {
            "power_it_kw": float(curve.power_it_kw[k]),
            "npv_eur": number(curve.npv_eur[k]),
            "cost_eur": number(curve.capex_eur[k]),
            "heat_mwh": number(curve.heat_mwh[k]),
            "node": None if curve.station[k] < 0 else grid.stations[int(curve.station[k])].ref,
            "firm_kw": number(curve.firm_kw[k]),
            "needed_kw": number(curve.needed_kw[k]),
            "piece": int(curve.piece[k]),
            "takes": np.round(curve.takes_mwh[k], DECIMALS).tolist(),
            "room": np.round(curve.room_mwh[k], DECIMALS).tolist(),
        }
        for k in curve.fits
    ]


def robustness_document(
    given: Assembled,
    refs: Sequence[str],
    rank: Sequence[int | None],
    scores: np.ndarray,
    facts: Sequence[Facts],
    drawn_eur_per_kw: np.ndarray,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return how sure the ranking is: for the run, and for each parcel.

    `drawn_eur_per_kw` has the present value of each parcel in each of some futures, NaN where it
    was not worked out: every parcel meets a future in its own way.
    """
    a, rules = given.assumptions, criteria(given.assumptions)
    values = np.array([[_nan(v) for v in each["values"]] for each in facts])
    excluded = np.array([place is None for place in rank])
    weights = drawn_weights(
        rules,
        round(a["siting.draws"]),
        a["siting.weight_concentration"],
        seed := round(a["siting.seed"]),
    )
    money = next(j for j, rule in enumerate(rules) if rule.key == "npv_per_kw")
    futures = value_of(drawn_eur_per_kw.astype(np.float64), rules[money])
    found = rank_acceptability(
        values, weights, excluded, future_values=futures, future_criterion=money, seed=seed
    )
    uncertain = sorted(
        {name for inputs in CRITERION_RESTS_ON.values() for name in inputs}
        - {name for name, nature in given.choices.natures.items() if nature == MEASURED}
    )
    changing = layers_that_could_change(
        values,
        rules,
        [CRITERION_RESTS_ON[rule.key] for rule in rules],
        uncertain,
        excluded,
        [each["unknown"] for each in facts],
        TOP,
    )
    whole = {
        "draws": found.draws,
        "seed": seed,
        "concentration": a["siting.weight_concentration"],
        "futures": drawn_eur_per_kw.shape[1],
        "near_ties": [[refs[i], refs[j]] for i, j in near_ties(scores, rank, TIE)],
        "could_change_the_top": [
            {"input": name, "parcels": [refs[i] for i in rows]} for name, rows in changing.items()
        ],
        "tornado": [
            _tornado(refs, values, rules, excluded, i)
            for place, i in sorted((p, i) for i, p in enumerate(rank) if p is not None)
            if place <= TOP
        ],
    }
    each = [
        {
            **{f"top{top}_share": number(found.top_share[i, j]) for j, top in enumerate(TOPS)},
            "mean_rank": number(found.mean_rank[i]),
        }
        for i in range(len(refs))
    ]
    return whole, each


def _tornado(
    refs: Sequence[str], values: np.ndarray, rules: Any, excluded: np.ndarray, i: int
) -> Any:
    found = tornado(refs, values, rules, excluded, i)
    return {
        "ref": refs[i],
        "weights": [
            {
                "key": key,
                "score_low": number(found.score_low[j]),
                "score_high": number(found.score_high[j]),
                "rank_low": found.rank_low[j],
                "rank_high": found.rank_high[j],
            }
            for j, key in enumerate(found.keys)
        ],
    }


def set_document(
    given: Assembled,
    year: TownYear,
    refs: Sequence[str],
    rank: Sequence[int | None],
    scores: np.ndarray,
    facts: Sequence[Facts],
    wishes: Mapping[str, Any],
) -> dict[str, Any] | None:
    """Return the best set of hubs, and what one more or one fewer would mean; None without any.

    Of each parcel one size is built at most. Where no set is worth more than none, the curve picks
    the places by their score instead, each at the size it is scored with: which they would be if
    hubs were wanted all the same.
    """
    buildable = {
        i: [o for o in each["options"] if o["npv_eur"] is not None and o["cost_eur"] is not None]
        for i, each in enumerate(facts)
        if rank[i] is not None
    }
    best_npv = {
        i: max(o["npv_eur"] for o in several) for i, several in buildable.items() if several
    }
    parcels = sorted(best_npv, key=lambda i: (-best_npv[i], refs[i]))[:MOST_PARCELS]
    chosen = [
        option | {"row": i, "ref": refs[i], "owner": facts[i]["owner"], "xy": facts[i]["xy"]}
        for i in parcels
        for option in buildable[i]
    ]
    if not chosen:
        return None
    demands = demands_of(wishes, given.assumptions)
    options, resources = _options(given, year, chosen)
    best = best_set(options, resources, demands)
    by_score = best is not None and not best.option
    of_curve = chosen
    if by_score:
        of_curve = [o for o in chosen if o["power_it_kw"] == facts[o["row"]]["power_it_kw"]]
        options, resources = _options(given, year, of_curve)
        options = replace(options, value=np.array([scores[o["row"]] for o in of_curve]))
    curve = trade_off(options, resources, demands, max(CURVE, demands.most))
    return {
        "candidates": len(parcels),
        "options": len(chosen),
        "wishes": _wishes(demands),
        "best": _set(best, chosen, demands),
        "curve_by": "score" if by_score else "npv",
        "curve": [_set(one, of_curve, demands) for one in curve],
    }


def _options(
    given: Assembled, year: TownYear, chosen: Sequence[Facts]
) -> tuple[Options, list[Resource]]:
    """Return what could be built, and what it shares."""
    options = Options(
        parcel=np.array([each["row"] for each in chosen]),
        value=np.array([each["npv_eur"] for each in chosen]),
        cost_eur=np.array([max(each["cost_eur"], 0.0) for each in chosen]),
        xy_m=np.array([each["xy"] for each in chosen]),
        owner=tuple(each["owner"] for each in chosen),
    )
    month = months_and_hours(len(year.supply_degc), given.town.utc_offset_h)[0]
    heat = MonthlyHeat(
        np.array([each["takes"] for each in chosen]), np.array([each["room"] for each in chosen])
    )
    nodes = node_resources(
        [each["node"] for each in chosen],
        np.array([_nan(each["firm_kw"]) for each in chosen]),
        np.array([_nan(each["needed_kw"]) for each in chosen]),
    )
    piece = np.array([each["piece"] for each in chosen])
    return options, [*nodes, *heat_resources(year, piece, heat, month)]


def demands_of(wishes: Mapping[str, Any], a: Assumptions) -> Demands:
    """Return what a set must keep, from what the study states; see docs/methods/study.md."""
    budget = [
        math.inf if each is None else float(each) for each in wishes.get("budget_eur", [None])
    ]
    return Demands(
        least=int(wishes.get("least", 0)),
        most=int(wishes.get("most", 3)),
        budget_eur=tuple(budget),
        phase_years=tuple(float(year) for year in wishes.get("phase_years", [0.0] * len(budget))),
        rate_share=a["economics.rate_share"],
        spacing_m=float(wishes.get("spacing_m", a["siting.spacing_m"])),
        owners=frozenset(wishes["owners"]) if wishes.get("owners") else None,
    )


def _wishes(demands: Demands) -> dict[str, Any]:
    return {
        "least": demands.least,
        "most": demands.most,
        "budget_eur": [number(each) for each in demands.budget_eur],
        "phase_years": list(demands.phase_years),
        "spacing_m": demands.spacing_m,
        "owners": sorted(demands.owners) if demands.owners is not None else None,
    }


def _set(found: BestSet | None, chosen: Sequence[Facts], demands: Demands) -> Any:
    if found is None:
        return None
    rows = [chosen[o] for o in found.option]
    factor = [(1.0 + demands.rate_share) ** -demands.phase_years[p] for p in found.phase]
    return {
        "refs": [row["ref"] for row in rows],
        "powers_it_kw": [row["power_it_kw"] for row in rows],
        "phases": list(found.phase),
        "npv_eur": sum(row["npv_eur"] * part for row, part in zip(rows, factor, strict=True)),
        "gap": number(found.gap_share),
        "cost_eur": found.cost_eur,
        "heat_mwh": sum(row["heat_mwh"] or 0.0 for row in rows),
        "headroom_left_kw": {
            name.removeprefix("node "): round(left, 1)
            for name, left in found.left.items()
            if name.startswith("node ")
        },
    }


def _nan(value: float | None) -> float:
    return math.nan if value is None else value
