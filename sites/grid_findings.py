"""What a parcel's result says of its connection to the grid, and what a second opinion adds."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import DASH, digits, is_missing, quantity
from sites.sentences import reason, said
from sites.words import word

SAME_KW = 0.5


def grid_findings(result: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the page shows; None for runs made before voltages were told apart."""
    grid = result.get("grid") or {}
    if "screening" not in grid:
        return None
    return {
        "title": _title(grid),
        "said": reason(grid["said"]),
        "screening": grid["screening"],
        "node": _node(grid),
        "power": _power(grid),
        "sharing": _sharing(grid),
        "others": grid.get("shared_with") or [],
        "side": word(grid["congestion_side"], "congestion"),
    }


def _title(grid: dict[str, Any]) -> str:
    titles = {
        "green": _("The grid has firm room for the hub"),
        "amber": _("The grid has just enough firm room for the hub"),
        "flexible": _("The grid has room for the hub if it may be turned down"),
        "red": _("The grid has no room for the hub without reinforcement"),
    }
    return titles.get(grid["screening"], _("Whether the grid has room for the hub is not known"))


def _node(grid: dict[str, Any]) -> list[tuple[str, str]]:
    transformers = DASH
    if not is_missing(grid["transformers"]):
        transformers = (
            f"{grid['transformers']:.0f} × {quantity(grid['transformer_kva'], 'kVA', 4)}"
            if grid["transformers"]
            else _("none of its own")
        )
    lead = grid["lead_months"]
    return [
        (_("Connection"), word(grid["level"], "level")),
        (_("Substation"), str(grid["substation"] or DASH)),
        (_("Cable in the street"), str(grid["feeder"] or DASH)),
        (_("Voltage of the node"), quantity(grid["voltage_kv"], "kV")),
        (_("Distance"), quantity(grid["distance_m"], "m")),
        (_("Cable, straight way with detour"), quantity(grid["cable_m"], "m")),
        (_("Transformers of the hub"), transformers),
        (
            _("Usual time to get it (estimate)"),
            DASH
            if lead is None
            else _("%(low)s to %(high)s months")
            % {"low": f"{lead[0]:.0f}", "high": f"{lead[1]:.0f}"},
        ),
    ]


def _power(grid: dict[str, Any]) -> list[tuple[str, str]]:
    low, mean, high = grid["headroom_flexible_kw"]
    flexible = DASH
    if not is_missing(mean) and high - low < SAME_KW:
        flexible = quantity(mean, "kW")
    elif not is_missing(mean):
        flexible = _("%(low)s to %(high)s, %(mean)s on average") % {
            "low": quantity(low, "kW"),
            "high": quantity(high, "kW"),
            "mean": quantity(mean, "kW"),
        }
    return [
        (_("Class of the screening"), word(grid["screening"], "screening")),
        (_("Power needed"), quantity(grid["needed_kw"], "kW")),
        (_("Always free (firm)"), quantity(grid["headroom_firm_kw"], "kW")),
        (_("Free by the hour (flexible)"), flexible),
        (_("Energy that gets through"), quantity(grid["covered_share"], "share", 3)),
        (_("Turned down at full load"), quantity(grid["curtailed_mwh"], "MWh/a")),
        (_("Grid above the town"), word(grid["congestion_side"], "congestion")),
    ]


def _sharing(grid: dict[str, Any]) -> str:
    if is_missing(grid.get("shared_before")) or grid["node"] is None:
        return ""
    if not grid["shared_others"]:
        return _("No other ranked parcel hangs on this substation.")
    values = {
        "others": grid["shared_others"],
        "before": grid["shared_before"],
        "left": quantity(grid["left_after_others_kw"], "kW"),
    }
    if not grid["shared_before"]:
        return (
            _(
                "%(others)s other ranked parcels hang on this substation; this one is the best of"
                " them."
            )
            % values
        )
    return (
        _(
            "%(others)s other ranked parcels hang on this substation. If the %(before)s better"
            " ones are built first, %(left)s of firm headroom are left."
        )
        % values
    )


def second_findings(result: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the solvers say, ready to be shown."""
    if result is None:
        return None
    power, heat = result["power"], result["heat"]
    return {
        "power_refused": said(power["refused"]) if "refused" in power else "",
        "power": [] if "refused" in power else _hosting(power),
        "power_notes": [reason(note) for note in power.get("notes", [])],
        "heat_refused": said(heat["refused"]) if "refused" in heat else "",
        "hours": [_hour(hour) for hour in heat.get("hours", [])],
    }


def _hosting(power: dict[str, Any]) -> list[tuple[str, str]]:
    bus = f"{power['bus_name'] or power['bus']} ({quantity(power['bus_voltage_kv'], 'kV')})"
    return [
        (_("Nearest bus of the grid model"), bus),
        (_("Distance"), quantity(power["distance_m"], "m")),
        (_("Power needed"), quantity(power["needed_kw"], "kW")),
        (_("Headroom by rating and load"), quantity(power["headroom_firm_kw"], "kW")),
        (_("Carried by the power flow"), _at_least(power, "capacity_kw")),
        (_("What stops more"), reason(power["limit"])),
        (_("With any one branch out"), _at_least(power, "outage_capacity_kw")),
        (_("What stops more then"), reason(power["outage_limit"])),
        (_("Outages worked out"), str(power["outages"])),
        (_("Voltage at the bus with that hub"), f"{digits(power['voltage_pu'], 3)} pu"),
    ]


def _at_least(power: dict[str, Any], name: str) -> str:
    text = quantity(power[name], "kW")
    return _("%(power)s or more") % {"power": text} if power[name] >= power["asked_kw"] else text


def _hour(hour: dict[str, Any]) -> dict[str, Any]:
    names = {
        "winter": _("Hour of the highest demand"),
        "summer": _("Hour of the highest demand of the summer"),
    }
    rows = []
    for label, key, unit, figures in (
        (_("Heat of the plant"), "plant_kw", "kW", 3),
        (_("Lost by the pipes"), "loss_kw", "kW", 3),
        (_("Pressure raised by the pump"), "head_bar", "bar", 2),
        (_("Highest pressure"), "highest_bar", "bar", 2),
        (_("Lowest pressure"), "lowest_bar", "bar", 2),
        (_("Highest velocity"), "velocity_m_per_s", "m/s", 2),
        (_("Coldest supply"), "coldest_degc", "degC", 3),
        (_("Heat of customers that water of the hub carries"), "hub_supplied_kw", "kW", 3),
    ):
        cells = [
            quantity(hour[side].get(key), unit, figures) if side in hour else DASH
            for side in ("without", "with")
        ]
        if key == "hub_supplied_kw":
            cells[0] = DASH
        rows.append((label, *cells))
    return {
        "title": names[hour["season"]],
        "refused": said(hour["refused"]) if "refused" in hour else "",
        "hub_refused": said(hour["refused_hub"]) if "refused_hub" in hour else "",
        "demand": quantity(hour.get("demand_kw"), "kW"),
        "hub": quantity(hour.get("hub_kw"), "kW"),
        "rows": rows if "without" in hour else [],
        "apart": _(
            "Beside our engine, without the hub: flows differ by %(flow)s at most, supply"
            " temperatures by %(degrees)s."
        )
        % {
            "flow": quantity(hour.get("flow_apart_share"), "share", 2),
            "degrees": quantity(hour.get("supply_apart_k"), "K", 2),
        },
        "violations": [
            reason(each)
            for side in ("without", "with")
            for each in hour.get(side, {}).get("violations", [])
        ],
    }
