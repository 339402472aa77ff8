"""What a parcel's result says of failures, as questions and answers."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import count, is_missing, quantity

LONG_LIFE_YEARS = 50.0


def resilience_findings(result: dict[str, Any]) -> list[dict[str, str]]:
    """Return questions with their answers; nothing for parcels that are not on the short-list."""
    found = result.get("resilience")
    if not found:
        return []
    rows = (
        (_("The hub stops in the coldest hour"), _hold(found)),
        (_("The water in the pipes"), _water(found)),
        (_("The grid asks for an outage"), _outage(found)),
        (_("The hub fails in the coldest week"), _week(found)),
        (_("How firm its heat is"), _firm(found)),
        (_("Starts and stops"), _starts(found)),
        (_("A hot day"), _cooler(found)),
    )
    return [{"question": question, "answer": answer} for question, answer in rows]


def _hold(found: dict[str, Any]) -> str:
    values = {
        "cold": quantity(found["coldest_degc"], "degC"),
        "share": quantity(found["lost_share"], "share", 2),
        "hours": quantity(found["hold_h"], "h", 2),
    }
    if is_missing(found["hold_h"]):
        return _(
            "At %(cold)s it gives %(share)s of the heat; the buildings do not get too cold."
        ) % (values)
    return (
        _("At %(cold)s it gives %(share)s of the heat; without it the buildings hold %(hours)s.")
        % values
    )


def _water(found: dict[str, Any]) -> str:
    if is_missing(found["water_h"]):
        return _("It holds %(heat)s; the hub gives no heat that it could replace.") % {
            "heat": quantity(found["water_kwh"], "kWh")
        }
    return _("It holds %(heat)s, which replaces the hub for %(hours)s.") % {
        "heat": quantity(found["water_kwh"], "kWh"),
        "hours": quantity(found["water_h"], "h", 2),
    }


def _outage(found: dict[str, Any]) -> str:
    hours = quantity(found["outage_h"], "h")
    tank = quantity(found["tank_m3"], "m3", 2)
    if found["outage_allowed"] is None:
        answer = _(
            "Whether %(hours)s are possible is not known: the ratings of the plants are missing."
        )
    elif found["outage_allowed"]:
        answer = _("%(hours)s are possible: the plants or the buildings bridge them.")
    else:
        answer = _("%(hours)s are not possible without a tank.")
    said = answer % {"hours": hours}
    if is_missing(found["tank_m3"]):
        return said
    return said + " " + _("A tank of %(tank)s would bridge them alone.") % {"tank": tank}


def _week(found: dict[str, Any]) -> str:
    given = quantity(found["week_hub_mwh"], "MWh")
    if is_missing(found["week_missing_mwh"]):
        return _(
            "It would give %(given)s. Who covers for it is not known: ratings are missing."
        ) % {"given": given}
    if not found["week_missing_mwh"]:
        return _("It would give %(given)s; the other plants cover all of it.") % {"given": given}
    return _("It would give %(given)s; %(missing)s are missing, which no plant can give.") % {
        "given": given,
        "missing": quantity(found["week_missing_mwh"], "MWh"),
    }


def _firm(found: dict[str, Any]) -> str:
    if is_missing(found["firm_kw"]):
        return _("Not known: the ratings of the plants are missing. Until then none of it is firm.")
    return _("%(firm)s of %(hub)s could be replaced by other plants at the peak.") % {
        "firm": quantity(found["firm_kw"], "kW"),
        "hub": quantity(found["hub_kw"], "kW"),
    }


def _starts(found: dict[str, Any]) -> str:
    kept = _("the rules are kept") if found["policy_kept"] else _("the rules are not kept")
    if is_missing(found["life_a"]) or found["life_a"] > LONG_LIFE_YEARS:
        life = _("they wear the machines very little")
    else:
        life = _("by their wear alone the machines last %(years)s") % {
            "years": quantity(found["life_a"], "a", 2)
        }
    return _("%(starts)s starts a year, %(most)s on one day: %(kept)s; %(life)s.") % {
        "starts": count(found["starts"]),
        "most": count(found["most_starts_per_day"]),
        "kept": kept,
        "life": life,
    }


def _cooler(found: dict[str, Any]) -> str:
    if found["cooler_short_h"] == -1:
        return _(
            "The coolant is too cold for a dry cooler in summer; plan a chiller or stop the hub."
        )
    values = {
        "rejected": quantity(found["rejected_peak_kw"], "kW"),
        "cooler": quantity(found["cooler_kw"], "kW"),
        "hours": count(found["cooler_short_h"]),
    }
    if found["cooler_short_h"]:
        return (
            _(
                "Up to %(rejected)s are rejected; a dry cooler of %(cooler)s is too small in "
                "%(hours)s hours."
            )
            % values
        )
    return _(
        "Up to %(rejected)s are rejected; a dry cooler of %(cooler)s takes it in every hour."
    ) % (values)
