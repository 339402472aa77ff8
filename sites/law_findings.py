"""The legal checks of a parcel as rows for page and paper."""

from typing import Any

from django.utils.translation import gettext as _

from heatmap.quantities import DASH, digits, is_missing, quantity
from sites.law_words import CHANCE_STATES, CHECK_KINDS, CHECK_STATES, CHECKS, FACTS

DIGITS = 3
ORDER = ("fail", "unknown", "pass", "n/a")
SAME_MARK = {"pass": "green", "fail": "red", "unknown": "unknown", "n/a": "not_applicable"}


def law_rows(parcel: dict[str, Any]) -> list[dict[str, str]]:
    """Every check and attestation: what is not kept first, then what is not known."""
    checks = parcel.get("law") or []
    return [_row(check) for check in sorted(checks, key=lambda one: ORDER.index(one["state"]))]


def decided_rows(parcel: dict[str, Any]) -> list[dict[str, str]]:
    """Only the checks that have an answer, for paper."""
    return [row for row in law_rows(parcel) if row["state_key"] in ("green", "red")]


def law_rest(parcel: dict[str, Any]) -> list[str]:
    """Name the checks that are not known, and those that do not apply, in a line each."""
    rows = law_rows(parcel)

    def named(mark: str) -> str:
        found = [f"{row['key']} {row['label']}" for row in rows if row["state_key"] == mark]
        return "; ".join(found) or DASH

    return [
        _("Unknown: %(names)s.") % {"names": named("unknown")},
        _("Does not apply: %(names)s.") % {"names": named("not_applicable")},
    ]


def law_summary(parcel: dict[str, Any]) -> str:
    """Return how many checks stand how."""
    states = [check["state"] for check in parcel.get("law") or []]
    return _("%(kept)s kept, %(failed)s not kept, %(unknown)s unknown, %(rest)s do not apply") % {
        "kept": states.count("pass"),
        "failed": states.count("fail"),
        "unknown": states.count("unknown"),
        "rest": states.count("n/a"),
    }


def _row(check: dict[str, Any]) -> dict[str, str]:
    fact, unit = check["fact"], check["unit"]
    chance = check["kind"] == "chance" and check["state"] in CHANCE_STATES
    states = CHANCE_STATES if chance else CHECK_STATES
    return {
        "key": check["key"],
        "kind": str(CHECK_KINDS[check["kind"]]),
        "label": str(CHECKS.get(check["key"], check["label"])),
        "state": str(states[check["state"]]),
        # a chance that is not open is no fault
        "state_key": "not_applicable"
        if chance and check["state"] == "fail"
        else SAME_MARK[check["state"]],
        "fact": str(FACTS.get(fact, fact)),
        "value": _number(check["value"], unit),
        "needed": _needed(check),
        "source": check["source"],
        "version": _("pending") if check["legal_version"] == "pending" else _("in force"),
    }


def _needed(check: dict[str, Any]) -> str:
    needed = _number(check["threshold"], check["unit"])
    if needed == DASH:
        return DASH
    if check["unit"] == "yes":
        return needed if check["relation"] == ">=" else _("no")
    return f"{_sign(check['relation'])} {needed}"


def _sign(relation: str) -> str:
    return {">=": "≥", "<=": "≤"}.get(relation, relation)


def _number(value: float | None, unit: str) -> str:
    if is_missing(value) or value is None:
        return DASH
    if unit == "yes":
        return _("yes") if value else _("no")
    if unit == "":  # a year
        return f"{value:g}"
    if unit == "-":
        return digits(value, DIGITS)
    return quantity(value, unit, DIGITS)
