"""The words for keys that appear in results: gates, criteria, verdicts, parts of sums."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERDICTS: dict[str, str | Promise] = {
    "build": _("build"),
    "pilot_only": _("pilot only"),
    "pilot": _("pilot only"),
    "not_enough_data": _("not enough data"),
    "do_not_build": _("do not build"),
}
GATES: dict[str, str | Promise] = {
    "area": _("Size of the parcel"),
    "headroom": _("Grid headroom"),
    "grid": _("Grid headroom"),
    "temperature": _("Temperatures"),
    "temperatures": _("Temperatures"),
    "distance": _("Distance to the heat network"),
    "connection": _("Connection to the heat network"),
    "connection_length": _("Distance to the heat network"),
    "heat": _("Heat that can be used"),
    "slope": _("Slope"),
    "water": _("Water"),
    "water_protection": _("Water protection"),
    "forest": _("Forest"),
    "nature": _("Nature protection"),
    "flood": _("Flood area"),
    "noise": _("Noise at the nearest dwelling"),
    "dwelling": _("Distance to dwellings"),
    "zoning": _("Zoning"),
    "ownership": _("Ownership"),
    "constraints": _("Protected areas"),
}
CRITERIA: dict[str, str | Promise] = {
    "heat_used": _("Heat used"),
    "heat": _("Heat used"),
    "used_heat": _("Heat used"),
    "linear_heat_density": _("Linear heat density"),
    "connection": _("Connection to the heat network"),
    "connection_length": _("Length of the connection"),
    "headroom": _("Firm grid headroom"),
    "grid_distance": _("Distance to the substation"),
    "npv": _("Net present value"),
    "lcoh": _("Cost of heat"),
    "temperature": _("Hours at temperature"),
    "area": _("Size of the parcel"),
    "zoning": _("Zoning"),
    "ownership": _("Ownership"),
    "noise": _("Distance to dwellings"),
    "dwelling_distance": _("Distance to dwellings"),
}
STATES: dict[str, str | Promise] = {
    "green": _("met"),
    "amber": _("close"),
    "red": _("not met"),
    "unknown": _("unknown"),
}
MODES: dict[str, str | Promise] = {
    "return_boost": _("raises the return"),
    "return_to_return": _("return to return"),
    "return_to_supply": _("return to supply"),
    "supply": _("feeds the supply"),
    "heat_pump": _("lifted by a heat pump"),
}
PARTS: dict[str, str | Promise] = {
    "hub": _("Hub"),
    "miners": _("Computers"),
    "connection": _("Connection pipe"),
    "grid": _("Grid connection"),
    "planning": _("Planning and reserve"),
    "connection_loss": _("Lost in the connection pipe"),
    "auxiliaries": _("Pumps and controls"),
}
NATURES: dict[str, str | Promise] = {
    "measured": _("measured"),
    "uploaded": _("uploaded"),
    "derived": _("derived"),
    "illustrative": _("illustrative"),
    "assumed": _("assumed"),
    "unknown": _("unknown"),
    "computed": _("computed"),
}
TAGS: dict[str, str | Promise] = {
    "S": _("sourced"),
    "E": _("estimate"),
    "C": _("computed"),
    "U": _("set here"),
}
GROUPS: dict[str, str | Promise] = {
    "network": _("Heat network"),
    "connection": _("Connection"),
    "hub": _("Hub"),
    "grid": _("Electricity grid"),
    "demand": _("Heat demand"),
    "money": _("Money"),
    "economics": _("Money"),
    "compute": _("Compute"),
    "score": _("Scoring"),
    "gate": _("Gates"),
    "gates": _("Gates"),
    "weight": _("Weights"),
    "verdict": _("Verdict"),
    "heat_pump": _("Large heat pump"),
    "boiler": _("Gas boiler"),
    "gas_boiler": _("Gas boiler"),
    "tariff": _("Tariff"),
    "dispatch": _("Dispatch"),
}
ALL = {
    "verdict": VERDICTS,
    "gate": GATES,
    "criterion": CRITERIA,
    "state": STATES,
    "mode": MODES,
    "part": PARTS,
    "nature": NATURES,
    "tag": TAGS,
}


def plain(key: object) -> str:
    """Fall back for keys without a word: readable, never raw."""
    text = str(key or "").replace("_", " ").replace(".", ": ")
    return text[:1].upper() + text[1:]


def word(key: object, subject: str) -> str:
    found = ALL[subject].get(str(key))
    return str(found) if found is not None else plain(key)


def group_label(key: str) -> str:
    return str(GROUPS.get(key, plain(key)))
