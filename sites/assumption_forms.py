"""All other numbers and named choices of a study as a form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engines.tables import catalogue, registry
from sites.assumptions import catalogue_label
from sites.choices import CongestionSide
from sites.models import Study
from sites.money_forms import MONEY_NUMBERS
from sites.rule_sections import RULE_NUMBERS
from sites.sectioned_form import Row, SectionedForm, number_answers
from sites.words import group_label, word

ASSUMED = "assumed-"
SIZE = "hub.power_it_kw"
"""Asked where the study says which size of hub it takes."""
ASSUMED_GROUPS = (
    "heat",
    "network",
    "temperatures",
    "displaced_source",
    "headroom",
    "prices",
    "owners",
    "high_load_windows",
)
CHOICES: dict[str, tuple[Any, list[tuple[str, Any]]]] = {
    "compute_outlook": (
        gettext_lazy("How the price of computing goes on"),
        [
            ("market", gettext_lazy("falls, for the whole market")),
            ("fleet", gettext_lazy("falls, for this fleet of machines")),
            ("flat", gettext_lazy("stays as it is (sensitivity)")),
        ],
    ),
    "area_type": (
        gettext_lazy("Ground the pipe is laid in"),
        [
            ("inner_city", gettext_lazy("inner city")),
            ("outer_city", gettext_lazy("outer city")),
            ("park", gettext_lazy("park or open land")),
        ],
    ),
    "demand_method": (
        gettext_lazy("Heat demand over the hours"),
        [
            ("bdew", gettext_lazy("standard load profiles")),
            ("degree_days", gettext_lazy("degree days")),
        ],
    ),
}
LABELS = {
    "technology": gettext_lazy("Hub technology"),
    "miner": gettext_lazy("Computers"),
    "refrigerant": gettext_lazy("Refrigerant of a heat pump"),
    "congestion_side": gettext_lazy("Congestion in the grid above the town"),
    **{name: label for name, (label, _options) in CHOICES.items()},
}
TABLES = {"technology": "hub_technologies", "miner": "miners", "refrigerant": "refrigerants"}


def other_numbers() -> dict[str, list[str]]:
    """Return the assumptions that no other page asks, by the first word of their name."""
    elsewhere = {*RULE_NUMBERS, SIZE, *(key for keys in MONEY_NUMBERS.values() for key in keys)}
    groups: dict[str, list[str]] = {}
    for key in registry("assumptions"):
        if key not in elsewhere:
            groups.setdefault(key.split(".")[0], []).append(key)
    return groups


class AssumptionsForm(SectionedForm):
    """Technology, methods, what is only assumed, and every number that has no other place."""

    def build(self) -> None:
        chosen = [
            self.add(
                name,
                forms.ChoiceField(
                    label=label,
                    choices=_options(name),
                    widget=forms.Select({"class": "wide"} if name in TABLES else {}),
                ),
                Study._meta.get_field(name).get_default() or self.initial.get(name),
            )
            for name, label in LABELS.items()
        ]
        assumed = [
            self.add(
                f"{ASSUMED}{group}",
                forms.BooleanField(label=word(group, "input"), required=False),
                self.initial.get(f"{ASSUMED}{group}", False),
            )
            for group in ASSUMED_GROUPS
        ]
        self.section(
            "hub",
            _("Hub and methods"),
            _("What stands there, and how its year is worked out."),
            [Row(_("Chosen"), chosen)],
        )
        self.section(
            "assumed",
            _("What is only assumed"),
            _(
                "Marked groups describe no real town: a verdict that rests on them says “not "
                "enough data”. Take the mark away once the numbers are those of your town."
            ),
            [Row(_("Illustrative"), assumed)],
        )
        for group, keys in other_numbers().items():
            self.section(
                f"group-{group}",
                group_label(group),
                _("An empty field means the default."),
                [Row(_("Numbers"), [self.add_number(key) for key in keys])],
            )

    def choices_of_study(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in LABELS}

    def assumed_of_study(self, study: Study) -> list[str]:
        """Return the groups that describe no real town; those that are not asked stay."""
        chosen = [group for group in ASSUMED_GROUPS if self.cleaned_data[f"{ASSUMED}{group}"]]
        there = study.illustrative
        kept = [group for group in there if group in chosen or group not in ASSUMED_GROUPS]
        return kept + [group for group in chosen if group not in there]


def assumption_answers(study: Study) -> dict[str, Any]:
    """Return what a study has chosen so far, as the form asks it."""
    keys = [key for group in other_numbers().values() for key in group]
    return {
        **number_answers(keys, study.overrides),
        **{name: getattr(study, name) for name in LABELS},
        **{f"{ASSUMED}{group}": group in study.illustrative for group in ASSUMED_GROUPS},
    }


def _options(name: str) -> list[tuple[str, Any]]:
    if name in CHOICES:
        return CHOICES[name][1]
    if name == "congestion_side":
        return list(CongestionSide.choices)
    return [
        (key, catalogue_label(TABLES[name], key))
        for key, row in catalogue(TABLES[name]).items()
        if _computes(row)
    ]


def _computes(row: Mapping[str, float | str]) -> bool:
    """Say whether a technology is a hub; rows of other tables have no such column."""
    return bool(row.get("computes", True))
