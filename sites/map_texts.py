"""What the scripts of map and charts say, translated here so that it travels with the page."""

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


def chart_texts() -> dict[str, str]:
    return {
        "supply": _("Supply"),
        "return": _("Return"),
        "available": _("What the hub can give"),
        "used": _("Heat used"),
        "rejected": _("Heat rejected"),
        "price": _("Electricity price"),
        "needed": _("Heat needed here"),
        "hoursOfYear": _("hours of the year, sorted"),
        "free": _("Free at the substation"),
        "drawn": _("Drawn by machines and heat pump"),
        "failed": _("The hourly series could not be loaded. Reload the page to try again."),
    }
