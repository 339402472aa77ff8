"""Sentences that engines send as a key with numbers, in the language of the reader.

The English wording is that of the engines; it stands here again so that it can be translated.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.words import word

HINTS: dict[str, str | Promise] = {
    "passes": "",
    "no_data": _("No data: this cannot be judged yet."),
    "area_too_small": _("Too small for any hub; {missing_m2:.0f} m² more would be needed."),
    "area_red": _(
        "{missing_m2:.0f} m² too small; as it is, a hub of up to {largest_kw:.0f} kW would fit."
    ),
    "area_amber": _("Tight: with {missing_m2:.0f} m² more there would be ample room."),
    "connection_red": _(
        "{excess_m:.0f} m farther from the network than the limit of {limit_m:.0f} m."
    ),
    "connection_amber": _("{excess_m:.0f} m longer than usual for a hub of this power."),
    "temperature_red": _("The hub is never hot enough; a heat pump would be needed."),
    "temperature_amber": _(
        "Hot enough in {share_percent:.0f} % of the hours with demand; "
        "{threshold_percent:.0f} % would be comfortable."
    ),
    "headroom_amber": _("Enough, but {missing_kw:.0f} kW short of a comfortable margin."),
    "headroom_flexible": _(
        "Short by {missing_kw:.0f} kW, but a flexible connection would let through "
        "{share_percent:.0f} % of the energy."
    ),
    "headroom_flexible_unknown": _(
        "Short by {missing_kw:.0f} kW; whether a flexible connection would do is not known."
    ),
    "headroom_red": _("Would qualify with {missing_kw:.0f} kW more headroom."),
    "uptake_red": _("The network takes too little: {missing_mwh_per_a:.0f} MWh a year are missing."),
    "uptake_amber": _(
        "The network takes a part only: {missing_mwh_per_a:.0f} MWh a year more would be good."
    ),
    "outside_municipality": _("Lies outside the municipality."),
    "constraint_red": _("{overlap_m2:.0f} m² lie in an excluded area; {free_m2:.0f} m² are free."),
    "constraint_amber": _(
        "{overlap_m2:.0f} m² lie in a restricted area; {free_m2:.0f} m² are free."
    ),
}
REASONS: dict[str, str | Promise] = {
    "gate_red": _("The gate {gate} is not met: {hint}"),
    "gate_unknown": _("The gate {gate} cannot be judged."),
    "evidence": _("The input {name} is {evidence}."),
    "coverage_low": _(
        "Only {coverage_percent:.0f} % of the weight rests on measured data; "
        "{threshold_percent:.0f} % are needed."
    ),
    "number_missing": _("The rule needs {name}, which is not known."),
    "npv_likely": _(
        "The net present value is positive with a probability of {probability_percent:.0f} %; "
        "{threshold_percent:.0f} % are needed."
    ),
    "npv_unlikely": _(
        "The net present value is positive with a probability of only "
        "{probability_percent:.0f} %; {threshold_percent:.0f} % are needed."
    ),
    "heat_cheaper": _(
        "Hub heat costs {hub_eur_per_mwh:.1f} EUR/MWh, the best alternative "
        "{alternative_eur_per_mwh:.1f} EUR/MWh."
    ),
    "heat_dearer": _(
        "Hub heat costs {hub_eur_per_mwh:.1f} EUR/MWh, more than the best alternative at "
        "{alternative_eur_per_mwh:.1f} EUR/MWh."
    ),
    "within_budget": _(
        "The loss, {yearly_eur:.0f} EUR in a year and {total_eur:.0f} EUR in all, stays below "
        "the learning budget."
    ),
    "above_budget": _(
        "The loss, {yearly_eur:.0f} EUR in a year and {total_eur:.0f} EUR in all, exceeds the "
        "learning budget."
    ),
    "no_budget": _("No learning budget is stated."),
    "assumed_gate": _("Assumes that the gate {gate}, which cannot be judged, is passed."),
    "assumed_evidence": _("Takes {name} as known, though it is {evidence}."),
    "assumed_coverage": _("Takes the data as measured, though coverage is {coverage_percent:.0f} %."),
    "assumed_probability": _(
        "The probability is not known; the deterministic net present value of {npv_eur:.0f} EUR "
        "stands in."
    ),
}


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Replace keys among the values by words."""
    named = dict(values)
    for name, subject in (("gate", "gate"), ("name", "input"), ("evidence", "nature")):
        if name in named:
            named[name] = word(named[name], subject)
    return named


def _fill(template: object, values: Mapping[str, Any], fallback: str) -> str:
    try:
        return str(template).format(**_named(values))
    except (KeyError, ValueError, IndexError):
        return fallback


def hint(gate: Mapping[str, Any]) -> str:
    """What would have to change for the gate to be met."""
    key = gate.get("hint_key", "")
    if key not in HINTS:
        return gate.get("hint") or ""
    return _fill(HINTS[key], gate.get("hint_values") or {}, gate.get("hint") or "")


def reason(message: Any) -> str:
    """Say one reason of a verdict; plain text passes through."""
    if isinstance(message, str):
        return message
    values = message.get("numbers") or message.get("values") or {}
    text = message.get("text") or ""
    return _fill(REASONS[message["key"]], values, text) if message.get("key") in REASONS else text
