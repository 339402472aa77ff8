"""The words for keys that appear in results: gates, criteria, verdicts, parts of sums."""

from django.utils.functional import Promise
from django.utils.translation import gettext
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
    "connection": _("Distance to the heat network"),
    "connection_length": _("Distance to the heat network"),
    "heat_uptake": _("Heat the network takes"),
    "municipality": _("Inside the municipality"),
    "heat": _("Heat that can be used"),
    "slope": _("Slope"),
    "water": _("Water"),
    "water_protection": _("Water protection"),
    "forest": _("Forest"),
    "nature": _("Nature protection"),
    "flood": _("Flood area"),
    "noise": _("Noise at night"),
    "dwelling": _("Distance to dwellings"),
    "zoning": _("Zoning"),
    "ownership": _("Ownership"),
    "constraints": _("Protected areas"),
    "monument": _("Monument protection"),
    "contaminated": _("Contaminated ground"),
    "shape": _("Room for a container"),
    "fire_gap": _("Gap to the nearest building"),
    "setback": _("Distance to schools, day care and hospitals"),
    "fluid": _("Dielectric fluid and water law"),
}
CRITERIA: dict[str, str | Promise] = {
    "npv_per_kw": _("Net present value per kW"),
    "heat_used_share": _("Share of the heat that is used"),
    "lcoh_gap": _("Cost of heat beside the best alternative"),
    "headroom_ratio": _("Headroom over need"),
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
    "dependence_share": _("Part of the peak load that hangs on the hub"),
}
CRITERION_GROUPS: dict[str, str | Promise] = {
    "heat": _("Heat"),
    "grid": _("Electricity grid"),
    "money": _("Money"),
    "environment": _("Environment and law"),
    "town": _("Town"),
    "resilience": _("Resilience"),
}
STATES: dict[str, str | Promise] = {
    "green": _("met"),
    "amber": _("close"),
    "red": _("not met"),
    "unknown": _("unknown"),
    "not_applicable": _("not asked"),
}
MODES: dict[str, str | Promise] = {
    "none": _("none"),
    "return_preheat": _("raises the return"),
    "supply_direct": _("feeds the supply directly"),
    "supply_lift": _("feeds the supply through a heat pump"),
    "supply_series": _("feeds the supply through heat exchanger and heat pump"),
    "subnet": _("feeds a low-temperature subnet"),
    # of runs made before
    "direct_supply": _("feeds the supply"),
}
PARTS: dict[str, str | Promise] = {
    "hub": _("Hub"),
    "miners": _("Computers"),
    "connection": _("Connection pipe"),
    "grid": _("Grid connection"),
    "planning": _("Planning"),
    "asic": _("Computers"),
    "container": _("Container and tanks"),
    "dry_cooler": _("Dry cooler"),
    "exchanger": _("Heat exchanger"),
    "heat_pump": _("Heat pump"),
    "pipe": _("Connection pipe"),
    "transformer": _("Transformer"),
    "civil": _("Civil works"),
    "controls": _("Controls"),
    "contingency": _("Contingency"),
    "cable": _("Electricity cable"),
    "land": _("Land"),
    "it": _("Electricity of the computers"),
    "auxiliary": _("Pumps and controls"),
    "pipe_loss": _("Lost in the connection pipe"),
    "uncaptured": _("Not captured at the computers"),
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
LEVELS: dict[str, str | Promise] = {
    "lv_feeder": _("low voltage, from a cable in the street"),
    "lv_station": _("low voltage, by a cable of its own from the station"),
    "mv_feeder": _("medium voltage, looped into a cable that passes"),
    "mv_station": _("medium voltage, by a cable of its own from the primary substation"),
    "unknown": _("unknown"),
}
SCREENING: dict[str, str | Promise] = {
    "green": _("green: firm, with room to spare"),
    "amber": _("amber: firm, but tight"),
    "flexible": _("flexible: if it may be turned down"),
    "red": _("red: only with reinforcement"),
    "unknown": _("unknown"),
}
CONGESTION: dict[str, str | Promise] = {
    "surplus": _("surplus of generation: one more load relieves the grid"),
    "neutral": _("neutral"),
    "deficit": _("deficit of generation: one more load raises redispatch"),
    "unknown": _("not known on which side of congestion"),
}
GROUPS: dict[str, str | Promise] = {
    "network": _("Heat network"),
    "connection": _("Connection"),
    "hub": _("Hub"),
    "grid": _("Electricity grid"),
    "demand": _("Heat demand"),
    "search": _("Search cells"),
    "heat": _("Heat"),
    "money": _("Money"),
    "futures": _("Futures"),
    "carbon": _("Emissions"),
    "economics": _("Money"),
    "compute": _("Compute"),
    "score": _("Scoring"),
    "gate": _("Gates"),
    "fluid": _("Dielectric fluid"),
    "siting": _("Robustness, set and next hub"),
    "gates": _("Gates"),
    "weight": _("Weights"),
    "verdict": _("Verdict"),
    "heat_pump": _("Large heat pump"),
    "boiler": _("Gas boiler"),
    "gas_boiler": _("Gas boiler"),
    "tariff": _("Tariff"),
    "dispatch": _("Dispatch"),
    "noise": _("Noise"),
    "subnet": _("Low-temperature subnet"),
    "inertia": _("Thermal inertia"),
    "surplus": _("Surplus heat"),
    "cycling": _("Wear by switching"),
    "reserve": _("Reserve fund"),
    "contract": _("Electricity contracts"),
}
INPUTS: dict[str, str | Promise] = {
    "grid_offer": _("grid operator's offer"),
    "offtake_contract": _("heat offtake contract"),
    "temperature_letter": _("vendor's temperature letter"),
    "heat": _("heat demand"),
    "headroom": _("grid headroom"),
    "temperatures": _("network temperatures"),
    "displaced_source": _("displaced heat source"),
    "p_npv_positive": _("probability of a positive net present value"),
    "heat_cost_eur_per_mwh": _("cost of hub heat"),
    "heat_pump_eur_per_mwh": _("cost of heat-pump heat"),
    "gas_boiler_eur_per_mwh": _("cost of boiler heat"),
    "yearly_loss_eur": _("largest loss of a year"),
    "total_loss_eur": _("loss in all"),
    "prices": _("prices"),
    "network": _("heat network"),
    "dwellings": _("dwellings"),
    "owners": _("owners of the parcels"),
    "high_load_windows": _("high-load windows"),
}
# labels of the tables of the engines, which stay in English there
CATALOGUE_LABELS = (
    _("Immersion in oil (Bitmain)"),
    _("Immersion in oil (Bitdeer tank)"),
    _("Water-cooled plates (Antspace)"),
    _("Water-cooled plates (MicroBT container)"),
    _("Water-cooled plates at high temperature (M63S class)"),
    _("Two-phase immersion"),
    _("Air-cooled with a coil"),
    _("Electric boiler without computers"),
    _("Germany 2026, medium voltage, no privilege"),
    _("Germany 2026, large heat pump, medium voltage"),
    _("Finland from 1 July 2026, data centre, tax class I"),
    _("Finland 2026, large heat pump, tax class II"),
    # zoning and owners
    _("Industrial area"),
    _("Commercial area"),
    _("Special area"),
    _("Core area"),
    _("Urban area"),
    _("Mixed area"),
    _("Village area"),
    _("Village housing area"),
    _("General housing"),
    _("Special housing"),
    _("Small holdings"),
    _("Pure housing"),
    _("Outside the built-up area"),
    _("Industrial area without disturbance"),
    _("Utility area"),
    _("Business area"),
    _("Centre"),
    _("Housing"),
    _("Industry"),
    _("Technical installations"),
    _("Business with little disturbance"),
    _("Offices"),
    _("Business area, class 3"),
    _("Business area, class 4"),
    _("Business area, class 5"),
    _("Mixed housing and business"),
    _("Municipality"),
    _("Municipal utility"),
    _("Other public body"),
    _("Private with an option to lease"),
    _("Private without an option"),
    _("Germany 2026, electric boiler, medium voltage"),
    _("Finland 2026, electric boiler in district heating, tax class II"),
    _("Sweden 2026, data centre, full energy tax, high voltage"),
    _("Sweden 2026, large heat pump in district heating, full energy tax"),
    _("Sweden 2026, electric boiler in district heating, full energy tax"),
    _("Denmark 2026, data centre, general electricity tax, 10 kV"),
    _("Denmark 2026, large heat pump in district heating, minimum rate"),
    _("Denmark 2026, electric boiler in district heating, minimum rate"),
    _("Norway, data centre"),
)
OUTLOOKS: dict[str, str | Promise] = {
    "market": _("market"),
    "network": _("network"),
    "flat": _("flat"),
    "none": _("none"),
}
ALL = {
    "level": LEVELS,
    "screening": SCREENING,
    "congestion": CONGESTION,
    "outlook": OUTLOOKS,
    "input": INPUTS,
    "verdict": VERDICTS,
    "gate": GATES,
    "criterion": CRITERIA,
    "criterion_group": CRITERION_GROUPS,
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
    if found is not None:
        return str(found)
    if subject == "gate" and str(key).startswith("constraint:"):
        name = str(key).removeprefix("constraint:")
        return gettext("Limit: %(name)s") % {"name": str(GATES.get(name, plain(name)))}
    return plain(key)


def group_label(key: str) -> str:
    return str(GROUPS.get(key, plain(key)))
