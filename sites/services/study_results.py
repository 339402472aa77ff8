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
from engines.evaluation.town import TownYear
from engines.scoring.states import UNKNOWN
from engines.scoring.value_functions import criteria, value_of
from engines.siting.portfolio import BestSet, Demands, Options, best_set, trade_off
from engines.siting.robustness import (
    TOPS,
    drawn_weights,
    layers_that_could_change,
    near_ties,
    rank_acceptability,
    tornado,
)
from sites.assembly import Assembled, months_and_hours
from sites.services.plain import number

MOST_OPTIONS = 500
"""Ranked parcels that the set chooses from, the most valuable ones."""
CURVE = 5
"""Hubs up to which the trade-off is drawn."""
TIE = 0.01
TOP = 5
DECIMALS = 3

Facts = dict[str, Any]


def siting_facts(part: Assembled, hubs: Hubs, judged: Judgement) -> list[Facts]:
    """Return of each parcel what the comparison of all parcels will need."""
    month = months_and_hours(len(hubs.town.supply_degc), part.town.utc_offset_h)[0]
    heat = monthly_heat(hubs, month, part.assumptions)
    middles = [GEOSGeometry(memoryview(row.outline)).centroid for row in part.rows]
    return [
        {
            "values": [number(value) for value in judged.values[i]],
            "unknown": [gate.key for gate in judged.gates[i] if gate.state == UNKNOWN],
            "owner": next(g.state for g in judged.gates[i] if g.key == "ownership"),
            "npv_eur": number(hubs.money.npv_eur[i]),
            "cost_eur": number(hubs.cost.total_eur[i]),
            "heat_mwh": number(hubs.dispatch.heat_delivered_mwh[i, 0]),
            "piece": int(hubs.way.piece[i]) if bool(hubs.joined[i]) else -1,
            "takes": np.round(heat.takes[i], DECIMALS).tolist(),
            "room": np.round(heat.room[i], DECIMALS).tolist(),
            "xy": [round(middles[i].x, 1), round(middles[i].y, 1)],
        }
        for i in range(len(part.rows))
    ]


def robustness_document(
    given: Assembled,
    refs: Sequence[str],
    rank: Sequence[int | None],
    scores: np.ndarray,
    facts: Sequence[Facts],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return how sure the ranking is: for the run, and for each parcel.

    Futures come in as the quantiles of each parcel's present value: one future is taken to be as
    good or bad for all of them.
    """
    npv_levels_eur = _levels(facts)
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
    futures = (
        None
        if npv_levels_eur is None
        else value_of(npv_levels_eur / a["hub.power_it_kw"], rules[money])
    )
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
        "futures": 0 if npv_levels_eur is None else npv_levels_eur.shape[1],
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
    nodes: Sequence[Sequence[Any]],
    facts: Sequence[Facts],
    wishes: Mapping[str, Any],
) -> dict[str, Any] | None:
    """Return the best set of hubs, and what one more or one fewer would mean; None without any.

    Where no set is worth more than none, the curve picks the places by their score instead: which
    they would be if hubs were wanted all the same.
    """
    rows = [
        i
        for i, each in enumerate(facts)
        if rank[i] is not None and each["npv_eur"] is not None and each["cost_eur"] is not None
    ]
    rows = sorted(rows, key=lambda i: (-facts[i]["npv_eur"], refs[i]))[:MOST_OPTIONS]
    if not rows:
        return None
    options = Options(
        parcel=np.arange(len(rows)),
        value=np.array([facts[i]["npv_eur"] for i in rows]),
        cost_eur=np.array([max(facts[i]["cost_eur"], 0.0) for i in rows]),
        xy_m=np.array([facts[i]["xy"] for i in rows]),
        owner=tuple(facts[i]["owner"] for i in rows),
    )
    month = months_and_hours(len(year.supply_degc), given.town.utc_offset_h)[0]
    heat = MonthlyHeat(
        np.array([facts[i]["takes"] for i in rows]), np.array([facts[i]["room"] for i in rows])
    )
    resources = [
        *node_resources(
            [nodes[i][0] for i in rows],
            np.array([_nan(nodes[i][1]) for i in rows]),
            np.array([nodes[i][2] for i in rows], dtype=np.float64),
        ),
        *heat_resources(year, np.array([facts[i]["piece"] for i in rows]), heat, month),
    ]
    demands = demands_of(wishes, given.assumptions)
    best = best_set(options, resources, demands)
    by_score = best is not None and not best.option
    if by_score:
        options = replace(options, value=np.array([scores[i] for i in rows]))
    curve = trade_off(options, resources, demands, max(CURVE, demands.most))
    chosen = [facts[i] | {"ref": refs[i]} for i in rows]
    return {
        "candidates": len(rows),
        "wishes": _wishes(demands),
        "best": _set(best, chosen, demands),
        "curve_by": "score" if by_score else "npv",
        "curve": [_set(one, chosen, demands) for one in curve],
    }


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


def _levels(facts: Sequence[Facts]) -> np.ndarray | None:
    """Return the quantiles of the present value, shape (parcels, levels); None without futures."""
    given = [each["npv_levels_eur"] for each in facts]
    if any(not levels for levels in given):
        return None
    return np.array([[_nan(value) for value in levels] for levels in given])


def _nan(value: float | None) -> float:
    return math.nan if value is None else value
