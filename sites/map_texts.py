"""What the map's script says, translated here so that it travels with the page."""

from typing import Any

from django.utils.translation import gettext as _

from sites.words import VERDICTS


def map_texts() -> dict[str, Any]:
    return {
        "missing": _("missing"),
        "close": _("Close"),
        "rank": _("Rank"),
        "score": _("Score"),
        "refused": _("refused"),
        "verdict": _("Verdict"),
        "coverage": _("Rests on data"),
        "ref": _("Reference"),
        "open": _("Question this parcel"),
        "verdicts": {key: str(label) for key, label in VERDICTS.items()},
        "controls": {
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "AttributionControl.ToggleAttribution": _("Sources of the map"),
            "Map.Title": _("Map"),
            "ScaleControl.Feet": "ft",
            "ScaleControl.Meters": "m",
            "ScaleControl.Kilometers": "km",
            "ScaleControl.Miles": "mi",
        },
    }
