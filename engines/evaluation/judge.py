"""Judges every hub: gates first, then the score, then the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.alternatives import best_alternative_eur_per_mwh
from engines.evaluation.hubs import Hubs
from engines.evaluation.records import DERIVED, ILLUSTRATIVE, MEASURED, Candidates, StudyChoices
from engines.scoring.aggregate import Ranking, aggregate
from engines.scoring.gates import (
    RED,
    Gate,
    area_gate,
    connection_gate,
    constraint_gate,
    headroom_gate,
    municipality_gate,
    temperature_gate,
    unknown_gate,
    uptake_gate,
)
from engines.scoring.value_functions import Criterion, criteria, value_of
from engines.scoring.verdict import Verdict, VerdictInput, conditional_verdict, thresholds, verdict
from engines.scoring.zoning import zoning_gate

SEVERITY = {"water": "red", "forest": "amber"}
"""What an overlap with each kind of constraint means (domain notes 6.3)."""

NO_DATA_GATES = ("ownership", "flood", "water_protection", "nature", "monument")
"""Gates that a siting decision needs and no layer answers yet."""

CRITERION_RESTS_ON = {
    "npv_per_kw": ("heat", "prices", "network", "displaced_source"),
    "heat_used_share": ("heat", "network", "temperatures"),
    "lcoh_gap": ("heat", "prices", "network", "displaced_source"),
    "connection_length": ("network",),
    "headroom_ratio": ("headroom",),
    "dwelling_distance": ("dwellings",),
}
ORDER = (MEASURED, DERIVED, ILLUSTRATIVE, "unknown")


@dataclass(frozen=True)
class Judgement:
    """The answers, one entry per parcel."""

    gates: tuple[tuple[Gate, ...], ...]
    criteria: tuple[Criterion, ...]
    natures: Mapping[str, str]
    quantities: FloatArray
    values: FloatArray
    ranking: Ranking
    verdicts: tuple[Verdict, ...]
    conditional: tuple[Verdict, ...]


def judge(candidates: Candidates, hubs: Hubs, choices: StudyChoices, a: Assumptions) -> Judgement:
    """Apply gates, value functions, weights and the verdict rule to every hub."""
    count = len(candidates.refs)
    gates = tuple(_gates(i, candidates, hubs, a) for i in range(count))
    rules = criteria(a)
    quantities = _quantities(candidates, hubs, a)
    values = np.column_stack([value_of(quantities[:, j], rule) for j, rule in enumerate(rules)])
    natures = {rule.key: _weakest(CRITERION_RESTS_ON[rule.key], choices) for rule in rules}
    measured = np.tile([natures[rule.key] == MEASURED for rule in rules], (count, 1))
    on_network = np.array(["network" in CRITERION_RESTS_ON[rule.key] for rule in rules])
    measured &= hubs.flow_known[:, None] | ~on_network
    ranking = aggregate(
        candidates.refs,
        values,
        rules,
        measured,
        np.array([any(gate.state == RED for gate in row) for row in gates]),
    )
    limits = thresholds(a)
    given = [
        _verdict_input(i, gates[i], float(ranking.coverage_share[i]), hubs, choices)
        for i in range(count)
    ]
    return Judgement(
        gates=gates,
        criteria=rules,
        natures=natures,
        quantities=quantities,
        values=values,
        ranking=ranking,
        verdicts=tuple(verdict(each, limits) for each in given),
        conditional=tuple(conditional_verdict(each, limits) for each in given),
    )


def _weakest(inputs: tuple[str, ...], choices: StudyChoices) -> str:
    return max((choices.natures[name] for name in inputs), key=ORDER.index)


def _gates(i: int, candidates: Candidates, hubs: Hubs, a: Assumptions) -> tuple[Gate, ...]:
    power_kw = a["hub.power_it_kw"]
    area_m2 = float(candidates.area_m2[i])
    return (
        municipality_gate(bool(candidates.inside[i])),
        area_gate(area_m2, power_kw, a),
        connection_gate(float(hubs.way.length_m[i]), power_kw, a, _break_even_m(hubs, i)),
        temperature_gate(float(hubs.feed.possible_h[i]), float(hubs.feed.wanted_h[i]), a),
        uptake_gate(float(hubs.takeable_mwh[i]), hubs.full_heat_mwh, a),
        headroom_gate(
            float(hubs.grid.firm_kw[i]),
            float(hubs.needed_kw[i]),
            float(hubs.grid.covered_share[i]),
            a,
        ),
        zoning_gate(candidates.zoning[i]),
        *(
            constraint_gate(kind, SEVERITY[kind], float(overlap_m2[i]), area_m2, a)
            for kind, overlap_m2 in candidates.overlap_m2.items()
        ),
        *(unknown_gate(key, "-") for key in NO_DATA_GATES),
    )


def _break_even_m(hubs: Hubs, i: int) -> float:
    """Length of trench that the heat pays for; not judged by where nothing is earned anyway."""
    limit = float(hubs.way.break_even_m[i])
    return limit if limit > 0.0 else float("nan")


def _quantities(candidates: Candidates, hubs: Hubs, a: Assumptions) -> FloatArray:
    """Return the quantity behind each criterion, in the order of `criteria`."""
    captured = hubs.inputs.capture_share * hubs.dispatch.it_energy_mwh[:, 0]
    # what a heat pump adds is no heat of the hub
    used = hubs.dispatch.heat_delivered_mwh[:, 0] - hubs.dispatch.heat_pump_mwh[:, 0]
    best = best_alternative_eur_per_mwh(*hubs.alternatives.values())
    # heat that never comes has no cost: the worst answer, and no gap in the data
    delivers = hubs.dispatch.heat_delivered_mwh[:, : hubs.years].any(axis=1)
    return np.column_stack(
        [
            hubs.money.npv_eur / a["hub.power_it_kw"],
            np.where(captured > 0.0, used / np.where(captured > 0.0, captured, 1.0), 0.0),
            np.where(delivers, hubs.money.lcoh_net_eur_per_mwh - best, np.inf),
            hubs.way.length_m,
            hubs.grid.firm_kw / hubs.needed_kw,
            candidates.dwelling_m,
        ]
    )


def _verdict_input(
    i: int, gates: tuple[Gate, ...], coverage: float, hubs: Hubs, choices: StudyChoices
) -> VerdictInput:
    known = {MEASURED: "known"}
    evidence = {
        name: known.get(choices.natures[name], choices.natures[name])
        for name in ("heat", "headroom", "temperatures", "displaced_source")
    }
    if not hubs.flow_known[i]:
        evidence["heat"] = "unknown"
    return VerdictInput(
        gates=gates,
        evidence=evidence
        | {"grid_offer": "unknown", "offtake_contract": "unknown", "temperature_letter": "unknown"},
        coverage_share=coverage,
        p_npv_positive=None,  # no engine works out probabilities yet
        npv_eur=float(hubs.money.npv_eur[i]),
        heat_cost_eur_per_mwh=float(hubs.money.lcoh_net_eur_per_mwh[i]),
        heat_pump_eur_per_mwh=float(hubs.alternatives["heat_pump"].cost_eur_per_mwh[i]),
        # the cheaper of the boilers: fired or electric
        gas_boiler_eur_per_mwh=float(
            best_alternative_eur_per_mwh(
                hubs.alternatives["gas_boiler"], hubs.alternatives["electric_boiler"]
            )[i]
        ),
        yearly_loss_eur=float(hubs.money.loss_year_eur[i]),
        total_loss_eur=float(hubs.money.loss_total_eur[i]),
        yearly_budget_eur=None,
        total_budget_eur=None,
        # a place that cannot be joined has its own gates to say so
        runs=not hubs.joined[i] or bool(hubs.dispatch.hours_run[i, : hubs.years].any()),
    )
