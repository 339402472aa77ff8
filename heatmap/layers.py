"""The registry of layer kinds: one frozen record says how a kind is tiled, drawn and explained."""

from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engines.tables import registry
from heatmap.choices import LayerKind
from heatmap.models import (
    Building,
    Constraint,
    Feeder,
    GridModelPart,
    HeatDemandCell,
    HeatLine,
    Parcel,
    Pipe,
    Plant,
    Street,
    Substation,
)

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Property:
    """One value of a feature that travels in the tile."""

    column: str
    label: Text
    unit: str = ""
    words: bool = False  # the value is a word of a closed set, shown translated
    lean: bool = False  # needed to draw it from far away, where other values stay behind
    expression: str = ""  # SQL of a value that follows from others where it is not stated itself


@dataclass(frozen=True, slots=True)
class Thinning:
    """Below `zoom` only features whose `column` holds one of these words are in a tile."""

    zoom: int
    column: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """How one kind of layer is drawn. Lower `order` lies further down on the map."""

    kind: LayerKind
    model: type[Model]
    properties: tuple[Property, ...]
    shape: str  # area, line
    order: int
    min_zoom: int = 9
    max_zoom: int = 17
    visible: bool = True
    palette: str = ""  # first part of the names of the colour tokens
    breaks: tuple[float, ...] = ()
    breaks_property: str = ""
    breaks_unit: str = ""
    group: str = "context"
    note: Text = field(default="")
    total: str = ""  # the column that adds up where features are shown together
    thinning: tuple[Thinning, ...] = ()
    norm: tuple[float, ...] = ()  # classes fixed by a source, for `breaks_property`
    norm_source: Text = ""
    per_ha: bool = False  # aggregated cells show `total` per hectare, on the same classes

    @property
    def kinds_column(self) -> str:
        """The column whose words a person may switch on and off; empty where there is none."""
        words = (p.column for p in self.properties if p.words and p.column != "storeys_assumed")
        return next(words, "")


_NAME = Property("name", _("Name"))
_AREA = Property("area_m2", _("Area"), "m2")
_LENGTH = Property("length_m", _("Length"), "m")
_DEMAND = Property("heat_demand_mwh_per_a", _("Heat demand"), "MWh/a", lean=True)
_MAIN_ROADS = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
)  # fmt: skip
_ROADS = (*_MAIN_ROADS, "secondary_link", "tertiary", "tertiary_link", "unclassified")
_RULES = registry("assumptions")
_KW_PER_KVA = _RULES["grid.loading_max_share"].value * _RULES["grid.power_factor"].value
HEADROOM_SQL = f"coalesce(f.firm_headroom_kw, {_KW_PER_KVA} * f.rating_kva - f.peak_load_kw)"
"""What the owner of the grid states; else as `engines.grid.hosting.firm_headroom_kw` has it, with
the usual assumptions."""

_HEADROOM = Property(
    "firm_headroom_kw", _("Firm headroom"), "kW", lean=True, expression=HEADROOM_SQL
)
PETA_CLASSES = (56.0, 139.0, 333.0, 833.0)
"""20, 50, 120 and 300 TJ/(km2 a) in MWh/(ha a): 1 TJ/km2 = 277.8 MWh / 100 ha."""

RECORDS: tuple[LayerRecord, ...] = (
    LayerRecord(
        LayerKind.CONSTRAINTS,
        Constraint,
        (_NAME, Property("constraint_kind", _("Kind"), words=True, lean=True), _AREA),
        "area",
        order=10,
        group="context",
    ),
    LayerRecord(
        LayerKind.HEAT_DEMAND,
        HeatDemandCell,
        (_DEMAND, Property("buildings", _("Buildings"))),
        "area",
        order=20,
        visible=False,
        palette="heat",
        breaks=PETA_CLASSES,
        breaks_property="heat_demand_mwh_per_a",
        breaks_unit="MWh/(ha a)",
        group="demand",
        total="heat_demand_mwh_per_a",
        norm=PETA_CLASSES,
        norm_source=_("heat density classes of the Pan-European Thermal Atlas"),
        per_ha=True,
    ),
    LayerRecord(
        LayerKind.HEAT_LINES,
        HeatLine,
        (
            _NAME,
            Property(
                "linear_density_mwh_per_m_a", _("Linear heat density"), "MWh/(m a)", lean=True
            ),
            _DEMAND,
            Property("buildings", _("Buildings")),
            _LENGTH,
        ),
        "line",
        order=35,
        visible=False,
        palette="heat",
        breaks=(0.7, 1.5, 2.0),
        norm=(0.7, 1.5, 2.0),
        norm_source=_("suitability classes of the German guide to heat planning, 2024"),
        breaks_property="linear_density_mwh_per_m_a",
        breaks_unit="MWh/(m a)",
        group="demand",
        total="heat_demand_mwh_per_a",
        per_ha=True,
    ),
    LayerRecord(
        LayerKind.STREETS,
        Street,
        (_NAME, Property("street_kind", _("Kind"), words=True, lean=True), _LENGTH),
        "line",
        order=30,
        min_zoom=11,
        group="context",
        thinning=(Thinning(12, "street_kind", _MAIN_ROADS), Thinning(13, "street_kind", _ROADS)),
    ),
    LayerRecord(
        LayerKind.BUILDINGS,
        Building,
        (
            _NAME,
            Property("use", _("Use"), words=True),
            _DEMAND,
            _AREA,
            Property("storeys", _("Storeys")),
            Property("storeys_assumed", _("Storeys assumed"), words=True),
        ),
        "area",
        order=40,
        min_zoom=12,
        palette="heat",
        breaks=(50, 150, 400, 1000, 2500),
        breaks_property="heat_demand_mwh_per_a",
        breaks_unit="MWh/a",
        group="demand",
        total="heat_demand_mwh_per_a",
        per_ha=True,
    ),
    LayerRecord(
        LayerKind.PIPES,
        Pipe,
        (
            _NAME,
            Property("dn_mm", _("Nominal diameter"), "mm", lean=True),
            _LENGTH,
            Property("flow_share", _("Share of the network's heat"), "share"),
            Property("supply_degc", _("Supply temperature"), "degC", lean=True),
            Property("return_degc", _("Return temperature"), "degC"),
        ),
        "line",
        order=50,
        group="network",
    ),
    LayerRecord(
        LayerKind.PARCELS,
        Parcel,
        (
            _NAME,
            Property("parcel_kind", _("Kind"), words=True),
            _AREA,
            Property("zoning", _("Zoning"), words=True),
            Property("ownership", _("Ownership"), words=True),
            Property("price_eur_per_m2", _("Land price"), "EUR/m2"),
        ),
        "area",
        order=60,
        palette="score",
        breaks=(0.2, 0.4, 0.6, 0.8),
        group="parcels",
        total="area_m2",
    ),
    LayerRecord(
        LayerKind.FEEDERS,
        Feeder,
        (
            _NAME,
            Property("rating_kva", _("Rating"), "kVA"),
            Property("peak_load_kw", _("Peak load"), "kW"),
            Property("voltage_kv", _("Voltage"), "kV"),
            _HEADROOM,
            _LENGTH,
        ),
        "line",
        order=65,
        group="grid",
    ),
    LayerRecord(
        LayerKind.GRID_MODEL,
        GridModelPart,
        (
            _NAME,
            Property("part_kind", _("Kind"), words=True),
            Property("voltage_kv", _("Voltage"), "kV"),
            Property("rating_kva", _("Rating"), "kVA"),
            _LENGTH,
        ),
        "line",
        order=64,
        visible=False,
        group="grid",
    ),
    LayerRecord(
        LayerKind.SUBSTATIONS,
        Substation,
        (
            _NAME,
            Property("rating_kva", _("Rating"), "kVA"),
            Property("peak_load_kw", _("Peak load"), "kW"),
            Property("voltage_kv", _("Voltage"), "kV"),
            _HEADROOM,
        ),
        "area",
        order=70,
        group="grid",
    ),
    LayerRecord(
        LayerKind.PLANTS,
        Plant,
        (
            _NAME,
            Property("plant_kind", _("Kind"), words=True),
            Property("fuel", _("Fuel"), words=True),
            Property("capacity_kw", _("Thermal capacity"), "kW"),
        ),
        "area",
        order=80,
        group="network",
    ),
)
BY_KIND: dict[str, LayerRecord] = {record.kind.value: record for record in RECORDS}

GROUPS: tuple[tuple[str, Text], ...] = (
    ("parcels", _("Parcels")),
    ("demand", _("Heat demand")),
    ("network", _("Heat network")),
    ("grid", _("Electricity grid")),
    ("context", _("Surroundings")),
)

WORDS: dict[str, Text] = {
    "unknown": _("unknown"),
    "True": _("yes"),
    "true": _("yes"),
    "false": _("no"),
    "False": _("no"),
    "car_park": _("car park"),
    "parking": _("car park"),
    "industrial": _("industrial area"),
    "brownfield": _("brownfield"),
    "search_cell": _("search cell"),
    "bus": _("bus"),
    "line": _("line"),
    "trafo": _("transformer"),
    "noise_sensitive": _("sensitive to noise"),
    "heat_and_power": _("combined heat and power"),
    "unheated": _("unheated"),
    "culture": _("culture"),
    "public": _("public building"),
    "forest": _("forest"),
    "wood": _("forest"),
    "water": _("water"),
    "meadow": _("meadow"),
    "grass": _("grass"),
    "park": _("park"),
    "farmland": _("farmland"),
    "scrub": _("scrub"),
    "flood": _("flood area"),
    "flood_extreme": _("flood area of an extreme flood"),
    "water_protection_inner": _("water protection zone I or II"),
    "water_protection_outer": _("water protection zone III"),
    "landscape": _("landscape protection area"),
    "contaminated": _("contaminated ground"),
    "monument": _("monument"),
    "other": _("other"),
    "uploaded": _("uploaded"),
    "sports": _("sports"),
    "hotel": _("hotel"),
    "heat_pump": _("heat pump"),
    "waste_heat": _("waste heat"),
    "solar": _("solar heat"),
    "geothermal": _("geothermal heat"),
    "nature_reserve": _("nature reserve"),
    "water_protection": _("water protection zone"),
    "boiler": _("gas boiler"),
    "market_decay": _("decaying market"),
    "market": _("decaying market"),
    "flat": _("flat market"),
    "immersion_oil": _("immersion in oil"),
    "temperatures": _("temperatures"),
    "displaced_source": _("displaced heat source"),
    "high_load_windows": _("high-load windows of the network"),
    "headroom": _("grid headroom"),
    "prices": _("prices"),
    "heating_plant": _("heating plant"),
    "heat_plant": _("heating plant"),
    "chp": _("combined heat and power"),
    "gas": _("natural gas"),
    "yes": _("building"),
    "university": _("university"),
    "office": _("offices"),
    "commercial": _("commercial"),
    "retail": _("retail"),
    "residential": _("residential"),
    "apartments": _("flats"),
    "house": _("house"),
    "school": _("school"),
    "kindergarten": _("kindergarten"),
    "hospital": _("hospital"),
    "service": _("service road"),
    "footway": _("footway"),
    "path": _("path"),
    "track": _("track"),
    "cycleway": _("cycleway"),
    "steps": _("steps"),
    "trunk": _("trunk road"),
    "trunk_link": _("slip road"),
    "primary_link": _("slip road"),
    "tertiary_link": _("slip road"),
    "primary": _("main road"),
    "secondary": _("secondary road"),
    "tertiary": _("local road"),
    "unclassified": _("minor road"),
    "living_street": _("living street"),
    "pedestrian": _("pedestrian zone"),
}
