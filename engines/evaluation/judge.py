"""Judges every hub: gates first, then the score, then the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.arrays import FloatArray
from engines.assumptions import Assumptions
from engines.economics.alternatives import best_alternative_eur_per_mwh
from engines.evaluation.futures import HubFutures
from engines.evaluation.gates import gates_of
from engines.evaluation.hubs import Hubs
from engines.evaluation.records import (
    DERIVED,
    GIVEN,
    ILLUSTRATIVE,
    MEASURED,
    UNKNOWN,
    Candidates,
    StudyChoices,
)
from engines.scoring.aggregate import Ranking, aggregate
from engines.scoring.states import RED, Gate
from engines.scoring.value_functions import OWNER_VALUE, Criterion, criteria, value_of
from engines.scoring.verdict import Verdict, VerdictInput, conditional_verdict, thresholds, verdict

CRITERION_RESTS_ON = {
    "npv_per_kw": ("heat", "prices", "network", "displaced_source"),
    "heat_used_share": ("heat", "network", "temperatures"),
    "lcoh_gap": ("heat", "prices", "network", "displaced_source"),
    "connection_length": ("network",),
    "headroom_ratio": ("headroom",),
    "dwelling_distance": ("dwellings",),
    "ownership": ("owners",),
    "dependence_share": ("heat", "network"),
}
ATTESTED = {"grid_offer": "H5", "offtake_contract": "H6", "temperature_letter": "H7"}
"""Deciding inputs that only people can attest."""
ORDER = (MEASURED, DERIVED, ILLUSTRATIVE, UNKNOWN)


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


def judge(
    candidates: Candidates,
    hubs: Hubs,
    choices: StudyChoices,
    a: Assumptions,
    futures: HubFutures | None = None,
) -> Judgement:
    """Apply gates, value functions, weights and the verdict rule to every hub.

    Without `futures` the probability that the rule needs is missing, and the rule says so.
    """
    count = len(candidates.refs)
    gates = tuple(gates_of(i, candidates, hubs, choices, a) for i in range(count))
    rules = criteria(a)
    quantities = _quantities(candidates, hubs, gates, a)
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
        _verdict_input(
            i,
            gates[i],
            float(ranking.coverage_share[i]),
            hubs,
            choices,
            futures,
            choices.rules.attestations_of(candidates.refs[i]),
        )
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
    return max((choices.natures.get(name, UNKNOWN) for name in inputs), key=ORDER.index)


def _quantities(
    candidates: Candidates, hubs: Hubs, gates: tuple[tuple[Gate, ...], ...], a: Assumptions
) -> FloatArray:
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
            np.array([_owner_value(row) for row in gates]),
            # how much of the coldest hour hangs on one hub
            np.where(hubs.joined, np.nan_to_num(hubs.feed.peak_kw), 0.0)
            / max(float(hubs.town.production_kw.max()), 1e-9),
        ]
    )


def _owner_value(gates: tuple[Gate, ...]) -> float:
    state = next(gate.state for gate in gates if gate.key == "ownership")
    return OWNER_VALUE.get(state, float("nan"))


def _verdict_input(
    i: int,
    gates: tuple[Gate, ...],
    coverage: float,
    hubs: Hubs,
    choices: StudyChoices,
    futures: HubFutures | None,
    attested: Mapping[str, str],
) -> VerdictInput:
    known = {MEASURED: "known"}
    evidence = {
        name: known.get(choices.natures[name], choices.natures[name])
        for name in ("heat", "headroom", "temperatures", "displaced_source")
    }
    if not hubs.flow_known[i]:
        evidence["heat"] = "unknown"
    heat_cost = (
        hubs.money.lcoh_net_eur_per_mwh if futures is None else (futures.heat_cost_p50_eur_per_mwh)
    )
    return VerdictInput(
        gates=gates,
        evidence=evidence
        | {
            name: "known" if attested.get(key) == GIVEN else "unknown"
            for name, key in ATTESTED.items()
        },
        coverage_share=coverage,
        p_npv_positive=_chance(futures, i),
        npv_eur=float(hubs.money.npv_eur[i]),
        heat_cost_eur_per_mwh=float(heat_cost[i]),
        heat_pump_eur_per_mwh=float(hubs.alternatives["heat_pump"].cost_eur_per_mwh[i]),
        # the cheaper of the boilers: fired or electric
        gas_boiler_eur_per_mwh=float(
            best_alternative_eur_per_mwh(
                hubs.alternatives["gas_boiler"], hubs.alternatives["electric_boiler"]
            )[i]
        ),
        yearly_loss_eur=float(hubs.money.loss_year_eur[i]),
        total_loss_eur=float(hubs.money.loss_total_eur[i]),
        yearly_budget_eur=choices.rules.yearly_budget_eur,
        total_budget_eur=choices.rules.total_budget_eur,
        # a place that cannot be joined has its own gates to say so
        runs=not hubs.joined[i] or bool(hubs.dispatch.hours_run[i, : hubs.years].any()),
    )


def _chance(futures: HubFutures | None, i: int) -> float | None:
    """Return the probability of a positive present value; None where it is not known."""
    if futures is None or np.isnan(futures.positive.share[i]):
        return None
    return float(futures.positive.share[i])
