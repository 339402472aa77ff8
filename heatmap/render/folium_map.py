"""A run as one HTML file that opens without a network: the only importer of folium.

folium escapes nothing and links to content networks; here every text is escaped before it is
handed over, and Leaflet is written into the page.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from folium.template import Template

from heatmap.quantities import DASH, quantity
from heatmap.render.map_features import (
    bounds_of,
    candidates_drawn,
    cells_drawn,
    drawable,
    harmless,
    of_kind,
    styled,
)
from heatmap.render.palette import colours

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
GUESSED = ("derived", "illustrative")
GROUND = {"water": "map-water", "forest": "map-forest"}


class _Verbatim(Element):
    """Text for the page that folium must not read as a template."""

    _template = Template("{{ this.content }}")

    def __init__(self, content: str) -> None:
        super().__init__()
        self.content = content


class _Credit(MacroElement):
    """Sources and licences, without Leaflet's own link, and a metric scale."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {{ this._parent.get_name() }}.attributionControl
                .setPrefix(false).addAttribution({{ this.credit|tojson }});
            L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, credit: str) -> None:
        super().__init__()
        self.credit = credit


def _vendored(name: str) -> str:
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    return (VENDOR / manifest[name]).read_text(encoding="utf-8")


def _leaflet_head() -> str:
    style = re.sub(r"url\([^)]*\)", "none", _vendored("leaflet.css"))
    script = _vendored("leaflet.js").replace("</script", "<\\/script")
    script = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", script)
    return f"<style>{style}</style>\n<script>{script}</script>"


def _layer(name: str, kind: str, features: list[dict[str, Any]], labels: dict[str, str]) -> Any:
    """Make a layer of the map; `labels` name the values shown when a thing is pointed at."""
    hint = None
    if labels:
        hint = folium.GeoJsonTooltip(
            list(labels), [harmless(text) for text in labels.values()], sticky=False
        )
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=harmless(name),
        marker=folium.CircleMarker(radius=6),
        tooltip=hint,
        style_function=lambda feature: feature["properties"]["style"],
        smooth_factor=0.5,
        interactive=bool(labels),
        embed=True,
        zoom_on_click=False,
        show=True,
        control=kind != "plants",
    )


def _verdict(doc: dict[str, Any]) -> str:
    first = next((p for p in doc.get("parcels") or [] if p.get("rank") == 1), None)
    words = {
        "build": _("build"),
        "pilot_only": _("pilot only"),
        "not_enough_data": _("not enough data"),
        "do_not_build": _("do not build"),
    }
    key = str((first or {}).get("verdict") or "do_not_build")
    return f"{_('Verdict')}: {words.get(key, key)}"


def _overlay(doc: dict[str, Any], breaks: list[float], guessed: bool) -> str:
    c = colours()
    town = doc["municipality"]
    ends = (_("little"), _("much"))
    if breaks:
        ends = (f"< {quantity(breaks[0], 'MWh/a', 2)}", f"> {quantity(breaks[-1], 'MWh/a', 2)}")
    marks = [
        {"label": _("refused"), "colour": "url(#hh-refused)", "dash": None},
        {"label": _("building"), "colour": c["map-building-line"], "dash": None},
        {
            "label": _("heat pipe (derived)") if guessed else _("heat pipe"),
            "colour": c["supply"],
            "dash": "6 3" if guessed else "",
        },
        {"label": _("heating plant"), "colour": c["map-plant"], "dash": None},
        {"label": _("substation"), "colour": c["map-grid"], "dash": None, "round": True},
        {"label": _("water"), "colour": c["map-water"], "dash": None},
        {"label": _("forest"), "colour": c["map-forest"], "dash": None},
        {"label": _("other limits"), "colour": c["map-protect"], "dash": None},
    ]
    made = str(doc.get("created_at") or "")[:10]
    values = {
        "title": _("Heat from computing in %(town)s") % {"town": town["name"]},
        "verdict": _verdict(doc),
        "run": doc["run"],
        "date": date_format(_day(made), "DATE_FORMAT") if made else DASH,
        "watermark": _("method demonstration, not advice on this place")
        if town.get("is_demo")
        else "",
        "scores": [c[f"score-{k}"] for k in range(1, 6)],
        "heats": [c[f"heat-{k}"] for k in range(1, 7)],
        "heat_ends": ends,
        "marks": marks,
        "kept_at_home": [_(name) for name in doc.get("kept_at_home", ())],
        "ink": c["ink"],
        "quiet": c["ink-3"],
        "ground": c["map-ground"],
        "surface": c["surface"],
        "accent": c["accent"],
        "refused_ground": c["surface-3"],
    }
    return render_to_string("heatmap/stand_alone_map.html", values)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _attribution(doc: dict[str, Any]) -> str:
    """Name source and licence of every layer once."""
    named = {
        f"{layer.get('source') or DASH} ({layer.get('licence') or DASH})": None
        for layer in doc.get("layers") or []
    }
    return harmless(" · ".join(named))


def _settle(element: Any, name: str = "heathub") -> None:
    """Give every part of the page a name of its place, where folium draws lots."""
    element._id = name  # noqa: SLF001  branca has no other door
    for k, child in enumerate(element._children.values()):  # noqa: SLF001
        _settle(child, f"{name}_{k}")


def render_map(
    doc: dict[str, Any],
    features: Mapping[str, Any] | Iterable[dict[str, Any]],
    language: str = "en",
) -> str:
    """Draw a run as a page of its own.

    Parameters
    ----------
    doc
        The run document.
    features
        GeoJSON features, or their FeatureCollection, in longitude and latitude;
        ``properties.kind`` names the layer,
        candidates are joined by ``properties.ref``. Only what may leave the house belongs here.
    language
        Language of the words.
    """
    with translation.override(language):
        found = features["features"] if isinstance(features, Mapping) else features
        return _page(doc, [one for f in found for one in drawable(f)], language)


def _page(doc: dict[str, Any], features: list[dict[str, Any]], language: str) -> str:
    c = colours()
    cells, breaks = cells_drawn(of_kind(features, "heat_demand"))
    pipes = of_kind(features, "pipes")
    guessed = any(f["properties"].get("nature") in GUESSED for f in pipes)
    name = {"name": _("Name")}

    def ground(properties: dict[str, Any]) -> dict[str, Any]:
        colour = c[GROUND.get(str(properties.get("constraint_kind")), "map-protect")]
        return {
            "color": colour,
            "weight": 2,
            "fill": not properties["line"],
            "fillColor": colour,
            "fillOpacity": 1,
        }

    def pipe(properties: dict[str, Any]) -> dict[str, Any]:
        dash = "6 4" if properties.get("nature") in GUESSED else None
        return {"color": c["supply"], "weight": 2.5, "dashArray": dash, "opacity": 1, "fill": False}

    def solid(colour: str) -> Any:
        filled = {"fill": True, "fillColor": colour, "fillOpacity": 1}
        return lambda _properties: {"color": colour, "weight": 2, "opacity": 1, **filled}

    def street(_properties: dict[str, Any]) -> dict[str, Any]:
        return {"color": c["surface"], "weight": 3, "opacity": 1, "fill": False}

    candidate_labels = {
        "name": _("Place"),
        "rank": _("Rank"),
        "score": _("Score"),
        "coverage": _("Rests on data"),
        "power": _("Power"),
        "used": _("Heat used"),
        "pipe": _("Pipe to the network"),
        "cost": _("Cost of heat, heat only"),
        "why": _("Ruled out, and why"),
    }
    layers = (
        (_("Limits"), "constraints", styled(of_kind(features, "constraints"), "c", ground), name),
        (_("Streets"), "streets", styled(of_kind(features, "streets"), "s", street), {}),
        (
            _("Heat demand per hectare"),
            "heat_demand",
            cells,
            {"demand": _("Heat demand"), "buildings": _("Buildings")},
        ),
        (
            _("Buildings"),
            "buildings",
            styled(of_kind(features, "buildings"), "b", solid(c["map-building-line"])),
            name,
        ),
        (_("Heat pipes"), "pipes", styled(pipes, "l", pipe), {}),
        (
            _("Heating plants"),
            "plants",
            styled(of_kind(features, "plants"), "h", solid(c["map-plant"])),
            name,
        ),
        (
            _("Substations"),
            "substations",
            styled(of_kind(features, "substations"), "u", solid(c["map-grid"])),
            name,
        ),
        (
            _("Candidates"),
            "parcels",
            candidates_drawn(doc, of_kind(features, "parcels")),
            candidate_labels,
        ),
    )
    sheet = folium.Map(location=[0, 0], tiles=None, prefer_canvas=False, max_zoom=20)
    sheet.default_js, sheet.default_css = [], []
    page = sheet.get_root()
    if not isinstance(page, Figure):
        raise TypeError("a map is drawn on a page of its own")
    page.title = harmless(
        _("Heat from computing in %(town)s") % {"town": doc["municipality"]["name"]}
    )
    for label, kind, drawn, labels in layers:
        if drawn:
            sheet.add_child(_layer(label, kind, drawn, labels))
    sheet.add_child(folium.LayerControl(collapsed=False))
    bounds = bounds_of(features)
    if bounds:
        sheet.fit_bounds(bounds, padding=(30, 30))
    page.header.add_child(_Verbatim(_leaflet_head()), name="leaflet")
    page.html.add_child(_Verbatim(_overlay(doc, breaks, guessed)), name="overlay")
    sheet.add_child(_Credit(_attribution(doc)))
    _settle(page)
    written = page.render()
    return written.replace("<html>", f'<html lang="{language}">', 1)
