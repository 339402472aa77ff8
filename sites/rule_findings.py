"""What a study changes against the defaults, as rows for page and paper."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dates import MONTHS_3
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engines.law.checks import FACTS
from heatmap.quantities import DASH, PRINTED_UNITS, THIN_SPACE, written
from sites.assumption_words import assumption_label
from sites.choices import ComputeKind, LandKind, OwnerKind, Source
from sites.law_words import CHECKS
from sites.law_words import FACTS as FACT_WORDS
from sites.words import group_label, plain, word

DIGITS = 12


def change_rows(changes: list[dict[str, Any]] | None) -> list[dict[str, str]]:
    """Return one row for each difference: where it belongs, what it is, default, value."""
    rows: list[dict[str, str]] = []
    for change in changes or []:
        write = WRITERS[change["subject"]]
        rows.extend(write(change))
    return rows


def _amount(value: float, unit: str) -> str:
    """Write a number in full, as it was set, with its unit."""
    decimals = f"{value:.{DIGITS}f}".rstrip("0").partition(".")[2]
    printed = PRINTED_UNITS.get(unit, unit) if unit != "share" else ""
    return f"{written(value, len(decimals))}{THIN_SPACE}{printed}".rstrip(THIN_SPACE)


def _row(group: str, label: str, default: str, value: str) -> dict[str, str]:
    return {"group": group, "label": label, "default": default, "value": value}


def _number(change: Mapping[str, Any]) -> list[dict[str, str]]:
    key, unit = change["key"], change["unit"]
    return [
        _row(
            group_label(key.split(".")[0]),
            assumption_label(key),
            # without a stated size of the hub
            _("the best of each place")
            if change["default"] is None
            else _amount(change["default"], unit),
            _amount(change["value"], unit),
        )
    ]


def _gate(change: Mapping[str, Any]) -> list[dict[str, str]]:
    modes = {"decides": _("decides"), "advises": _("advises"), "off": _("not asked")}
    return [
        _row(
            _("Gates"),
            word(change["key"], "gate"),
            modes[change["default"]],
            modes.get(change["value"], plain(change["value"])),
        )
    ]


def _absent(change: Mapping[str, Any]) -> list[dict[str, str]]:
    return [_row(_("Gates"), word(change["key"], "gate"), DASH, _("the town states it has none"))]


def _attestation(change: Mapping[str, Any]) -> list[dict[str, str]]:
    said = change["value"]
    statements = [{"state": said}] if isinstance(said, str) else said
    name = f"{change['key']} {CHECKS.get(change['key'], '')}".strip()
    return [_row(_("Attestations"), name, _("unknown"), _statement(one)) for one in statements]


def attested_rows(changes: list[dict[str, Any]] | None, ref: str) -> list[dict[str, str]]:
    """Return who attested what for one place: its own statements, and those for all places."""
    rows = []
    for change in changes or []:
        if change["subject"] != "attestation" or isinstance(change["value"], str):
            continue
        here = [one for one in change["value"] if ref in (one.get("parcels") or [ref])]
        own = [one for one in here if one.get("parcels")]
        # a statement for the place goes before one for all
        rows += _attestation(change | {"value": own or here})
    return rows


def _statement(one: Mapping[str, Any]) -> str:
    """Write one statement: state, by whom, when, for which places."""
    parts = [_("given") if one["state"] == "given" else _("not given")]
    if one.get("by"):
        parts.append(_("by %(who)s") % {"who": one["by"]})
    if one.get("on"):
        parts.append(date_format(datetime.date.fromisoformat(one["on"]), "DATE_FORMAT"))
    if one.get("parcels"):
        parts.append(_("for %(places)s") % {"places": ", ".join(one["parcels"])})
    return ", ".join(parts)


def _stated(change: Mapping[str, Any]) -> list[dict[str, str]]:
    name, value = change["key"], change["value"]
    label = str(FACT_WORDS.get(name, plain(name)))
    unit = FACTS.get(name, "")
    said = (_("yes") if value else _("no")) if unit == "yes" else _amount(value, unit)
    return [_row(_("Law and reserve"), f"{label[:1].upper()}{label[1:]}", _("unknown"), said)]


def _rule(change: Mapping[str, Any]) -> list[dict[str, str]]:
    key, value = change["key"], change["value"]
    if key == "learning_budget":
        labels = {"yearly_eur": _("May lose in a year"), "total_eur": _("May lose in all")}
        return [
            _row(_("Verdict"), label, DASH, _amount(value.get(name), "EUR"))
            for name, label in labels.items()
            if value.get(name) is not None
        ]
    if key == "reserve_fund_eur":
        amount = _amount(value, "EUR")
        return [_row(_("Law and reserve"), _("Money that is set aside"), _("unknown"), amount)]
    if key == "legal_version":
        pending = _("with pending amendments") if value == "pending" else _("in force")
        return [_row(_("Law and reserve"), _("Law that is applied"), _("in force"), pending)]
    return [
        _row(
            _("Gates"),
            _("Places that are judged"),
            _("parcels"),
            _("institutional buildings and heat plants"),
        )
    ]


def _wish(change: Mapping[str, Any]) -> list[dict[str, str]]:
    key, value = change["key"], change["value"]
    labels = {
        "least": (_("Hubs at least"), "0"),
        "most": (_("Hubs at most"), "3"),
        "spacing_m": (_("Least distance between two hubs"), DASH),
        "owners": (_("On whose ground"), _("any owner")),
        "chain": (_("Order of the hubs"), _("by rank")),
        "budget_eur": (_("Budget by phase"), _("no limit")),
        "phase_years": (_("Years after the start"), "0"),
    }
    label, default = labels.get(key, (plain(key), DASH))
    writers: dict[str, Callable[[Any], str]] = {
        "owners": lambda states: (
            _("municipal ground alone")
            if states == ["green"]
            else _("municipal ground, or with an option to lease")
        ),
        "budget_eur": lambda all_: ", ".join(
            _("no limit") if one is None else _amount(one, "EUR") for one in all_
        ),
        "spacing_m": lambda metres: _amount(metres, "m"),
    }
    return [_row(_("Set and next hub"), label, default, writers.get(key, _plainly)(value))]


def _money(change: Mapping[str, Any]) -> list[dict[str, str]]:
    key, value = change["key"], change["value"]
    label, default = str(MONEY_LABELS.get(key, plain(key))), DASH
    if key in KINDS:
        default = str(KINDS[key](change["default"]).label)
    return [_row(_("Money"), label, default, _money_said(key, value))]


def _money_said(key: str, value: Any) -> str:
    if key in KINDS:
        return str(KINDS[key](value).label)
    if key == "displaced_by_month":
        return ", ".join(str(Source(one).label) for one in dict.fromkeys(value))
    if key == "tariffs":
        return ", ".join(str(TARIFF_LABELS.get(name, plain(name))) for name in value)
    if key == "treasury":
        return _("%(share)s kept, up to %(limit)s") % {
            "share": _amount(100.0 * value["hold_share"], "%"),
            "limit": _amount(value["limit_eur"], "EUR"),
        }
    if key == "heat_tariff":
        points = (f"{_amount(degc, 'degC')}: {_amount(eur, 'EUR/MWh')}" for degc, eur in value)
        return "; ".join(points)
    if key == "high_load_windows":
        return "; ".join(
            f"{', '.join(str(MONTHS_3[month]) for month in one['months'])} "
            f"{one['from_h']}–{one['to_h']} h"
            for one in value
        )
    if key in ("count_curtailed", "count_reserve"):
        return _("counted") if value else _("beside it, not counted")
    if key == "residual_mix_t_per_mwh":
        return _amount(value, "tCO2/MWh")
    if key == "town_land":
        return _("paid to the town") if value else _("paid to somebody else")
    return _plainly(value)


def _plainly(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_plainly(one) for one in value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _amount(value, "")
    return str(value)


KINDS: dict[str, Any] = {"compute_kind": ComputeKind, "land": LandKind, "owner": OwnerKind}
MONEY_LABELS = {
    "displaced_by_month": gettext_lazy("What the heat of the hub replaces"),
    "tariffs": gettext_lazy("Tariffs of its own"),
    "compute_kind": gettext_lazy("Kind of computing"),
    "land": gettext_lazy("Land"),
    "owner": gettext_lazy("Owner of the hub"),
    "town_land": gettext_lazy("The lease of the land"),
    "treasury": gettext_lazy("Coins"),
    "heat_tariff": gettext_lazy("Price of heat by outdoor temperature"),
    "high_load_windows": gettext_lazy("High-load windows"),
    "curtailed_hours": gettext_lazy("Hours with curtailed energy in a year"),
    "count_curtailed": gettext_lazy("Energy that would be curtailed"),
    "count_reserve": gettext_lazy("Best reserve product"),
    "residual_mix_t_per_mwh": gettext_lazy("Residual mix"),
}
TARIFF_LABELS = {
    "hub": gettext_lazy("hub"),
    "heat_pump": gettext_lazy("heat pump"),
    "electric_boiler": gettext_lazy("electric boiler"),
}
WRITERS: dict[str, Callable[[Mapping[str, Any]], list[dict[str, str]]]] = {
    "number": _number,
    "gate": _gate,
    "absent": _absent,
    "attestation": _attestation,
    "stated": _stated,
    "rule": _rule,
    "wish": _wish,
    "money": _money,
}
