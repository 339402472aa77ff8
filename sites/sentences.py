"""Sentences that engines send as a key with numbers, in the language of the reader.

The English wording is that of the engines; it stands here again so that it can be translated.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from heatmap.quantities import DASH, count, digits, is_missing, quantity
from sites.words import word

SUBJECTS = {"gate": "gate", "name": "input", "evidence": "nature", "path": "outlook"}

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
    "connection_unpaid": _(
        "The heat pays for at most {limit_m:.0f} m of trench; would qualify {excess_m:.0f} m "
        "nearer."
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
    "shape_red": _(
        "A rectangle of {side_m:.0f} m by {needed_m:.1f} m is needed; the longest that fits is "
        "{missing_m:.1f} m short."
    ),
    "shape_amber": _(
        "Fits within the accuracy of the search, {within_m:.1f} m; have it measured on a plan."
    ),
    "slope_red": _("Would qualify if the ground were levelled to {limit_percent:.0f} %."),
    "slope_amber": _("Needs earthworks; ground counts as level up to {limit_percent:.0f} %."),
    "fire_gap_red": _(
        "Would qualify with {missing_m:.1f} m more between the hub and the nearest building."
    ),
    "fire_gap_amber": _(
        "{missing_m:.1f} m short of the usual gap in the middle of the place; move the hub away "
        "from the building, or plan a fire wall."
    ),
    "noise_red": _(
        "{excess_db:.1f} dB above the {limit_dba:.0f} dB(A) allowed at night at the nearest "
        "dwelling or hospital; would qualify {missing_m:.0f} m further away, or with coolers "
        "of {level_dba:.0f} dB(A) for 500 kW."
    ),
    "noise_quiet": _(
        "{excess_db:.1f} dB above the {limit_dba:.0f} dB(A) allowed at night at the nearest "
        "dwelling or hospital; {missing_m:.0f} m more, or quiet coolers of "
        "{level_dba:.0f} dB(A) for 500 kW, are needed."
    ),
    "noise_amber": _(
        "{excess_db:.1f} dB above what is taken as irrelevant; an expert report or coolers of "
        "{level_dba:.0f} dB(A) for 500 kW are needed."
    ),
    "noise_too_near": _(
        "The dwelling or hospital is nearer than {nearest_m:.0f} m, where the sound of a cooler is not "
        "known; have it calculated."
    ),
    "setback_amber": _(
        "{missing_m:.0f} m too near to a school, day care or hospital; stricter noise limits "
        "hold there, have it examined."
    ),
    "monument_near": _("{missing_m:.0f} m too near to a monument; ask the office for monuments."),
    "protected_red": _(
        "{overlap_m2:.0f} m2 lie inside {constraint}; would qualify if the hub fits on the "
        "remaining {free_m2:.0f} m2 drawn as a place of its own."
    ),
    "protected_amber": _(
        "{overlap_m2:.0f} m2 lie inside {constraint}; keep the hub on the remaining "
        "{free_m2:.0f} m2, or have it examined."
    ),
    "protected_unknown": _(
        "{overlap_m2:.0f} m2 lie inside {constraint}; state the zone, and the gate can be judged."
    ),
    "not_mapped": _(
        "The layer of constraints has none of these areas anywhere in the town; bring them, or "
        "state in the study that there are none."
    ),
    "declared_absent": _("The study states that the town has none of these areas."),
    "no_fluid": _("This technology holds no dielectric fluid."),
    "fluid_forbidden": _(
        "{volume_m3:.1f} m3 of fluid are not allowed inside {constraint}; would qualify with a "
        "technology without dielectric fluid."
    ),
    "fluid_amber": _(
        "{volume_m3:.1f} m3 of fluid inside {constraint}: secondary containment for the whole "
        "volume and a notice to the water authority are needed."
    ),
    "fluid_level": _(
        "{volume_m3:.1f} m3 of fluid are hazard level {level}: an expert has to examine the "
        "plant; two tanks apart would be level {smaller}."
    ),
    "fluid_unknown": _(
        "Hazard level {level}; whether a water protection area or flood area forbids it is not "
        "known."
    ),
    "owner_unknown": _("The owner is not known; add the owner to the parcels."),
    "owner_unlisted": _("The kind of owner {owner} is not in our table; have it judged."),
    "owner_amber": _("Owner: {label}; the parcel is available only by a contract."),
    "gate_off": _("The study does not ask this gate."),
    "zoning_unknown": _("The zoning is not known; add the zoning code to the parcels."),
    "zoning_unlisted": _("The zoning code {zone} is not in our table; have it judged."),
    "zoning_amber": _("{zone} ({label}) allows a hub only by exception; ask the building office."),
    "zoning_red": _("{zone} ({label}) does not allow a hub; would qualify with another plan."),
}
REASONS: dict[str, str | Promise] = {
    "search_cells": _(
        "The town has no layer of parcels. Search cells {cell_m:.0f} m wide are scored in their "
        "place: each is a place to look for a plot, not a plot."
    ),
    "institutions": _(
        "Searched are institutional buildings and heat plants, where water returns, in the place "
        "of parcels: rooms, floors and the way inside are not known."
    ),
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
    "never_runs": _(
        "The hub never runs: in no year do heat and computing earn what the electricity costs."
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


NOTES: dict[str, str | Promise] = {
    "no_pipe": _(
        "For {parcels:.0f} parcels no listed pipe is large enough; they have no connection."
    ),
    "availability": _(
        "Energies, hours and money count {share_percent:.0f} % of the hours as in service, "
        "whatever their price."
    ),
    "wear": _(
        "A shadow cost of {wear_eur_per_mwh:g} EUR/MWh for wear steers the hub and is not booked."
    ),
    "no_heat_sold": _(
        "No heat is sold in {without:.0f} of {projects:.0f} projects; there is no cost of heat."
    ),
    "several_rates": _(
        "Flows that change sign more than once have no single internal rate; the modified rate "
        "stands in."
    ),
    "flow_unknown": _(
        "No plant is known that feeds {length_m:.0f} m of pipes, so the flow in them is not "
        "known; all heat of the customers there is taken as the most a hub could give."
    ),
    "diameters_assumed": _(
        "{pieces:.0f} pieces of pipe have no stated diameter; their heat loss is that of the "
        "smallest pipe that carries their peak."
    ),
    "loops": _(
        "The network has {loops:.0f} loops; water is divided as in the design hour, all year."
    ),
    "starved": _(
        "In {hours:.0f} hours some customer at the end of a long pipe gets water that is too cold."
    ),
    "displaced_unknown": _(
        "What the hub's heat replaces is not known in {months:.0f} of 12 months; its value, and "
        "all that follows from it, is unknown. The hub runs there as beside a gas boiler."
    ),
    "displaced_measured": _(
        "The value of the heat is that of the plants' own marginal costs, month by month."
    ),
    "price_before_start": _(
        "The price is {years:.1f} years older than the first hour; it has decayed by then."
    ),
    "other_computing": _(
        "Other computing is no like-for-like replacement: it needs redundancy, fibre and staff, "
        "and machines that are rented out may not stop."
    ),
    "must_run_unknown": _(
        "For {plants:.0f} plants no heat that must run is stated; none is counted."
    ),
    "mode_best": _("Feeds in {hours:.0f} hours and {heat_mwh:.0f} MWh a year."),
    "mode_worth_less": _("Earns {less_eur:.0f} EUR a year less than the best way."),
    "mode_worth_nothing": _("The heat earns no more than its electricity and the machine cost."),
    "mode_unknown": _("Not known: the network's flow, temperatures or demand are missing here."),
    "mode_nothing_needed": _("In {hours:.0f} of {total_h:.0f} hours nothing is needed downstream."),
    "mode_too_cold": _("In {hours:.0f} of {total_h:.0f} hours the hub is too cold."),
    "mode_flow_cap": _(
        "In {hours:.0f} of {total_h:.0f} hours no water passes or its return may not get warmer."
    ),
    "mode_lift_too_small": _(
        "In {hours:.0f} of {total_h:.0f} hours the lift is too small for a heat pump."
    ),
    "mode_lift_too_large": _(
        "In {hours:.0f} of {total_h:.0f} hours the lift is too large for a heat pump."
    ),
    "mode_sink_too_hot": _(
        "In {hours:.0f} of {total_h:.0f} hours the supply is hotter than a heat pump makes."
    ),
    "route_connected": _("Connected over {length_m:.0f} m of trench."),
    "route_no_street": _("No street is near this parcel; how it would be connected is not known."),
    "route_no_way": _("The streets at this parcel lead to no place of the heat network."),
    "route_nothing_absorbed": _("No place that can be reached takes any heat."),
    "route_heat_unknown": _("What the network can take where this parcel connects is not known."),
    "route_no_pipe": _("No listed pipe is large enough for this hub."),
    "route_too_far": _(
        "Too far: the trench of {length_m:.0f} m pays up to {break_even_m:.0f} m only."
    ),
    "route_straight_line": _(
        "There is no layer of streets: lengths are straight lines times {detour_factor:.2f}."
    ),
    "heat_only": _("The hub only heats; it earns no compute."),
    "fleet": _("A later fleet has the same efficiency and price as the first."),
    "no_halving": _("No halving step is included."),
    "sensitivity": _("Sensitivity: {path} path, not the decaying market of the default."),
    "compute_path": _("Compute path: {label}."),
    "grid_stated": _("The grid operator's layer states this headroom."),
    "grid_hourly": _("Rating less the known load of every hour."),
    "grid_peak": _(
        "Only the peak load is known; it is taken to last all year, so that a flexible connection may get more than is shown."
    ),
    "grid_no_rating": _("The rating of the grid node is not known."),
    "grid_no_load": _("The load of the grid node is not known."),
    "grid_no_station": _("No substation is known that could supply {needed_kw:.0f} kW."),
    "grid_too_large": _(
        "Above {limit_kw:.0f} kW a connection to the high-voltage grid is needed, which is not judged here."
    ),
    "flow_voltage_low": _("{value_pu:.3f} pu at bus {place}, {limit_pu:.2f} pu needed."),
    "flow_voltage_high": _("{value_pu:.3f} pu at bus {place}, {limit_pu:.2f} pu allowed."),
    "flow_line": _(
        "Line {place} is loaded to {value_percent:.0f} %, {limit_percent:.0f} % allowed."
    ),
    "flow_trafo": _(
        "Transformer {place} is loaded to {value_percent:.0f} %, {limit_percent:.0f} % allowed."
    ),
    "flow_none": _("No power flow is found: the voltage collapses."),
    "flow_largest": _("Nothing is exceeded up to {limit_kw:.0f} kW, the most that was asked for."),
    "flow_without_hub": _("Already without the hub a limit is exceeded: {what}"),
    "flow_outage": _("With {branch} out of service: {what}"),
    "flow_islands": _(
        "{branches:.0f} outages cut the hub off until it is switched over; they set no limit here."
    ),
    "flow_worse_before": _(
        "{branches:.0f} outages exceed a limit without the hub as well; they set no limit here."
    ),
    "verify_not_supplied": _("{consumers:.0f} consumers are not connected to the first plant."),
    "verify_pressure_high": _(
        "{pressure_bar:.1f} bar at node {node:.0f}, {limit_bar:.1f} bar allowed."
    ),
    "verify_pressure_low": _(
        "Only {pressure_bar:.1f} bar at node {node:.0f}, {limit_bar:.1f} bar needed."
    ),
    "verify_head_low": _(
        "Only {head_bar:.2f} bar difference at the consumer of node {node:.0f}, {limit_bar:.2f} needed."
    ),
    "verify_velocity": _(
        "{velocity_m_per_s:.2f} m/s in pipe {pipe:.0f}, {limit_m_per_s:.1f} m/s allowed."
    ),
    "verify_supply_cold": _(
        "Only {supply_degc:.1f} degC at the consumer of node {node:.0f}, {limit_degc:.1f} degC needed."
    ),
}

CONSTRAINTS = {
    "water": _("water"),
    "forest": _("forest"),
    "flood": _("a flood area"),
    "flood_extreme": _("the flood area of an extreme flood"),
    "water_protection": _("a water protection area without a stated zone"),
    "water_protection_inner": _("water protection zone I or II"),
    "water_protection_outer": _("water protection zone III"),
    "nature_reserve": _("a nature reserve"),
    "landscape": _("a landscape protection area"),
    "monument": _("a protected monument"),
    "contaminated": _("contaminated ground"),
}
TENS = 10
SHARES = ("temperature", "temperatures", "heat_uptake", "uptake")


class _Shown(float):
    """A number that writes itself in the active language, whatever format is asked for."""

    def __format__(self, spec: str) -> str:
        value = float(self)
        is_whole = spec == ".0f" and (abs(value) >= TENS or value == round(value))
        return count(value) if is_whole else digits(value, 3)


OF_SOLVERS = (
    gettext_noop(
        "This part of the network has no plant, or several; the second opinion needs one."
    ),
    gettext_noop("No power flow is found for the grid model as it is."),
    gettext_noop(
        "The flows of the consumers do not settle in the second opinion; a supply as cold as the "
        "return is the usual cause."
    ),
    gettext_noop(
        "The hub and the other plants give more heat than the network takes in this hour, so that "
        "the first plant would run backwards; compute it with less heat."
    ),
    gettext_noop(
        "The second opinion found no flow for this network; look for pipes that are far too small "
        "or temperatures that do not fit."
    ),
    gettext_noop(
        "No water returns past the hub in this hour, so that it can warm none; choose a place "
        "with consumers behind it."
    ),
    gettext_noop("No consumer that the first plant reaches takes heat in this hour."),
)
"""What second opinions refuse with, here so that it is translated; `said` finds it."""


def said(text: object) -> str:
    """Translate texts that Heathub gave itself; other people's texts stay as they are."""
    return gettext(str(text)) if text else ""


def _shown(name: str, value: Any) -> Any:
    """Write one value of a sentence: keys as words, numbers with the reader's separators."""
    if name in SUBJECTS:
        return word(value, SUBJECTS[name])
    if name == "label":
        return said(value)
    if name == "constraint":
        return str(CONSTRAINTS.get(str(value), value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name.endswith(("_eur", "_eur_per_mwh")):
            return _Shown(f"{value:.3g}")
        return _Shown(value)
    return value


def _fill(template: object, values: Mapping[str, Any], fallback: str) -> str:
    shown = {name: _shown(name, value) for name, value in values.items()}
    try:
        return str(template).format(**shown).replace(" m2", " m²")
    except (KeyError, ValueError, IndexError):
        return fallback


def hint(gate: Mapping[str, Any]) -> str:
    """What would have to change for the gate to be met; nothing for one that is."""
    key, english = gate.get("hint_key") or "", str(gate.get("hint") or "")
    if key == "passes":
        return ""
    if key not in HINTS:
        return english
    return _fill(HINTS[key], gate.get("hint_values") or {}, english)


def reason(message: Any, gates: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Say one reason of a verdict or one note of the engines; plain text passes through.

    `gates` are those of the place, by key: a reason that names a red gate repeats its hint.
    """
    if not isinstance(message, Mapping):
        return said(message)
    key, values = message.get("key"), dict(message.get("numbers") or {})
    text = str(message.get("text") or "")
    template = REASONS.get(str(key), NOTES.get(str(key)))
    if template is None:
        return text
    gate = (gates or {}).get(str(values.get("gate")))
    if gate is not None and "hint" in values:
        values["hint"] = hint(gate)
    return _fill(template, values, text)


def reasons(given: Iterable[Mapping[str, Any]], parcel: Mapping[str, Any]) -> list[str]:
    """Say all reasons of a verdict of a place."""
    gates = {gate["key"]: gate for gate in parcel.get("gates") or []}
    return [reason(one, gates) for one in given]


def gate_value(gate: Mapping[str, Any], name: str) -> str:
    """Write the measured value or the threshold of a gate."""
    value = gate.get(name)
    if is_missing(value):
        return DASH
    if gate["key"] == "municipality":
        return gettext("yes") if value else gettext("no")
    unit = str(gate.get("unit") or "")
    if gate["key"] in SHARES and unit in ("-", ""):
        unit = "share"
    return quantity(value, unit, 2 if unit == "share" else 3)


def gaps(reasons: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Sort what a verdict lacks: gates without data, inputs by evidence, missing numbers."""
    found: dict[str, list[str]] = {}
    for given in reasons:
        values = given.get("numbers") or {}
        if given["key"] in ("gate_unknown", "assumed_gate"):
            found.setdefault("gate", []).append(str(values.get("gate")))
        elif given["key"] in ("evidence", "assumed_evidence"):
            found.setdefault(str(values.get("evidence")), []).append(str(values.get("name")))
        elif given["key"] == "number_missing":
            found.setdefault("number", []).append(str(values.get("name")))
    return found
