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
        "size": _("Size of the hub"),
        "connection": _("Way to the network"),
        "heatUsed": _("Heat used"),
        "noise": _("Heard within"),
        "absorbable": _("Absorbable heat then"),
        "headroom": _("Grid headroom then"),
        "legend": _legend_texts(),
        "hours": _hours_texts(),
        "search": {
            "found": _("%(n)s places found; arrow keys choose one."),
            "foundNothing": _("Nothing of that name."),
        },
        "tools": _tools_texts(),
        "area": _area_texts(),
        "measure": {
            "length": _("Length"),
            "area": _("Area"),
            "beyond": _("not within the town's grid"),
            "begin": _("Set points on the map; click the last one again to end."),
        },
        "coords": {
            "east": _("E"),
            "north": _("N"),
            "degreesEast": _("E"),
            "copy": _(
                "Click to copy the middle of the map; right click on the map copies a place."
            ),
            "copied": _("Copied"),
        },
        "toolbar": {
            "linkCopied": _("The link is copied. Who opens it sees exactly this map."),
            "linkInBar": _("The address bar now holds the link to exactly this map."),
        },
        "print": {
            "mapOf": _("Map of %(town)s"),
            "printed": _("Printed on"),
            "sources": _("Sources"),
        },
        "still": {
            "pictureOf": _("Picture of the town with its layers and parcels"),
            "noWebgl": _(
                "This browser cannot draw the map (WebGL is off). The picture shows the same "
                "layers; the list leads to all numbers."
            ),
        },
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


def _legend_texts() -> dict[str, str]:
    return {
        "under": _("under %(n)s"),
        "andMore": _("%(n)s and more"),
        "refused": _("refused"),
        "missing": _("missing"),
        "temperatureUnknown": _("temperature unknown"),
        "return": _("return"),
        "classes": _("Classes"),
        "dashed": _("Dashed: derived."),
        "flow": _("Arrows: the way of the supply."),
        "addedUp": _("Squares: too many to show one by one, added up."),
        "addedAll": _("Squares count hidden kinds too; zoom in to see the filter."),
        "headroomNone": _("nothing left"),
        "headroomLittle": _("under %(n)s kW"),
        "headroomEnough": _("%(n)s kW and more"),
        "moved": _("%(name)s is now number %(place)s of %(all)s, counted from the top."),
        "noKinds": _("The kinds did not come. Close and open this part again."),
    }


def _hours_texts() -> dict[str, str]:
    return {
        "wholeYear": _("whole year"),
        "wholeDay": _("whole day"),
        "oclock": _("h"),
        "demandSays": _("Demand is then %(n)s percent of the mean of the year."),
        "absorbableSays": _("On the short-list the network can then take %(low)s to %(high)s."),
        "headroomSays": _("On the short-list the grid can then give %(low)s to %(high)s."),
        "noRun": _("Needs a finished run."),
    }


def _tools_texts() -> dict[str, Any]:
    corners = _("Set corners by click, or move the map and press Enter. Escape stops.")
    return {
        "stopped": _("Drawing stopped."),
        "how": {
            "lasso": _("Draw around the area with the button held down. Escape stops."),
            "box": _("Draw from corner to corner, or move the map and press Enter twice."),
            "line": corners,
            "ring": corners,
        },
    }


def _area_texts() -> dict[str, Any]:
    return {
        "sums": {
            "heat_demand_mwh_per_a": _("heat demand"),
            "area_m2": _("area"),
            "length_m": _("length"),
            "firm_headroom_kw": _("firm headroom"),
            "capacity_kw": _("capacity"),
        },
        "areaSize": _("Area"),
        "linearDensity": _("Linear heat density"),
        "linearDensityHow": _("demand of the buildings for each metre of pipe"),
        "unknownOf": _("%(n)s of %(all)s unknown, not counted as zero"),
        "takeHome": _("Take home"),
        "areaHow": _(
            "Buildings, parcels and substations count where their middle lies; pipes with their "
            "length inside; demand cells with the share of their area."
        ),
        "chooseFirst": _("Choose something on the map first."),
        "failed": _("The sums could not be worked out. Please try again."),
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
