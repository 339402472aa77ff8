"""The rules of a study as a form: gates, weights, attestations, law, the set and the next hub."""

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engines.evaluation.records import ADVISES, DECIDES, GIVEN, OFF, REFUSED
from engines.law.checks import FACTS, IN_FORCE, PENDING
from engines.tables import catalogue
from sites.law_words import CHECKS
from sites.law_words import FACTS as FACT_WORDS
from sites.models import Study
from sites.number_fields import NumberField, printed_unit
from sites.parcel_selectors import INSTITUTIONS
from sites.rule_sections import (
    ABSENT,
    ASKED_FACTS,
    COMPUTED_FACTS,
    CRITERION_NUMBERS,
    GATE_NUMBERS,
    IN_ORDER,
    ROBUSTNESS_NUMBERS,
    RULE_NUMBERS,
    VERDICT_NUMBERS,
)
from sites.sectioned_form import NUMBER, Row, SectionedForm, number_answers
from sites.words import word

GATE, ABSENCE, FACT = "gate-", "absent-", "fact-"
PHASES = 4
MOST_HUBS = 20
MOST_STATEMENTS = 100
YES, NO = "1", "0"
GATE_MODES = [
    (DECIDES, gettext_lazy("decides")),
    (ADVISES, gettext_lazy("only advises")),
    (OFF, gettext_lazy("off")),
]
STATEMENT_STATES = [
    ("", gettext_lazy("unknown")),
    (GIVEN, gettext_lazy("given")),
    (REFUSED, gettext_lazy("not given")),
]
OWNERS = [
    ("", gettext_lazy("any owner")),
    ("green", gettext_lazy("municipal ground alone")),
    ("green amber", gettext_lazy("municipal ground, or with an option to lease")),
]
PARTS = {
    "weight": gettext_lazy("Weight"),
    "worst": gettext_lazy("Scores 0 at"),
    "best": gettext_lazy("Scores 1 at"),
}


def listed(text: str) -> list[str]:
    """Take names apart that stand on a line, between commas or semicolons."""
    return list(dict.fromkeys(name.strip() for name in re.split(r"[,;\n]", text) if name.strip()))


class RulesForm(SectionedForm):
    """Everything a study asks of a place, and what it wishes of the set and the next hub.

    `known_places` says which of some names are places of the study.
    """

    def __init__(
        self,
        *args: Any,
        known_places: Callable[[list[str]], set[str]] = set,
        **kwargs: Any,
    ) -> None:
        self.known_places = known_places
        super().__init__(*args, **kwargs)

    def build(self) -> None:
        self._build_gates()
        self._build_weights()
        self._build_verdict()
        self._build_attestations()
        self._build_law()
        self._build_set()
        self._build_chain()
        self._build_robustness()

    def _build_gates(self) -> None:
        searched = self.add(
            "search",
            forms.ChoiceField(
                label=_("Places that are judged"),
                required=False,
                widget=forms.Select({"class": "wide"}),
                choices=[
                    ("", _("parcels, or search cells where there are none")),
                    (INSTITUTIONS, _("institutional buildings and heat plants")),
                ],
            ),
            "",
        )
        rows = [Row(_("Where to look"), [searched])]
        for key, numbers in GATE_NUMBERS.items():
            names = [
                self.add(
                    f"{GATE}{key}",
                    forms.ChoiceField(label=_("This gate"), choices=GATE_MODES, required=False),
                    DECIDES,
                )
            ]
            if key in ABSENT:
                absence = forms.BooleanField(
                    label=_("The town states that it has none"), required=False
                )
                names.append(self.add(f"{ABSENCE}{key}", absence, False))
            names += [self.add_number(number) for number in numbers]
            rows.append(Row(word(key, "gate"), names))
        self.section(
            "gates",
            _("Gates"),
            _(
                "A gate that decides rules a place out when it is red. One that only advises "
                "never shows more than amber, and one that is off is measured and not judged."
            ),
            rows,
        )

    def _build_weights(self) -> None:
        rows = [
            Row(
                word(key, "criterion"),
                [
                    self.add_number(number, str(PARTS[number.rpartition("_")[2]]))
                    for number in numbers
                ],
            )
            for key, numbers in CRITERION_NUMBERS.items()
        ]
        self.section(
            "weights",
            _("Weights and bounds"),
            _(
                "Weights count by their share of the sum. Between the two bounds a value runs "
                "straight from 0 to 1; they are fixed, so that one place never moves another."
            ),
            rows,
        )

    def _build_verdict(self) -> None:
        budget = [
            self.add(name, NumberField(label=label, least=0.0, unit="EUR"))
            for name, label in (
                ("budget-yearly", _("May lose in a year (EUR)")),
                ("budget-total", _("May lose in all (EUR)")),
            )
        ]
        self.section(
            "verdict",
            _("Verdict and learning budget"),
            _("Without a learning budget no place is “pilot only”."),
            [
                Row(_("To say “build”"), [self.add_number(key) for key in VERDICT_NUMBERS]),
                Row(_("To say “pilot only”"), budget),
            ],
        )

    def _build_attestations(self) -> None:
        rows = []
        for key in catalogue("attestations"):
            for number in range(self._statements(key)):
                names = self._add_statement(f"{key}-{number}")
                rows.append(Row(f"{key} {CHECKS[key]}", names))
        self.section(
            "attestations",
            _("Attestations"),
            _(
                "What only a person can confirm: who gave it, on which day, and for which places. "
                "After saving there is a further line, for another place."
            ),
            rows,
        )

    def _statements(self, key: str) -> int:
        """Return how many lines an attestation has: those that are there, and an empty one."""
        if self.is_bound:
            found = [name for name in self.data if re.fullmatch(rf"{key}-\d+-state", name)]
            return min(max(1, len(found)), MOST_STATEMENTS)
        return 1 + sum(
            name.startswith(f"{key}-") and name.endswith("-state") for name in self.initial
        )

    def _add_statement(self, start: str) -> list[str]:
        fields = {
            "state": forms.ChoiceField(label=_("State"), choices=STATEMENT_STATES, required=False),
            "by": forms.CharField(label=_("By whom"), max_length=120, required=False),
            "on": forms.DateField(
                label=_("On which day"),
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            ),
            "parcels": forms.CharField(
                label=_("For which places"),
                max_length=2000,
                required=False,
                help_text=_("Ids with commas between them; empty for all."),
            ),
        }
        return [self.add(f"{start}-{name}", shown, "") for name, shown in fields.items()]

    def _build_law(self) -> None:
        version = forms.ChoiceField(
            label=_("Law that is applied"),
            required=False,
            choices=[(IN_FORCE, _("in force")), (PENDING, _("with pending amendments"))],
        )
        fund = NumberField(
            label=_("Money that is set aside (EUR)"),
            least=0.0,
            help_text=_("Check A22 holds it against what the worst stress takes at each place."),
        )
        self.section(
            "law",
            _("Law and reserve"),
            _(
                "Numbers and facts for the legal checks that no layer has. What is left open "
                "stays unknown and never counts as kept."
            ),
            [
                Row(_("Version of the law"), [self.add("legal_version", version, IN_FORCE)]),
                Row(CHECKS["A22"], [self.add("reserve_fund_eur", fund)]),
                Row(_("Asked of the town"), [self._add_fact(name) for name in ASKED_FACTS]),
                Row(
                    _("Computed by Heathub"),
                    [self._add_fact(name) for name in COMPUTED_FACTS],
                    _("Write a number only to replace what is computed, for all places."),
                ),
            ],
        )

    def _add_fact(self, name: str) -> str:
        said = str(FACT_WORDS[name])
        label, unit = f"{said[:1].upper()}{said[1:]}", FACTS[name]
        if unit == "yes":
            shown: forms.Field = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", _("unknown")), (YES, _("yes")), (NO, _("no"))],
            )
        elif unit == "share":
            shown = NumberField(label=_("%(what)s, 0 to 1") % {"what": label}, least=0.0, most=1.0)
        else:
            printed = printed_unit(unit)
            shown = NumberField(label=f"{label}, {printed}" if printed else label, least=0.0)
        return self.add(f"{FACT}{name}", shown, "")

    def _build_set(self) -> None:
        names = [
            self.add(
                "set-least",
                NumberField(
                    label=_("Hubs at least"), least=0, most=MOST_HUBS, whole=True,
                    help_text=_("Default 0."),
                ),
                0,
            ),
            self.add(
                "set-most",
                NumberField(
                    label=_("Hubs at most"), least=0, most=MOST_HUBS, whole=True,
                    help_text=_("Default 3."),
                ),
                3,
            ),
            self.add_number("siting.spacing_m"),
            self.add(
                "set-owners",
                forms.ChoiceField(
                    label=_("On whose ground"),
                    choices=OWNERS,
                    required=False,
                    widget=forms.Select({"class": "wide"}),
                ),
                "",
            ),
        ]  # fmt: skip
        phases = [
            Row(
                _("Phase %(number)s") % {"number": number + 1},
                [
                    self.add(
                        f"phase-{number}-year",
                        NumberField(label=_("Years after the start"), least=0.0, most=40.0),
                        0.0 if number == 0 else "",
                    ),
                    self.add(
                        f"phase-{number}-budget",
                        NumberField(
                            label=_("Money that comes with it (EUR)"), least=0.0,
                            help_text=_("Empty: no limit."),
                        ),
                        "",
                    ),
                ],
            )
            for number in range(self._phases())
        ]  # fmt: skip
        self.section(
            "set",
            _("The set of hubs"),
            _(
                "How many hubs, what they may cost, how far apart and on whose ground. Money that "
                "a phase does not spend is there in the next one."
            ),
            [Row(_("Wishes"), names), *phases],
        )

    def _phases(self) -> int:
        """Return how many phases are asked: a few, or those that the study has."""
        there = self.data if self.is_bound else self.initial
        found = sum(bool(re.fullmatch(r"phase-\d+-year", name)) for name in there)
        return min(max(PHASES, found), MOST_STATEMENTS)

    def _build_chain(self) -> None:
        start = NumberField(label=_("Start of operation, as a year"), least=2020.0, most=2060.0)
        start.help_text = _("Default %(year)s.") % {"year": "2027"}
        hubs = [
            self.add(
                f"chain-{number}",
                forms.CharField(
                    label=label, max_length=200, required=False,
                    help_text=_("Id of a place; empty: the next of the ranking."),
                ),
                "",
            )
            for number, label in enumerate((_("First hub"), _("Second hub"), _("Third hub")))
        ]  # fmt: skip
        self.section(
            "chain",
            _("The next hub"),
            _("Which hub starts, and which one its surplus has to pay for."),
            [
                Row(_("Start"), [self.add("start_year", start, START_YEAR)]),
                Row(_("Order of the hubs"), hubs),
            ],
        )

    def _build_robustness(self) -> None:
        self.section(
            "robustness",
            _("How the ranking is tried"),
            _("Draws of weights around those above; the seed makes them the same each time."),
            [Row(_("Draws"), [self.add_number(key) for key in ROBUSTNESS_NUMBERS])],
        )

    # what was answered

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._clean_order(cleaned)
        self._clean_weights(cleaned)
        self._clean_statements(cleaned)
        self._clean_set(cleaned)
        for number in range(3):
            self._known_places(f"chain-{number}", cleaned)
        return cleaned

    def _number(self, cleaned: Mapping[str, Any], key: str) -> float:
        value = cleaned.get(f"{NUMBER}{key}")
        return float(self.defaults[f"{NUMBER}{key}"] if value is None else value)

    def _clean_order(self, cleaned: dict[str, Any]) -> None:
        for low, high in IN_ORDER:
            if self._number(cleaned, low) > self._number(cleaned, high):
                name = f"{NUMBER}{high}"
                other = self.fields[f"{NUMBER}{low}"].label
                self.add_error(name, _("This may not be below “%(other)s”.") % {"other": other})

    def _clean_weights(self, cleaned: dict[str, Any]) -> None:
        for numbers in CRITERION_NUMBERS.values():
            _weight, worst, best = numbers
            if self._number(cleaned, worst) == self._number(cleaned, best):
                self.add_error(
                    f"{NUMBER}{best}", _("Both bounds are the same; write two different numbers.")
                )
        weights = [numbers[0] for numbers in CRITERION_NUMBERS.values()]
        if all(self._number(cleaned, weight) == 0.0 for weight in weights):
            self.add_error(
                f"{NUMBER}{weights[0]}", _("All weights are 0; give at least one of them a weight.")
            )

    def _clean_statements(self, cleaned: dict[str, Any]) -> None:
        for key in catalogue("attestations"):
            for number in range(self._statements(key)):
                start = f"{key}-{number}"
                said = {part: cleaned.get(f"{start}-{part}") for part in ("by", "on", "parcels")}
                if not cleaned.get(f"{start}-state"):
                    if any(said.values()) and f"{start}-state" not in self.errors:
                        self.add_error(f"{start}-state", _("Say whether it is given or not."))
                    continue
                if not said["by"] and f"{start}-by" not in self.errors:
                    self.add_error(f"{start}-by", _("Write who says so: an office or a person."))
                if said["on"] is None and f"{start}-on" not in self.errors:
                    self.add_error(f"{start}-on", _("Write the day of the letter or the decision."))
                if said["on"] and said["on"] > datetime.datetime.now(tz=datetime.UTC).date():
                    self.add_error(f"{start}-on", _("This day is still to come."))
                self._known_places(f"{start}-parcels", cleaned)

    def _known_places(self, name: str, cleaned: Mapping[str, Any]) -> None:
        named = listed(cleaned.get(name) or "")
        known = self.known_places(named) if named else set()
        strange = [ref for ref in named if ref not in known]
        if strange:
            self.add_error(
                name,
                _("There is no place %(refs)s. Use the ids that the ranking shows.")
                % {"refs": ", ".join(strange[:5])},
            )

    def _clean_set(self, cleaned: dict[str, Any]) -> None:
        least, most = cleaned.get("set-least"), cleaned.get("set-most")
        if (0 if least is None else least) > (3 if most is None else most):
            self.add_error("set-most", _("This may not be fewer than the least number."))
        before = -1.0
        for number in range(self._phases()):
            year, budget = (
                cleaned.get(f"phase-{number}-year"),
                cleaned.get(f"phase-{number}-budget"),
            )
            if number and year is None and budget is not None:
                self.add_error(f"phase-{number}-year", _("Say when this money comes."))
            if number == 0 and year is None:
                year = 0.0
            if year is not None and year <= before:
                self.add_error(
                    f"phase-{number}-year", _("A phase comes later than the one before it.")
                )
            before = before if year is None else year

    def rules_of_study(self, study: Study) -> dict[str, Any]:
        """Return the rules as a study stores them; what this form does not ask stays."""
        answers = self.cleaned_data
        asked = {
            "search": answers["search"],
            "gates": {
                key: answers[f"{GATE}{key}"]
                for key in GATE_NUMBERS
                if answers[f"{GATE}{key}"] not in ("", DECIDES)
            },
            "absent": [key for key in ABSENT if answers[f"{ABSENCE}{key}"]],
            "attestations": self._attestations(),
            "legal_version": ""
            if answers["legal_version"] == IN_FORCE
            else answers["legal_version"],
            "learning_budget": _budget(answers),
            "stated": {
                name: float(answers[f"{FACT}{name}"])
                for name in (*ASKED_FACTS, *COMPUTED_FACTS)
                if answers[f"{FACT}{name}"] not in (None, "")
            },
        }
        kept = {name: value for name, value in study.rules.items() if name not in asked}
        kept.pop("reserve_fund_eur", None)
        if answers["reserve_fund_eur"] is not None:
            asked["reserve_fund_eur"] = answers["reserve_fund_eur"]
        return kept | {name: value for name, value in asked.items() if value not in ("", {}, [])}

    def _attestations(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for key in catalogue("attestations"):
            for number in range(self._statements(key)):
                said = {
                    part: self.cleaned_data[f"{key}-{number}-{part}"]
                    for part in ("state", "by", "on", "parcels")
                }
                if said["state"]:
                    said["on"] = said["on"].isoformat()
                    said["parcels"] = listed(said["parcels"])
                    found.setdefault(key, []).append(said)
        return found

    def portfolio_of_study(self, study: Study) -> dict[str, Any]:
        """Return what the set and the chain must keep, as a study stores it."""
        known = {*WISHES, "spacing_m"}
        kept = {name: value for name, value in study.portfolio.items() if name not in known}
        answers = self.cleaned_data
        years = [answers[f"phase-{n}-year"] for n in range(self._phases())]
        budgets = [answers[f"phase-{n}-budget"] for n in range(self._phases())]
        phases = [
            (0.0 if year is None else year, budget)
            for n, (year, budget) in enumerate(zip(years, budgets, strict=True))
            if n == 0 or year is not None
        ]
        chain = [answers[f"chain-{n}"].strip() for n in range(3)]
        asked = {
            "least": answers["set-least"] or None,
            "most": None if answers["set-most"] in (None, 3) else answers["set-most"],
            "owners": answers["set-owners"].split() or None,
            "chain": [ref for ref in chain if ref] or None,
        }
        if phases != [(0.0, None)]:
            asked |= {
                "budget_eur": [budget for _, budget in phases],
                "phase_years": [year for year, _ in phases],
            }
        return kept | {name: value for name, value in asked.items() if value is not None}


WISHES = ("least", "most", "owners", "chain", "budget_eur", "phase_years")
"""What a study may wish of the set; the spacing is an assumption."""
START_YEAR = 2027.0
"""Start of operation of a study that says nothing else; as the column of the study has it."""


def _budget(answers: Mapping[str, Any]) -> dict[str, Any]:
    yearly, total = answers["budget-yearly"], answers["budget-total"]
    return {} if yearly is None and total is None else {"yearly_eur": yearly, "total_eur": total}


def rule_answers(study: Study) -> dict[str, Any]:
    """Return what a study has chosen so far, as the form asks it."""
    rules, wishes = study.rules, study.portfolio
    budget = rules.get("learning_budget") or {}
    overrides = dict(study.overrides)
    if "spacing_m" in wishes:
        overrides["siting.spacing_m"] = wishes["spacing_m"]
    stated = rules.get("stated") or {}
    chain = wishes.get("chain") or []
    return {
        **number_answers(RULE_NUMBERS, overrides),
        **{f"{GATE}{key}": (rules.get("gates") or {}).get(key, DECIDES) for key in GATE_NUMBERS},
        **{f"{ABSENCE}{key}": key in (rules.get("absent") or ()) for key in ABSENT},
        **{f"{FACT}{name}": _fact(name, value) for name, value in stated.items()},
        **_statement_answers(rules.get("attestations") or {}),
        **_phase_answers(wishes),
        **{f"chain-{number}": ref for number, ref in enumerate(chain[:3])},
        "search": rules.get("search", ""),
        "legal_version": rules.get("legal_version") or IN_FORCE,
        "reserve_fund_eur": rules.get("reserve_fund_eur"),
        "budget-yearly": budget.get("yearly_eur"),
        "budget-total": budget.get("total_eur"),
        "set-least": wishes.get("least", 0),
        "set-most": wishes.get("most", 3),
        "set-owners": " ".join(sorted(wishes.get("owners") or [], reverse=True)),
        "start_year": study.start_year,
    }


def _fact(name: str, value: float) -> Any:
    return str(int(value)) if FACTS[name] == "yes" else value


def _statement_answers(given: Mapping[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for key, said in given.items():
        for number, one in enumerate([{"state": said}] if isinstance(said, str) else said):
            answers |= {
                f"{key}-{number}-state": one["state"],
                f"{key}-{number}-by": one.get("by", ""),
                f"{key}-{number}-on": one.get("on"),
                f"{key}-{number}-parcels": ", ".join(one.get("parcels") or ()),
            }
    return answers


def _phase_answers(wishes: Mapping[str, Any]) -> dict[str, Any]:
    budgets = wishes.get("budget_eur") or [None]
    years = wishes.get("phase_years") or [0.0] * len(budgets)
    answers: dict[str, Any] = {}
    for number, (year, budget) in enumerate(zip(years, budgets, strict=True)):
        answers |= {f"phase-{number}-year": year, f"phase-{number}-budget": budget}
    return answers
