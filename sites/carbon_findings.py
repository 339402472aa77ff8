"""What a parcel's result says of emissions: a title, sentences, and the rules side by side."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import is_missing, quantity


def carbon_findings(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """Everything said of emissions; None for runs that did not count them."""
    found = result.get("carbon")
    if not found:
        return None
    return {
        "title": _title(found),
        "said": _sentences(found),
        "rows": [_row(label, found["rules"][rule]) for rule, label in _rules()],
        "owners": _owners(found),
    }


def _rules() -> tuple[tuple[str, str], ...]:
    return (
        ("full", _("All electricity counts to the heat")),
        ("economic", _("Shared by income from heat and computing")),
        ("none", _("No electricity counts to the heat (waste-heat convention)")),
    )


def _title(found: Mapping[str, Any]) -> str:
    net = found["rules"]["full"]["net_location_t"]
    if is_missing(net):
        return _("Whether emissions fall is not known")
    if found["avoided_t"] == 0 and net == 0:
        return _("The hub stands still, and changes no emissions")
    amount = quantity(abs(net), "tCO2/a", 2)
    if net > 0:
        return _("The hub raises emissions by %(amount)s") % {"amount": amount}
    return _("The hub lowers emissions by %(amount)s") % {"amount": amount}


def _sentences(found: Mapping[str, Any]) -> list[str]:
    limit = found["break_even_t_per_mwh"]
    told = [_grid_sentence(found), *_market_sentences(found)]
    if is_missing(found["avoided_t"]):
        told.append(_("What the displaced heat emits is not known; state its source."))
    else:
        told.append(
            _("The displaced boilers burn less: %(avoided)s of scope 1 are avoided.")
            % {"avoided": quantity(found["avoided_t"], "tCO2/a", 2)}
        )
    if not is_missing(limit):
        told.append(
            _(
                "Above a grid factor of %(limit)s this hub raises emissions, all electricity"
                " counted."
            )
            % {"limit": quantity(limit, "tCO2/MWh", 3)}
        )
    return told


def _grid_sentence(found: Mapping[str, Any]) -> str:
    """Say with which factors of the grid electricity was counted."""
    grid = found["grid_t_per_mwh"]
    if is_missing(grid):
        return _("No grid factor is known for this country.")
    if found.get("grid_from") != "series":
        return _(
            "The grid counts with %(factor)s, the mean of a year: no hourly factors are loaded,"
            " and hours with a negative price count like any other."
        ) % {"factor": quantity(grid, "tCO2/MWh", 2)}
    if is_missing(found["drawn_t_per_mwh"]):
        return _(
            "Hourly factors of the grid are loaded, %(factor)s on average; the hub draws nothing."
        ) % {"factor": quantity(grid, "tCO2/MWh", 3)}
    return _(
        "The grid counts hour by hour with the factors that are loaded: %(drawn)s in the hours in"
        " which the hub draws, %(factor)s on average of all hours."
    ) % {
        "drawn": quantity(found["drawn_t_per_mwh"], "tCO2/MWh", 3),
        "factor": quantity(grid, "tCO2/MWh", 3),
    }


def _market_sentences(found: Mapping[str, Any]) -> list[str]:
    """Say what the electricity without guarantees of origin counts with; nothing in older runs."""
    origin = found.get("residual_from")
    if origin is None:
        return []
    said = {
        "series": _(
            "By contract the residual mix that is loaded counts, hour by hour: %(factor)s."
        ),
        "stated": _("By contract the residual mix of the study counts: %(factor)s."),
        "unknown": _(
            "By contract emissions are not known: no residual mix is loaded or stated, and the mix"
            " of the grid may not stand in for it."
        ),
    }
    if origin == "unknown" and found["renewable_share"] == 1.0:
        return [_("By contract nothing counts: all electricity has guarantees of origin.")]
    shown = found["residual_t_per_mwh"]
    return [said[origin] % {"factor": quantity(shown, "tCO2/MWh", 3)}]


def _row(label: str, account: Mapping[str, Any]) -> dict[str, str]:
    return {
        "label": label,
        "location": quantity(account["location_t"], "tCO2/a", 2),
        "market": quantity(account["market_t"], "tCO2/a", 2),
        "net": quantity(account["net_location_t"], "tCO2/a", 2),
        "per_heat": quantity(account["location_t_per_mwh"], "tCO2/MWh", 2),
    }


def _owners(found: Mapping[str, Any]) -> list[list[str]]:
    """Say whose scope is whose, by who owns boilers and hub."""
    avoided = quantity(found["avoided_t"], "tCO2/a", 2)
    full = quantity(found["rules"]["full"]["location_t"], "tCO2/a", 2)
    shared = quantity(found["rules"]["economic"]["location_t"], "tCO2/a", 2)
    return [
        [
            _("The town owns boilers and hub"),
            _("scope 1 falls by %(avoided)s, scope 2 rises by %(added)s")
            % {"avoided": avoided, "added": full},
        ],
        [
            _("The town owns the boilers, others own the hub"),
            _(
                "scope 1 falls by %(avoided)s; the heat is bought, and is scope 2 by the rule"
                " agreed (by income: %(added)s)"
            )
            % {"avoided": avoided, "added": shared},
        ],
        [
            _("Others own the boilers"),
            _("the town's scope 1 does not change; bought heat is scope 2 before and after"),
        ],
    ]
