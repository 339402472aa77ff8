"""What the map paints with and its legend says: one table, read by both.

Colours are names of tokens (static/css/tokens.css); numbers of a layer's own classes are stored
with its version.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from heatmap.layers import PETA_CLASSES, LayerRecord, Text
from heatmap.models import LayerVersion

METHODS: dict[str, Text] = {
    "norm": _("fixed classes"),
    "natural": _("natural breaks"),
    "quantiles": _("equal counts"),
}
USUAL_HEADROOM_KW = 500.0
"""What a small hub draws; where a run is shown, the need of its hub stands instead."""

LEAST_HEADROOM_KW = 0.5
TEMPERATURE_BREAKS = (70.0, 90.0, 110.0)
"""Supply temperatures of the fourth, third and second generation of heat networks."""

RAMP_COLOURS = {"heat": 6, "score": 5}

CATEGORIES: dict[str, tuple[str, tuple[tuple[tuple[str, ...], str, Text, bool], ...]]] = {
    "constraints": (
        "constraint_kind",
        (
            (("water",), "map-water", _("water"), False),
            (("forest", "wood"), "map-forest", _("forest"), False),
            (
                ("grass", "meadow", "park", "farmland", "scrub", "heath", "green"),
                "map-open",
                _("open land"),
                False,
            ),
            (("residential", "noise_sensitive"), "map-housing", _("housing"), False),
            ((), "map-protect", _("protected or excluded"), True),
        ),
    ),
}
"""Per kind of layer: the property, and words, colour, label and whether it is hatched; the entry
without words stands for all others."""


def _ramp(palette: str, count: int) -> list[str]:
    """Name `count` colours of a ramp, its first and last among them."""
    last = RAMP_COLOURS[palette] - 1
    places = [round(i * last / max(1, count - 1)) for i in range(count)]
    return [f"{palette}-{place + 1}" for place in places]


def _stored_methods(record: LayerRecord, version: LayerVersion) -> list[dict[str, Any]]:
    stored = version.classes.get("methods") or {}
    if record.norm:
        stored = {**stored, "norm": list(record.norm)}
    found = [
        {
            "key": key,
            "label": str(label),
            "source": str(record.norm_source) if key == "norm" else "",
            "breaks": stored[key],
            "colours": _ramp(record.palette, len(stored[key]) + 1),
        }
        for key, label in METHODS.items()
        if stored.get(key)
    ]
    return found or [
        {
            "key": "fixed",
            "label": str(METHODS["norm"]),
            "source": "",
            "breaks": list(record.breaks),
            "colours": _ramp(record.palette, len(record.breaks) + 1),
        }
    ]


def _fixed(breaks: list[float], colours: list[str], source: Text) -> list[dict[str, Any]]:
    label = str(METHODS["norm"])
    one = {"key": "fixed", "label": label, "source": str(source)}
    return [one | {"breaks": breaks, "colours": colours}]


def classes_of(
    record: LayerRecord, version: LayerVersion, needed_kw: float | None
) -> dict[str, Any] | None:
    """Return property, unit and methods by which a layer is classed; None where it is not."""
    kind = record.kind.value
    if kind == "parcels":
        methods = _fixed(list(record.breaks), _ramp("score", len(record.breaks) + 1), "")
        return {
            "property": "score",
            "unit": "",
            "label": str(_("Score, 0 to 1")),
            "methods": methods,
        }
    if kind == "pipes":
        source = _("generations of heat networks by supply temperature")
        methods = _fixed(list(TEMPERATURE_BREAKS), [f"temp-{i}" for i in range(1, 5)], source)
        return _named(record, "supply_degc", "degC", methods)
    if kind in ("substations", "feeders"):
        source = _("what the hub of the shown run draws") if needed_kw else _("a hub of 500 kW")
        breaks = [LEAST_HEADROOM_KW, needed_kw or USUAL_HEADROOM_KW]
        methods = _fixed(breaks, ["bad", "warn", "good"], source)
        return _named(record, "firm_headroom_kw", "kW", methods)
    if not record.breaks_property:
        return None
    methods = _stored_methods(record, version)
    return _named(record, record.breaks_property, record.breaks_unit, methods)


def _named(
    record: LayerRecord, column: str, unit: str, methods: list[dict[str, Any]]
) -> dict[str, Any]:
    label = next(p.label for p in record.properties if p.column == column)
    return {"property": column, "unit": unit, "label": str(label), "methods": methods}


COUNT_BREAKS = (2.0, 10.0, 50.0, 250.0)


def cells_of(record: LayerRecord) -> dict[str, Any]:
    """Return how the sums of a tile that cannot show every feature are painted."""
    if record.per_ha:
        return {
            "property": "per_ha",
            "unit": "MWh/(ha a)",
            "label": str(_("Heat demand")),
            "perYear": True,
            "breaks": list(PETA_CLASSES),
            "colours": _ramp("heat", len(PETA_CLASSES) + 1),
        }
    return {
        "property": "features",
        "unit": "",
        "label": str(_("Number")),
        "perYear": False,
        "breaks": list(COUNT_BREAKS),
        "colours": [f"count-{i}" for i in range(1, len(COUNT_BREAKS) + 2)],
    }


def categories_of(record: LayerRecord) -> dict[str, Any] | None:
    """Return property and entries by which a layer's kinds are painted; None where they are not."""
    if record.kind.value not in CATEGORIES:
        return None
    column, entries = CATEGORIES[record.kind.value]
    return {
        "property": column,
        "entries": [
            {"words": list(words), "colour": colour, "label": str(label), "hatched": hatched}
            for words, colour, label, hatched in entries
        ],
    }
