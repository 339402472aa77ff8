"""Gates, hints and reasons of a run as sentences in the reader's language.

The engines give a key, the numbers and the English sentence; here the sentence is translated and
its numbers are written as everywhere else.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from engines.scoring.gates import HINTS
from engines.scoring.verdict import REASONS
from heatmap.quantities import DASH, digits, is_missing, quantity
from sites.words import GATES, plain, word

SHARES = ("temperature", "temperatures", "heat_uptake", "uptake")

INPUTS: Mapping[str, Any] = {
    "grid_offer": gettext_lazy("offer of the grid operator"),
    "offtake_contract": gettext_lazy("contract for the heat"),
    "temperature_letter": gettext_lazy("temperature letter of the vendor"),
    "heat": gettext_lazy("heat demand"),
    "headroom": gettext_lazy("grid headroom"),
    "temperatures": gettext_lazy("network temperatures"),
    "displaced_source": gettext_lazy("displaced heat source"),
    "p_npv_positive": gettext_lazy("probability of a gain"),
    "heat_cost_eur_per_mwh": gettext_lazy("cost of the hub's heat"),
    "heat_pump_eur_per_mwh": gettext_lazy("cost of heat from a heat pump"),
    "gas_boiler_eur_per_mwh": gettext_lazy("cost of heat from a gas boiler"),
    "yearly_loss_eur": gettext_lazy("loss in a year"),
    "total_loss_eur": gettext_lazy("loss in all"),
}
MORE_GATES: Mapping[str, Any] = {
    "heat_uptake": gettext_lazy("Heat the network takes"),
    "municipality": gettext_lazy("Inside the municipality"),
}
CONSTRAINTS = (gettext_noop("water"), gettext_noop("forest"))


class _Shown(float):
    """A number that writes itself in the active language, whatever format is asked for."""

    def __format__(self, spec: str) -> str:
        return digits(float(self), 3)


def gate_label(key: str) -> str:
    if key.startswith("constraint:"):
        return _("Limit: %(name)s") % {"name": _(key.partition(":")[2] or "?")}
    found = GATES.get(key, MORE_GATES.get(key))
    return str(found) if found is not None else plain(key)


def input_label(key: str) -> str:
    return str(INPUTS.get(key, plain(key)))


def gate_value(gate: Mapping[str, Any], name: str) -> str:
    """Write the measured value or the threshold of a gate."""
    value = gate.get(name)
    if is_missing(value):
        return DASH
    if gate["key"] == "municipality":
        return _("yes") if value else _("no")
    unit = str(gate.get("unit") or "")
    if gate["key"] in SHARES and unit in ("-", ""):
        unit = "share"
    return quantity(value, unit, 2 if unit == "share" else 3)


def _filled(template: str, values: Mapping[str, Any], otherwise: str) -> str:
    shown = {
        key: _Shown(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for key, value in values.items()
    }
    try:
        return _(template).format(**shown).replace(" m2", " m²")
    except (KeyError, IndexError, ValueError):
        return otherwise


def hint(gate: Mapping[str, Any]) -> str:
    """Return what would make the gate green."""
    key, values = gate.get("hint_key") or "", dict(gate.get("hint_values") or {})
    english = str(gate.get("hint") or "")
    if key not in HINTS:
        return _(english) if english else DASH
    if "constraint" in values:
        values["constraint"] = _(str(values["constraint"]) or "?")
    return _filled(HINTS[key], values, english)


def reason(given: Mapping[str, Any], gates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return one reason of a verdict as a sentence."""
    key, values = given.get("key") or "", dict(given.get("numbers") or {})
    english = str(given.get("text") or "")
    if key not in REASONS:
        return english
    if "gate" in values:
        gate = gates.get(str(values["gate"]))
        if gate is not None and "hint" in values:
            values["hint"] = hint(gate)
        values["gate"] = gate_label(str(values["gate"]))
    if "name" in values:
        values["name"] = input_label(str(values["name"]))
    if "evidence" in values:
        values["evidence"] = word(values["evidence"], "nature")
    return _filled(REASONS[key], values, english)


def gaps(verdict: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sort what a verdict lacks: gates without data, inputs by evidence, missing numbers."""
    found: dict[str, list[str]] = {}
    for given in verdict.get("reasons") or []:
        values = given.get("numbers") or {}
        if given["key"] in ("gate_unknown", "assumed_gate"):
            found.setdefault("gate", []).append(str(values.get("gate")))
        elif given["key"] in ("evidence", "assumed_evidence"):
            found.setdefault(str(values.get("evidence")), []).append(str(values.get("name")))
        elif given["key"] == "number_missing":
            found.setdefault("number", []).append(str(values.get("name")))
    return found
