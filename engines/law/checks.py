"""Legal checks A1 to A22 and attestations H1 to H15, read from tables of rules.

A rule says when it applies and what must hold, as comparisons of named facts with numbers or with
other facts. A fact that is not known makes the answer ``unknown`` wherever it decides; nothing that
is missing ever passes. Rules of a law in force and of a pending amendment stand side by side.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from engines.errors import InvalidInput
from engines.tables import catalogue

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = "pass", "fail", "n/a", "unknown"
IN_FORCE, PENDING = "in_force", "pending"
DUTY, LIMIT, CHANCE = "duty", "limit", "chance"

FACTS: Mapping[str, str] = {
    "power_it_kw": "kW",
    "rated_input_kw": "kW",
    "connection_kw": "kW",
    "start_year": "",
    "year": "",
    "pue": "-",
    "erf_share": "share",
    "ref_share": "share",
    "wue_l_per_kwh": "l/kWh",
    "network_m": "m",
    "renewable_power_share": "share",
    "network_renewable_share": "share",
    "network_waste_share": "share",
    "network_cogeneration_share": "share",
    "network_mix_share": "share",
    "waste_heat_mwh_per_a": "MWh/a",
    "waste_heat_site_mwh_per_a": "MWh/a",
    "waste_heat_h_per_a": "h/a",
    "waste_heat_degc": "degC",
    "inhabitants": "-",
    "bid_mw": "MW",
    "full_load_h_per_a": "h/a",
    "electricity_gwh_per_a": "GWh/a",
    "noise_dba": "dB(A)",
    "noise_target_dba": "dB(A)",
    "fluid_m3": "m3",
    "fluid_level": "-",
    "protected_red": "-",
    "temperature_share": "share",
    "grid_t_per_mwh": "t/MWh",
    "break_even_t_per_mwh": "t/MWh",
    "backup_kw": "kW",
    "hub_heat_kw": "kW",
    "reserve_ratio": "-",
    "public_operator": "yes",
    "relief_region": "yes",
    "additional_load": "yes",
    "heat_offered": "yes",
    "heat_plan": "yes",
    "reporting_planned": "yes",
    "register_planned": "yes",
    "management_planned": "yes",
    "platform_planned": "yes",
    "pooled_computing": "yes",
}
"""Every fact that rules may name, and its unit; ``yes`` is 1 for yes and 0 for no."""

_RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_TERM = re.compile(r"([a-z][a-z0-9_]*)(>=|<=|>|<)([a-z_0-9.]+)")


@dataclass(frozen=True)
class Check:
    """The answer of one check.

    Attributes
    ----------
    key, kind, label : str
        ``A1`` to ``A22`` or ``H1`` to ``H15``; ``duty``, ``limit``, ``chance`` or
        ``attestation``; what it is about.
    state : str
        ``pass``, ``fail``, ``n/a`` or ``unknown``.
    fact : str
        The fact that decided, or that is missing; empty for attestations.
    value, threshold : float
        Of that fact [`unit`]; NaN where not known or where nothing is compared.
    unit, relation, source, legal_version : str
        `relation` is how value and threshold have to compare.
    """

    key: str
    kind: str
    label: str
    state: str
    fact: str
    value: float
    relation: str
    threshold: float
    unit: str
    source: str
    legal_version: str


@dataclass(frozen=True)
class _Term:
    """One comparison with its outcome; None where a fact is missing."""

    fact: str
    relation: str
    value: float
    threshold: float
    holds: bool | None


def legal_checks(facts: Mapping[str, float], country: str, legal_version: str) -> tuple[Check, ...]:
    """Answer checks A1 to A22 for one hub.

    Parameters
    ----------
    facts : mapping of str to float
        What is known, by the names of `FACTS`; NaN or absent where not known.
    country : str
        Two letters; a check without a rule for the country is not applicable.
    legal_version : str
        ``in_force`` or ``pending``: with the pending amendments in place of what they amend.

    Raises
    ------
    InvalidInput
        If a fact or a version has an unknown name.
    """
    _check_names(facts, legal_version)
    return tuple(_answer(rows, facts, country, legal_version) for rows in _rules())


@cache
def _rules() -> tuple[tuple[Mapping[str, float | str], ...], ...]:
    """Return the rules of each check, in the order of the table."""
    by_check: dict[str, list[Mapping[str, float | str]]] = {}
    for row in catalogue("legal_checks").values():
        by_check.setdefault(str(row["check_text"]), []).append(row)
    return tuple(tuple(rows) for rows in by_check.values())


def attestations(
    states: Mapping[str, str], facts: Mapping[str, float], country: str
) -> tuple[Check, ...]:
    """Answer H1 to H15: ``given`` passes, ``refused`` fails, anything else is unknown.

    Parameters
    ----------
    states : mapping of str to str
        ``given`` or ``refused`` by key.
    facts : mapping of str to float
        For attestations that only some hubs need.
    country : str
    """
    rows = catalogue("attestations")
    for key in states:
        if key not in rows:
            raise InvalidInput(f"There is no attestation {key}; known are {', '.join(rows)}.")
    return tuple(_attested(key, row, states, facts, country) for key, row in rows.items())


def _attested(
    key: str,
    row: Mapping[str, float | str],
    states: Mapping[str, str],
    facts: Mapping[str, float],
    country: str,
) -> Check:
    state = {"given": PASS, "refused": FAIL}.get(states.get(key, ""), UNKNOWN)
    needed = _all(_terms(str(row["when_text"]), facts, ";"))
    if country not in str(row["countries_text"]).split() or needed is False:
        state = NOT_APPLICABLE
    return Check(
        key, "attestation", str(row["label"]), state, "", math.nan, "", math.nan, "-",
        str(row["source"]), IN_FORCE,
    )  # fmt: skip


def _check_names(facts: Mapping[str, float], legal_version: str) -> None:
    if legal_version not in (IN_FORCE, PENDING):
        raise InvalidInput(f"The law is in_force or pending, not {legal_version!r}.")
    unknown = facts.keys() - FACTS.keys()
    if unknown:
        raise InvalidInput(
            f"There is no legal fact {', '.join(sorted(unknown))}; known are {', '.join(FACTS)}."
        )


def _answer(
    rows: Sequence[Mapping[str, float | str]],
    facts: Mapping[str, float],
    country: str,
    legal_version: str,
) -> Check:
    """Answer one check by the first of its rules that applies."""
    first = rows[0]
    here = [
        row
        for row in rows
        if country in str(row["countries_text"]).split()
        and row["version_text"] in ("any", legal_version)
    ]
    doubt: _Term | None = None
    for row in here:
        when = _terms(str(row["when_text"]), facts, ";")
        applies = _all(when)
        if applies is None:
            doubt = doubt or next(term for term in when if term.holds is None)
        elif applies:
            return _judged(row, facts, legal_version)
    if doubt is not None:
        return _check(here[0], UNKNOWN, doubt, legal_version)
    # none applies: say by which number it would
    missed = (
        [t for t in _terms(str(here[-1]["when_text"]), facts, ";") if not t.holds] if here else []
    )
    return _check(
        (here or [first])[0], NOT_APPLICABLE, missed[0] if missed else None, legal_version
    )


def _judged(row: Mapping[str, float | str], facts: Mapping[str, float], version: str) -> Check:
    """Hold the facts against what the rule demands: all of ``a&b``, or one of ``a|b``."""
    must = str(row["must_text"])
    either = "|" in must
    terms = _terms(must, facts, "|" if either else "&")
    holds = _any(terms) if either else _all(terms)
    state = UNKNOWN if holds is None else PASS if holds else FAIL
    telling = next((term for term in terms if term.holds is holds), terms[0])
    return _check(row, state, telling, version)


def _check(row: Mapping[str, float | str], state: str, term: _Term | None, version: str) -> Check:
    fact = "" if term is None else term.fact
    return Check(
        key=str(row["check_text"]),
        kind=str(row["kind_text"]),
        label=str(row["label"]),
        state=state,
        fact=fact,
        value=math.nan if term is None else term.value,
        relation="" if term is None else term.relation,
        threshold=math.nan if term is None else term.threshold,
        unit=FACTS.get(fact, "-"),
        source=str(row["source"]),
        legal_version=version if row["version_text"] == "any" else str(row["version_text"]),
    )


def _terms(text: str, facts: Mapping[str, float], between: str) -> list[_Term]:
    return [_term(*parts, facts) for parts in _parsed(text, between)]


@cache
def _parsed(text: str, between: str) -> tuple[tuple[str, str, str | float], ...]:
    """Take a rule apart: what is compared, how, and with which fact or number."""
    parts: list[tuple[str, str, str | float]] = []
    for each in filter(None, map(str.strip, text.split(between))):
        found = _TERM.fullmatch(each)
        if found is None or found[1] not in FACTS:
            raise InvalidInput(f"A rule of the law says {each!r}, which compares no known fact.")
        parts.append((found[1], found[2], found[3] if found[3] in FACTS else float(found[3])))
    return tuple(parts)


def _term(fact: str, relation: str, limit: str | float, facts: Mapping[str, float]) -> _Term:
    value = float(facts.get(fact, math.nan))
    threshold = limit if isinstance(limit, float) else float(facts.get(limit, math.nan))
    known = not (math.isnan(value) or math.isnan(threshold))
    holds = _RELATIONS[relation](value, threshold) if known else None
    return _Term(fact, relation, value, threshold, holds)


def _all(terms: list[_Term]) -> bool | None:
    """Say whether all hold; one that does not decides, whatever is missing."""
    if any(term.holds is False for term in terms):
        return False
    return None if any(term.holds is None for term in terms) else True


def _any(terms: list[_Term]) -> bool | None:
    """Say whether one holds; one that does decides, whatever is missing."""
    if any(term.holds for term in terms):
        return True
    return None if any(term.holds is None for term in terms) else False
