"""Keeps the rules and the numbers of a study, and says what differs from the defaults."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from engines.assumptions import build_assumptions
from engines.errors import EngineError
from engines.evaluation.money_choices import MoneyChoices
from engines.tables import registry
from heatmap.errors import Refusal
from sites.land_assembly import rules_of
from sites.models import Study
from sites.models.study import POWER
from sites.services.study_results import demands_of


def set_rules(
    study: Study,
    rules: dict[str, Any],
    portfolio: dict[str, Any],
    overrides: dict[str, float],
    start_year: float,
) -> None:
    """Keep what a study asks of a place and wishes of the set; the next run applies it.

    Raises
    ------
    Refusal
        If the engines do not take it; the sentence says why.
    """
    try:
        rules_of(rules, study.municipality.country)
        demands_of(portfolio, build_assumptions(overrides))
    except EngineError as error:
        raise Refusal(gettext_noop("This does not fit: %(why)s"), why=str(error)) from error
    study.rules, study.portfolio = rules, portfolio
    study.overrides, study.start_year = overrides, start_year
    study.save(update_fields=["rules", "portfolio", "overrides", "start_year"])


def changes_of(study: Study) -> list[dict[str, Any]]:
    """Return everything in which a study differs from the defaults, as plain JSON.

    Each has a `subject` (``number``, ``gate``, ``absent``, ``attestation``, ``stated``, ``rule``,
    ``wish``, ``money``), a `key`, the `default` (null where nothing holds), the `value` and, for
    numbers, the `unit`.
    """
    entries, rules = registry("assumptions"), study.rules
    return [
        *(
            _change("number", key, entries[key].value, value, entries[key].unit)
            for key, value in study.overrides.items()
            if key in entries and key != POWER and value != entries[key].value
        ),
        # a study that states no size takes the best one of each place
        *(
            [_change("number", POWER, None, study.stated_kw, entries[POWER].unit)]
            if study.stated_kw is not None
            else []
        ),
        *(
            _change("gate", key, "decides", mode)
            for key, mode in (rules.get("gates") or {}).items()
            if mode != "decides"
        ),
        *(_change("absent", key, False, True) for key in rules.get("absent") or ()),
        *(
            _change("attestation", key, None, said)
            for key, said in (rules.get("attestations") or {}).items()
        ),
        *(
            _change("stated", key, None, value)
            for key, value in (rules.get("stated") or {}).items()
        ),
        *_given("rule", {name: rules.get(name) for name in PLAIN_RULES}, {}),
        *_given("wish", study.portfolio, {}),
        *_given("money", study.money, vars(MoneyChoices())),
    ]


def has_changed(study: Study, inputs: Mapping[str, Any]) -> bool:
    """Say whether a study says something else than when a run of it began."""
    frozen = inputs["study"]
    named = frozen.keys() - {"name", "size", "rules", "portfolio", "money"}
    if any(frozen[name] != getattr(study, name) for name in named):
        return True
    # of runs made before, nobody noted what the study had set
    return "changes" in inputs and _in_order(inputs["changes"]) != _in_order(changes_of(study))


def _in_order(changes: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True) for one in changes)


PLAIN_RULES = ("search", "legal_version", "learning_budget", "reserve_fund_eur")


def _given(
    subject: str, chosen: Mapping[str, Any], defaults: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        _change(subject, key, defaults.get(key) or None, value)
        for key, value in chosen.items()
        if value not in (None, "", [], {}) and value != defaults.get(key)
    ]


def _change(subject: str, key: str, default: Any, value: Any, unit: str = "") -> dict[str, Any]:
    return {"subject": subject, "key": key, "default": default, "value": value, "unit": unit}
