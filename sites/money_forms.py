"""The money choices of a study as a form: tariffs, contracts, heat, computing, ownership."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engines.evaluation.money_choices import TARIFFS, MoneyChoices
from engines.grid.tariff import Tariff
from engines.tables import catalogue
from sites.choices import ComputeKind, LandKind, OwnerKind, Source
from sites.models import Study
from sites.number_fields import NumberField
from sites.rule_findings import TARIFF_LABELS
from sites.sectioned_form import Row, SectionedForm, number_answers
from sites.sentences import said

DISPLACED = "displaced_"
WINDOWS, POINTS = 4, 6
COUNTED = ("count_curtailed", "count_reserve")
RESIDUAL = "residual_mix_t_per_mwh"
G_PER_KG = 1000.0
MOST_LINES = 50
OWN_LABELS = {
    "supplier_margin_eur_per_mwh": gettext_lazy("Margin of the supplier, EUR/MWh"),
    "energy_charge_eur_per_mwh": gettext_lazy("Network charge on energy, EUR/MWh"),
    "levies_first_eur_per_mwh": gettext_lazy("Levies up to the threshold, EUR/MWh"),
    "levies_above_eur_per_mwh": gettext_lazy("Levies above the threshold, EUR/MWh"),
    "levy_threshold_mwh": gettext_lazy("Threshold of the levies, MWh/a; 0 if there is none"),
    "concession_eur_per_mwh": gettext_lazy("Concession fee, EUR/MWh"),
    "tax_eur_per_mwh": gettext_lazy("Electricity tax, EUR/MWh"),
    "capacity_charge_eur_per_kw_a": gettext_lazy("Network charge on the highest power, EUR/kW a"),
}
MONEY_NUMBERS: dict[str, tuple[str, ...]] = {
    "contracts": (
        "contract.atypical_charge_share",
        "contract.band_least_mwh",
        "contract.curtailed_least_kw",
        "contract.curtailed_eur_per_mwh",
    ),
    "heat": ("heat.share_return", "heat.share_supply"),
    "land": (
        "economics.land_lease_eur_per_m2_a",
        "economics.land_price_eur_per_m2",
        "economics.third_party_rate_share",
    ),
}


def own(technology: str, part: str) -> str:
    """Return the name of the field of a part of a planner's own tariff."""
    return f"own-{technology}-{part}"


class MoneyForm(SectionedForm):
    """What a study chooses of tariffs, contracts, heat, computing and ownership."""

    def build(self) -> None:
        self._build_tariffs()
        self._build_contracts()
        self._build_heat()
        self._build_computing()
        self._build_ownership()

    def _build_tariffs(self) -> None:
        listed = [
            self.add(
                name,
                forms.ChoiceField(
                    label=label,
                    choices=_tariffs(technologies),
                    widget=forms.Select({"class": "wide"}),
                ),
                self.initial.get(name),
            )
            for name, label, technologies in (
                ("tariff", _("Tariff of the hub"), ("hub",)),
                ("heat_pump_tariff", _("Tariff of the heat pump"), ("heat_pump", "hub")),
            )
        ]
        rows = [Row(_("From the list"), listed)]
        for technology in TARIFFS:
            names = [
                self.add(own(technology, part), NumberField(label=label, least=0.0), "")
                for part, label in OWN_LABELS.items()
            ]
            title = _("A tariff of your own: %(what)s") % {"what": TARIFF_LABELS[technology]}
            rows.append(Row(title, names))
        self.section(
            "tariffs",
            _("Electricity tariffs"),
            _(
                "What is paid on top of the exchange price, without VAT. A tariff of your own "
                "goes before the list; leave all its fields empty to use the list. The electric "
                "boiler pays the tariff of its country, or yours."
            ),
            rows,
        )

    def _build_contracts(self) -> None:
        windows = [
            Row(
                _("High-load window %(number)s") % {"number": number + 1},
                [
                    self.add(
                        f"window-{number}-months",
                        forms.CharField(
                            label=_("Months, 1 to 12"),
                            max_length=60,
                            required=False,
                            help_text=_("With commas: 1, 2, 11, 12."),
                        ),
                        "",
                    ),
                    *(
                        self.add(
                            f"window-{number}-{part}",
                            NumberField(label=label, least=0, most=24, whole=True),
                            "",
                        )
                        for part, label in (
                            ("from", _("From, hour of the day")),
                            ("to", _("Until, hour of the day")),
                        )
                    ),
                ],
            )
            for number in range(self._lines("window", WINDOWS))
        ]
        curtailed = self.add(
            "curtailed_hours",
            NumberField(label=_("Hours in a year; 0 for none"), least=0, most=8760, whole=True),
            0,
        )
        counted = [
            self.add(
                name,
                forms.ChoiceField(
                    label=label, choices=[("0", _("beside it, not counted")), ("1", _("counted"))]
                ),
                "0",
            )
            for name, label in (
                ("count_curtailed", _("Energy that would be curtailed")),
                ("count_reserve", _("Best reserve product")),
            )
        ]
        residual = self.add(
            "residual_mix_g_per_kwh",
            NumberField(
                label=_("Residual mix, g CO₂/kWh"), least=0.0, most=3000.0,
                help_text=_("Empty if not known; an hourly series that is loaded goes before it."),
            ),
            "",
        )  # fmt: skip
        atypical, band, *allotted = (self.add_number(key) for key in MONEY_NUMBERS["contracts"])
        self.section(
            "contracts",
            _("Contracts"),
            _(
                "Flexible operation is always on offer; each year takes the best contract. "
                "Atypical use needs the windows that the network operator publishes; without a "
                "window it is not on offer."
            ),
            [
                Row(_("Atypical use"), [atypical]),
                *windows,
                Row(_("Band load"), [band]),
                Row(_("Energy that would be curtailed (s.13k EnWG)"), [curtailed, *allotted]),
                Row(_("What counts in the study"), counted),
                Row(_("Emissions of electricity without guarantees of origin"), [residual]),
            ],
        )

    def _lines(self, start: str, fewest: int) -> int:
        """Return how many lines of a list are asked: those that are there and an empty one."""
        there = self.data if self.is_bound else self.initial
        numbers = [
            int(found[1]) + (0 if self.is_bound else 2)
            for name in there
            if (found := re.fullmatch(rf"{start}-(\d+)-[a-z]+", name))
        ]
        return min(max(fewest, *numbers, 0), MOST_LINES)

    def _build_heat(self) -> None:
        months = [
            self.add(
                f"{DISPLACED}{number}", forms.ChoiceField(label=month, choices=Source), "boiler"
            )
            for number, month in MONTHS.items()
        ]
        points = [
            self.add(f"point-{number}-{part}", NumberField(label=label, least=least, most=most), "")
            for number in range(self._lines("point", POINTS))
            for part, label, least, most in (
                ("degc", _("Outdoor temperature %(n)s, °C") % {"n": number + 1}, -60.0, 60.0),
                ("eur", _("Price of heat %(n)s, EUR/MWh") % {"n": number + 1}, -1000.0, 1000.0),
            )
        ]
        self.section(
            "heat",
            _("Heat: what it replaces and what it earns"),
            _(
                "The dearest source that runs in the month. A month that is unknown has no heat "
                "value, and the run says so. Marginal costs in the layer of plants go before this."
            ),
            [
                Row(_("What the heat of the hub replaces"), months),
                Row(
                    _("Share of the avoided cost that the hub is paid"),
                    [self.add_number(key) for key in MONEY_NUMBERS["heat"]],
                    _("Holds where no price by outdoor temperature is written below."),
                ),
                Row(
                    _("Price by outdoor temperature"),
                    points,
                    _(
                        "Two or more pairs from the coldest to the warmest, straight in between; "
                        "empty: the share of the avoided cost."
                    ),
                ),
            ],
        )

    def _build_computing(self) -> None:
        kind = forms.ChoiceField(label=_("Kind of computing"), choices=ComputeKind)
        keep = NumberField(
            label=_("Part of the coins that is kept, 0 to 1"), least=0.0, most=1.0,
            help_text=_("Default 0: all coins are sold at once."),
        )  # fmt: skip
        limit = NumberField(
            label=_("Most they may be worth (EUR)"), least=0.0,
            help_text=_("What is above it is sold."),
        )  # fmt: skip
        self.section(
            "computing",
            _("Computing"),
            _(
                "Income from computing is speculative and stands apart. Selling at once is the "
                "safe way; keeping coins earns nothing by itself."
            ),
            [
                Row(_("What is computed"), [self.add("compute_kind", kind, ComputeKind.BITCOIN)]),
                Row(
                    _("What is done with coins"),
                    [self.add("hold_share", keep, 0.0), self.add("hold_limit", limit, "")],
                ),
            ],
        )

    def _build_ownership(self) -> None:
        lease = forms.ChoiceField(
            label=_("The lease of the land"),
            choices=[("1", _("paid to the town")), ("0", _("paid to somebody else"))],
        )
        chosen = [
            self.add("land", forms.ChoiceField(label=_("Land"), choices=LandKind), LandKind.LEASE),
            self.add("town_land", lease, "1"),
            self.add(
                "owner",
                forms.ChoiceField(label=_("Owner of the hub"), choices=OwnerKind),
                OwnerKind.MUNICIPAL,
            ),
        ]
        self.section(
            "ownership",
            _("Land and ownership"),
            _("Both kinds of ownership are always worked out; this says whose page it is."),
            [Row(_("Chosen"), chosen),
             Row(_("Costs"), [self.add_number(key) for key in MONEY_NUMBERS["land"]])],
        )  # fmt: skip

    # what was answered

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for technology in TARIFFS:
            names = [own(technology, part) for part in OWN_LABELS]
            missing = [name for name in names if cleaned.get(name) is None]
            if len(missing) < len(names):
                for name in missing:
                    if name not in self.errors:
                        self.add_error(
                            name,
                            _("A tariff of your own needs all its parts; write 0 where nothing is"
                              " paid."),
                        )  # fmt: skip
        self._clean_windows(cleaned)
        self._clean_points(cleaned)
        if cleaned.get("hold_share") and cleaned.get("hold_limit") is None:
            self.add_error("hold_limit", _("Say how much the coins may be worth at most."))
        return cleaned

    def _clean_windows(self, cleaned: dict[str, Any]) -> None:
        for number in range(self._lines("window", WINDOWS)):
            start = f"window-{number}"
            text = cleaned.get(f"{start}-months") or ""
            first, last = cleaned.get(f"{start}-from"), cleaned.get(f"{start}-to")
            parts = [part for part in re.split(r"[,;\s]+", text) if part]
            if not parts and first is None and last is None:
                continue
            if not parts or not all(part.isdigit() and 1 <= int(part) <= 12 for part in parts):  # noqa: PLR2004
                self.add_error(f"{start}-months", _("Write months from 1 to 12, with commas."))
            if first is None or last is None or first >= last:
                self.add_error(
                    f"{start}-to", _("A window runs from an earlier to a later hour, 0 to 24.")
                )

    def _clean_points(self, cleaned: dict[str, Any]) -> None:
        points, before = 0, -1000.0
        for number in range(self._lines("point", POINTS)):
            degc, eur = cleaned.get(f"point-{number}-degc"), cleaned.get(f"point-{number}-eur")
            if degc is None and eur is None:
                continue
            points += 1
            if degc is None or eur is None:
                name = f"point-{number}-{'degc' if degc is None else 'eur'}"
                self.add_error(name, _("Each pair needs a temperature and a price."))
            elif degc <= before:
                self.add_error(f"point-{number}-degc", _("Go from the coldest to the warmest."))
            before = before if degc is None else degc
        if points == 1:
            self.add_error("point-1-degc", _("One pair is no line: write two or more, or none."))

    def money_of_study(self, study: Study) -> dict[str, Any]:
        """Return the answers as the money choices of a study name them."""
        answers = self.cleaned_data
        tariffs = {
            technology: {part: float(answers[own(technology, part)]) for part in OWN_LABELS}
            for technology in TARIFFS
            if answers[own(technology, "tax_eur_per_mwh")] is not None
        }
        asked = {
            "displaced_by_month": [answers[f"{DISPLACED}{n}"] for n in MONTHS],
            "tariffs": tariffs,
            "compute_kind": answers["compute_kind"],
            "land": answers["land"],
            "owner": answers["owner"],
            "town_land": answers["town_land"] == "1",
            "treasury": {"hold_share": share, "limit_eur": answers["hold_limit"] or 0.0}
            if (share := answers["hold_share"])
            else {},
            "heat_tariff": [
                [degc, answers[f"point-{n}-eur"]]
                for n in range(self._lines("point", POINTS))
                if (degc := answers[f"point-{n}-degc"]) is not None
            ],
            "high_load_windows": [
                {
                    "months": sorted({int(one) for one in re.split(r"[,;\s]+", text) if one}),
                    "from_h": answers[f"window-{n}-from"],
                    "to_h": answers[f"window-{n}-to"],
                }
                for n in range(self._lines("window", WINDOWS))
                if (text := answers[f"window-{n}-months"])
            ],
            "curtailed_hours": answers["curtailed_hours"] or 0,
        }
        if asked["displaced_by_month"] == study_months(study):
            # an answer that was there before is no new statement
            asked["displaced_by_month"] = study.money.get("displaced_by_month") or ()
        answered = {*asked, *COUNTED, RESIDUAL}
        kept = {name: value for name, value in study.money.items() if name not in answered}
        defaults = vars(MoneyChoices())
        stated = {
            name: value
            for name, value in asked.items()
            if value not in ({}, [], ()) and value != defaults[name]
        }
        return kept | stated | self._counted()

    def _counted(self) -> dict[str, Any]:
        """What counts besides heat and computing, and the residual mix where it is stated."""
        answers = self.cleaned_data
        found: dict[str, Any] = {name: True for name in COUNTED if answers[name] == "1"}
        residual_g = answers["residual_mix_g_per_kwh"]
        return found if residual_g is None else found | {RESIDUAL: residual_g / G_PER_KG}


def study_months(study: Study) -> list[str]:
    """Return what the hub replaces in each month: as stated, else the one source of the study."""
    stated: list[str] | None = study.money.get("displaced_by_month")
    return stated or [study.displaced_source] * len(MONTHS)


def money_answers(study: Study) -> dict[str, Any]:
    """Return what a study has chosen so far, as the form asks it."""
    money = study.money
    months = study_months(study)
    treasury = money.get("treasury") or {}
    return {
        **number_answers([key for keys in MONEY_NUMBERS.values() for key in keys], study.overrides),
        "tariff": study.tariff,
        "heat_pump_tariff": study.heat_pump_tariff,
        "compute_kind": money.get("compute_kind", ComputeKind.BITCOIN),
        "land": money.get("land", LandKind.LEASE),
        "owner": money.get("owner", OwnerKind.MUNICIPAL),
        "town_land": "1" if money.get("town_land", True) else "0",
        "hold_share": treasury.get("hold_share", 0.0),
        "hold_limit": treasury.get("limit_eur"),
        "curtailed_hours": money.get("curtailed_hours", 0),
        **{name: "1" if money.get(name) else "0" for name in COUNTED},
        "residual_mix_g_per_kwh": None
        if money.get("residual_mix_t_per_mwh") is None
        else money["residual_mix_t_per_mwh"] * G_PER_KG,
        **{f"{DISPLACED}{n}": source for n, source in zip(MONTHS, months, strict=True)},
        **_own_answers(money.get("tariffs") or {}),
        **_line_answers(money),
    }


def _own_answers(tariffs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {
        own(technology, part): parts[part]
        for technology, parts in tariffs.items()
        for part in Tariff.__dataclass_fields__
    }


def _line_answers(money: Mapping[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for number, one in enumerate(money.get("high_load_windows") or []):
        answers |= {
            f"window-{number}-months": ", ".join(str(month) for month in one["months"]),
            f"window-{number}-from": one["from_h"],
            f"window-{number}-to": one["to_h"],
        }
    for number, (degc, eur) in enumerate(money.get("heat_tariff") or []):
        answers |= {f"point-{number}-degc": degc, f"point-{number}-eur": eur}
    return answers


def _tariffs(technologies: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (key, said(row["label"]))
        for key, row in catalogue("tariffs").items()
        if row["technology_text"] in technologies
    ]
