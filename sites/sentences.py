"""Sentences that engines send as a key with numbers, in the language of the reader.

The English wording is that of the engines; it stands here again so that it can be translated.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.words import word

HINTS: dict[str, str | Promise] = {
    "passes": _("Nothing to mend."),
    "no_data": _("There is no data for this; supply it and the gate can be judged."),
    "area_red": _(
        "Would qualify with {missing_m2:.0f} m2 more, or with at most {largest_kw:.0f} kW."
    ),
    "area_too_small": _("Would qualify with {missing_m2:.0f} m2 more."),
    "area_amber": _("Tight: {missing_m2:.0f} m2 more would leave room for access and fire gaps."),
    "connection_red": _(
        "Would qualify if the network came {excess_m:.0f} m nearer, to at most {limit_m:.0f} m."
    ),
    "connection_amber": _(
        "{excess_m:.0f} m longer than is usual for this power; have the pipe calculated "
        "before going on."
    ),
    "temperature_red": _(
        "The hub can give heat in none of the hours; would qualify with a hotter coolant, a "
        "heat pump, or a colder network."
    ),
    "temperature_amber": _(
        "Feasible in {share_percent:.0f} % of the hours in which heat is wanted; "
        "{threshold_percent:.0f} % are expected."
    ),
    "headroom_red": _("Would qualify with {missing_kw:.0f} kW more headroom."),
    "headroom_amber": _("Firm, but tight: {missing_kw:.0f} kW more headroom would make it green."),
    "headroom_flexible": _(
        "{missing_kw:.0f} kW short of a firm connection; a flexible one would let "
        "{share_percent:.0f} % of the energy through."
    ),
    "headroom_flexible_unknown": _(
        "{missing_kw:.0f} kW short of a firm connection; what a flexible one would let "
        "through is not known."
    ),
    "uptake_red": _(
        "Would qualify if the network took {missing_mwh_per_a:.0f} MWh/a more of the heat."
    ),
    "uptake_amber": _(
        "{missing_mwh_per_a:.0f} MWh/a more uptake, or a smaller hub, would make it green."
    ),
    "outside_municipality": _("The place lies outside the municipality; it can never qualify."),
    "constraint_red": _(
        "{overlap_m2:.0f} m2 lie inside {constraint}; would qualify if the hub fits on the "
        "remaining {free_m2:.0f} m2 drawn as a place of its own."
    ),
    "constraint_amber": _(
        "{overlap_m2:.0f} m2 lie inside {constraint}; keep the hub on the remaining "
        "{free_m2:.0f} m2, or have it examined."
    ),
    "zoning_unknown": _("The zoning is not known; add the zoning code to the parcels."),
    "zoning_unlisted": _("The zoning code {zone} is not in our table; have it judged."),
    "zoning_amber": _("{zone} ({label}) allows a hub only by exception; ask the building office."),
    "zoning_red": _("{zone} ({label}) does not allow a hub; would qualify with another plan."),
}
REASONS: dict[str, str | Promise] = {
    "gate_red": _("The gate {gate} is red: {hint}"),
    "gate_unknown": _("The gate {gate} cannot be judged."),
    "evidence": _("The input {name} is {evidence}."),
    "coverage_low": _(
        "Only {coverage_percent:.0f} % of the weight rests on measured data; "
        "{threshold_percent:.0f} % are needed."
    ),
    "number_missing": _("The rule needs {name}, which is not known."),
    "npv_likely": _(
        "NPV is positive with a probability of {probability_percent:.0f} %; "
        "{threshold_percent:.0f} % are needed."
    ),
    "npv_unlikely": _(
        "NPV is positive with a probability of only {probability_percent:.0f} %; "
        "{threshold_percent:.0f} % are needed."
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
    "assumed_coverage": _(
        "Takes the data as measured, though coverage is {coverage_percent:.0f} %."
    ),
    "assumed_probability": _(
        "The probability is not known; the deterministic NPV of {npv_eur:.0f} EUR stands in."
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
        return str(template).format(**_named(values)).replace("m2 ", "m² ")
    except (KeyError, ValueError, IndexError):
        return fallback


def hint(gate: Mapping[str, Any]) -> str:
    """What would have to change for the gate to be met."""
    key = gate.get("hint_key", "")
    if key == "passes":
        return ""
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
