"""What a parcel's result says of its connection: the way, the modes, and what limits the hub."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import DASH, count, digits, is_missing, quantity
from sites.sentences import reason
from sites.words import word

GROUNDS = ("inner_city", "outer_city", "park")


def network_findings(result: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the page shows; None for runs made before connections followed streets."""
    way = result.get("connection") or {}
    if "modes" not in way:
        return None
    return {
        "said": reason(way["said"]),
        "facts": _facts(way),
        "modes": [_mode(mode) for mode in way["modes"]],
        "title": _title(way),
        "limits": _limits(result["limits"]),
        "flow_known": way["flow_known"],
    }


def _title(way: dict[str, Any]) -> str:
    if way["mode"] == "none":
        return _("No way of feeding in earns anything here")
    return _("Best way of feeding in: %(mode)s") % {"mode": word(way["mode"], "mode")}


def _facts(way: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of everything about the connection, in the order of the way."""
    behind = quantity(way["behind_mwh_per_a"], "MWh/a")
    if not way["flow_known"] and not is_missing(way["behind_mwh_per_a"]):
        behind = _("at most %(heat)s, the flow is not known") % {"heat": behind}
    crossings = _("%(rivers)s water, %(railways)s railway") % {
        "rivers": count(way["river_crossings"] or 0),
        "railways": count(way["rail_crossings"] or 0),
    }
    return [
        (_("Trench"), quantity(way["length_m"], "m")),
        (_("Of that unpaved"), quantity(way["length_by_area_m"]["park"], "m")),
        (_("Crossings"), crossings),
        (_("Pays up to a length of"), quantity(way["break_even_m"], "m")),
        (_("Nominal diameter"), quantity(way["dn_mm"], "mm")),
        (_("Water out and back"), _temperatures(way)),
        (_("Cools down on the way by"), quantity(way["supply_drop_k"], "K", 2)),
        (_("Heat loss"), quantity(way["loss_kw"], "kW", 2)),
        (_("Pump"), quantity(way["pump_kw"], "kW", 2)),
        (_("Pressure to overcome"), _bar(way["head_pa"])),
        (_("Most heat fed in"), quantity(way["peak_kw"], "kW")),
        (_("Heat pump"), quantity(way["heat_pump_kwth"] or None, "kW")),
        (_("Heat of the customers behind the place"), behind),
        (_("Customers behind the place"), count(way["customers_behind"])),
    ]


def _bar(pressure_pa: float | None) -> str:
    return DASH if pressure_pa is None else f"{digits(pressure_pa / 1e5, 2)} bar"


def _temperatures(way: dict[str, Any]) -> str:
    if is_missing(way["feed_degc"]):
        return DASH
    return f"{quantity(way['feed_degc'], 'degC')} / {quantity(way['back_degc'], 'degC')}"


def _mode(mode: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": word(mode["mode"], "mode"),
        "chosen": mode["chosen"],
        "hours": count(mode["hours"]),
        "heat": quantity(mode["heat_mwh"], "MWh/a"),
        "power": quantity(mode["power_mwh"] or None, "MWh/a"),
        "worth": quantity(mode["worth_eur_per_a"], "EUR/a"),
        "reasons": [reason(each) for each in mode["reasons"]],
    }


def _limits(limits: dict[str, Any]) -> list[dict[str, Any]]:
    """Say how much each thing takes from the full heat; the one that takes most is marked."""
    full, takes, given = (
        limits[key] or 0.0 for key in ("full_heat_mwh", "takeable_mwh", "delivered_mwh")
    )
    of_hub = given - (limits["heat_pump_mwh"] or 0.0)
    rows = [
        {
            "label": _("Temperature"),
            "text": _(
                "In %(possible)s of %(wanted)s hours in which heat is needed it can be fed in."
            )
            % {
                "possible": count(limits["hours_possible"]),
                "wanted": count(limits["hours_wanted"]),
            },
            "left": _share(limits["hours_possible"], limits["hours_wanted"]),
        },
        {
            "label": _("Network"),
            "text": _("It takes %(takes)s of the %(full)s that the hub can give.")
            % {"takes": quantity(takes, "MWh/a"), "full": quantity(full, "MWh/a")},
            "left": _share(takes, full),
        },
        {
            "label": _("Electricity grid"),
            "text": _headroom(limits),
            "left": _share(limits["headroom_kw"], limits["needed_kw"]),
        },
        {
            "label": _("Prices"),
            "text": _("In the first year it pays to feed in %(given)s of that.")
            % {"given": quantity(of_hub, "MWh/a")},
            "left": _share(of_hub, takes),
        },
    ]
    if limits["pipe_used_share"] is not None:
        rows.append(
            {
                "label": _("Pipe of the network"),
                "text": _("At its peak it carries %(share)s of what it can; the hub adds nothing.")
                % {"share": quantity(limits["pipe_used_share"], "share", 2)},
                "left": None,
            }
        )
    known = [row["left"] for row in rows if row["left"] is not None]
    tightest = min(known, default=1.0)
    for row in rows:
        row["is_tightest"] = row["left"] is not None and row["left"] == tightest < 1.0
        row["width"] = "0" if row["left"] is None else f"{100.0 * row['left']:.1f}"
        row["share"] = DASH if row["left"] is None else quantity(row["left"], "share", 2)
    return rows


def _share(part: float | None, whole: float | None) -> float | None:
    if is_missing(part) or is_missing(whole) or not whole:
        return None
    return max(0.0, min(1.0, float(part or 0.0) / float(whole)))


def _headroom(limits: dict[str, Any]) -> str:
    if is_missing(limits["headroom_kw"]):
        return _("The headroom of the substation is not known; %(needed)s are needed.") % {
            "needed": quantity(limits["needed_kw"], "kW")
        }
    spare = limits["headroom_kw"] - limits["needed_kw"]
    values = {
        "needed": quantity(limits["needed_kw"], "kW"),
        "headroom": quantity(limits["headroom_kw"], "kW"),
        "spare": quantity(abs(spare), "kW"),
    }
    if spare >= 0:
        return _("%(needed)s needed, %(headroom)s always free: %(spare)s to spare.") % values
    return _("%(needed)s needed, %(headroom)s always free: %(spare)s are missing.") % values
