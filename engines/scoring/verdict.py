"""The verdict: one rule, used by page, report and interface alike; the first match wins.

1. A gate is red: ``do_not_build``.
2. A deciding input is unknown, derived or illustrative, a number the rule needs is not known, or
   the data coverage is too low: ``not_enough_data``.
3. NPV is positive with enough probability under the decaying market, and the cost of heat is not
   above the best alternative: ``build``.
4. A learning budget is stated and covers the loss of a year and of the whole: ``pilot_only``.
5. Otherwise ``do_not_build``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from engines.arrays import within, within_or_missing
from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.message import Message, message
from engines.scoring.states import RED, UNKNOWN, Gate

DO_NOT_BUILD, NOT_ENOUGH_DATA = "do_not_build", "not_enough_data"
BUILD, PILOT_ONLY = "build", "pilot_only"

EVIDENCE = ("known", "unknown", "derived", "illustrative")

DECIDING = (
    "grid_offer",
    "offtake_contract",
    "temperature_letter",
    "heat",
    "headroom",
    "temperatures",
    "displaced_source",
)
"""Inputs that decide, besides the gates: attestations H5, H6, H7, then four quantities."""

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "gate_red": "The gate {gate} is red: {hint}",
        "gate_unknown": "The gate {gate} cannot be judged.",
        "evidence": "The input {name} is {evidence}.",
        "coverage_low": (
            "Only {coverage_percent:.0f} % of the weight rests on measured data; "
            "{threshold_percent:.0f} % are needed."
        ),
        "number_missing": "The rule needs {name}, which is not known.",
        "npv_likely": (
            "NPV is positive with a probability of {probability_percent:.0f} %; "
            "{threshold_percent:.0f} % are needed."
        ),
        "npv_unlikely": (
            "NPV is positive with a probability of only {probability_percent:.0f} %; "
            "{threshold_percent:.0f} % are needed."
        ),
        "heat_cheaper": (
            "Hub heat costs {hub_eur_per_mwh:.1f} EUR/MWh, the best alternative "
            "{alternative_eur_per_mwh:.1f} EUR/MWh."
        ),
        "heat_dearer": (
            "Hub heat costs {hub_eur_per_mwh:.1f} EUR/MWh, more than the best alternative at "
            "{alternative_eur_per_mwh:.1f} EUR/MWh."
        ),
        "within_budget": (
            "The loss, {yearly_eur:.0f} EUR in a year and {total_eur:.0f} EUR in all, stays below "
            "the learning budget."
        ),
        "above_budget": (
            "The loss, {yearly_eur:.0f} EUR in a year and {total_eur:.0f} EUR in all, exceeds "
            "the learning budget."
        ),
        "no_budget": "No learning budget is stated.",
        "never_runs": (
            "The hub never runs: in no year do heat and computing earn what the electricity costs."
        ),
        "assumed_gate": "Assumes that the gate {gate}, which cannot be judged, is passed.",
        "assumed_evidence": "Takes {name} as known, though it is {evidence}.",
        "assumed_coverage": "Takes the data as measured, though coverage is "
        "{coverage_percent:.0f} %.",
        "assumed_probability": (
            "The probability is not known; the deterministic NPV of {npv_eur:.0f} EUR stands in."
        ),
    }
)


@dataclass(frozen=True)
class VerdictInput:
    """What the rule looks at.

    Attributes
    ----------
    gates : tuple of Gate
        All gates of the place.
    evidence : mapping of str to str
        For each of `DECIDING`: ``known``, ``unknown``, ``derived`` or ``illustrative``.
    coverage_share : float
        Data coverage [0-1].
    p_npv_positive : float or None
        Probability of a positive NPV under the decaying market [0-1]; None if not computed.
    npv_eur : float
        Deterministic NPV under the same market [EUR].
    heat_cost_eur_per_mwh : float
        Median cost of hub heat, net of compute [EUR/MWh].
    heat_pump_eur_per_mwh, gas_boiler_eur_per_mwh : float
        Cost of the same heat, each with its own tariff and tax class [EUR/MWh].
    yearly_loss_eur, total_loss_eur : float
        Largest loss of one year, and loss over the study as worth today; 0 if none [EUR].
    yearly_budget_eur, total_budget_eur : float or None
        Learning budget; None if the study states none [EUR].
    runs : bool
        Whether the hub runs in any year; if not, its heat has no cost, and none is missing.
    """

    gates: tuple[Gate, ...]
    evidence: Mapping[str, str]
    coverage_share: float
    p_npv_positive: float | None
    npv_eur: float
    heat_cost_eur_per_mwh: float
    heat_pump_eur_per_mwh: float
    gas_boiler_eur_per_mwh: float
    yearly_loss_eur: float
    total_loss_eur: float
    yearly_budget_eur: float | None
    total_budget_eur: float | None
    runs: bool = True

    def __post_init__(self) -> None:
        if set(self.evidence) != set(DECIDING):
            raise InvalidInput(f"State the evidence of exactly these: {', '.join(DECIDING)}.")
        for name, evidence in self.evidence.items():
            if evidence not in EVIDENCE:
                raise InvalidInput(f"Evidence of {name} must be one of {', '.join(EVIDENCE)}.")
        within("coverage_share", self.coverage_share, 0.0, 1.0 + 1e-9)
        if self.p_npv_positive is not None:
            within("p_npv_positive", self.p_npv_positive, 0.0, 1.0)
        within_or_missing("yearly_loss_eur", self.yearly_loss_eur, 0.0)
        within_or_missing("total_loss_eur", self.total_loss_eur, 0.0)


@dataclass(frozen=True)
class Thresholds:
    """Limits of the rule, stored in the study [0-1]."""

    npv_probability_share: float
    coverage_share: float


@dataclass(frozen=True)
class Verdict:
    """The verdict and its reasons, the deciding ones first."""

    key: str
    reasons: tuple[Message, ...]


def thresholds(a: Assumptions) -> Thresholds:
    """Return the thresholds of a study."""
    return Thresholds(a["verdict.npv_probability_share"], a["verdict.coverage_share"])


def _reason(key: str, **numbers: float | str) -> Message:
    return message(REASONS, key, **numbers)


def verdict(given: VerdictInput, limits: Thresholds) -> Verdict:
    """Apply the rule of this module."""
    red = [_reason("gate_red", gate=g.key, hint=g.hint) for g in given.gates if g.state == RED]
    if red:
        return Verdict(DO_NOT_BUILD, tuple(red))
    gaps = _gaps(given, limits)
    if gaps or given.p_npv_positive is None:
        return Verdict(NOT_ENOUGH_DATA, tuple(gaps))
    if not given.runs:
        return Verdict(DO_NOT_BUILD, (_reason("never_runs"),))
    likely = given.p_npv_positive >= limits.npv_probability_share
    best = min(given.heat_pump_eur_per_mwh, given.gas_boiler_eur_per_mwh)
    cheap = given.heat_cost_eur_per_mwh <= best
    money = (
        _reason(
            "npv_likely" if likely else "npv_unlikely",
            probability_percent=100.0 * given.p_npv_positive,
            threshold_percent=100.0 * limits.npv_probability_share,
        ),
        _reason(
            "heat_cheaper" if cheap else "heat_dearer",
            hub_eur_per_mwh=given.heat_cost_eur_per_mwh,
            alternative_eur_per_mwh=best,
        ),
    )
    if likely and cheap:
        return Verdict(BUILD, money)
    if given.yearly_budget_eur is None or given.total_budget_eur is None:
        return Verdict(DO_NOT_BUILD, (*money, _reason("no_budget")))
    affordable = (
        given.yearly_loss_eur < given.yearly_budget_eur
        and given.total_loss_eur < given.total_budget_eur
    )
    loss = _reason(
        "within_budget" if affordable else "above_budget",
        yearly_eur=given.yearly_loss_eur,
        total_eur=given.total_loss_eur,
    )
    return Verdict(PILOT_ONLY if affordable else DO_NOT_BUILD, (*money, loss))


def _doubts(given: VerdictInput, gate_reason: str, evidence_reason: str) -> list[Message]:
    """Say for every gate and deciding input that is not known which sentence applies to it."""
    doubts = [_reason(gate_reason, gate=g.key) for g in given.gates if g.state == UNKNOWN]
    return doubts + [
        _reason(evidence_reason, name=name, evidence=given.evidence[name])
        for name in DECIDING
        if given.evidence[name] != "known"
    ]


def _gaps(given: VerdictInput, limits: Thresholds) -> Sequence[Message]:
    gaps = _doubts(given, "gate_unknown", "evidence")
    if given.coverage_share < limits.coverage_share:
        gaps.append(
            _reason(
                "coverage_low",
                coverage_percent=100.0 * given.coverage_share,
                threshold_percent=100.0 * limits.coverage_share,
            )
        )
    if given.p_npv_positive is None:
        gaps.append(_reason("number_missing", name="p_npv_positive"))
    needed: tuple[str, ...] = ("yearly_loss_eur", "total_loss_eur")
    if given.runs:
        costs = ("heat_cost_eur_per_mwh", "heat_pump_eur_per_mwh", "gas_boiler_eur_per_mwh")
        needed = (*costs, *needed)
    gaps += [
        _reason("number_missing", name=name) for name in needed if math.isnan(getattr(given, name))
    ]
    return gaps


def conditional_verdict(given: VerdictInput, limits: Thresholds) -> Verdict:
    """Return what the verdict would be if the labelled assumptions held.

    Deciding inputs count as known, gates without data as passed, coverage as full, and a missing
    probability is replaced by 1 if the deterministic NPV is positive, else 0. Every such step is
    among the reasons. Red gates stay red, and a missing number stays missing.
    """
    assumed = _doubts(given, "assumed_gate", "assumed_evidence")
    if given.coverage_share < limits.coverage_share:
        percent = 100.0 * given.coverage_share
        assumed.append(_reason("assumed_coverage", coverage_percent=percent))
    probability = given.p_npv_positive
    if probability is None and not math.isnan(given.npv_eur):
        probability = 1.0 if given.npv_eur > 0.0 else 0.0
        assumed.append(_reason("assumed_probability", npv_eur=given.npv_eur))
    held = replace(
        given,
        gates=tuple(gate for gate in given.gates if gate.state != UNKNOWN),
        evidence=dict.fromkeys(DECIDING, "known"),
        coverage_share=1.0,
        p_npv_positive=probability,
    )
    answer = verdict(held, limits)
    return Verdict(answer.key, (*answer.reasons, *assumed))
