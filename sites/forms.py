"""Forms of the siting room."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from engines.grid.tariff import Tariff
from engines.tables import catalogue
from sites.choices import ComputeKind, LandKind, OwnerKind, Source
from sites.models import Study
from sites.sentences import said

OWN_TARIFF = "own_"
DISPLACED = "displaced_"
OWN_LABELS = {
    "supplier_margin_eur_per_mwh": _("Margin of the supplier, EUR/MWh"),
    "energy_charge_eur_per_mwh": _("Network charge on energy, EUR/MWh"),
    "levies_first_eur_per_mwh": _("Levies up to the threshold, EUR/MWh"),
    "levies_above_eur_per_mwh": _("Levies above the threshold, EUR/MWh"),
    "levy_threshold_mwh": _("Threshold of the levies, MWh/a; 0 if there is none"),
    "concession_eur_per_mwh": _("Concession fee, EUR/MWh"),
    "tax_eur_per_mwh": _("Electricity tax, EUR/MWh"),
    "capacity_charge_eur_per_kw_a": _("Network charge on the highest power, EUR/kW a"),
}


class PilotForm(forms.Form):
    yearly_eur = forms.FloatField(
        label=_("May lose in a year (EUR)"), min_value=0.0, required=False
    )
    total_eur = forms.FloatField(label=_("May lose in all (EUR)"), min_value=0.0, required=False)


class SizeForm(forms.Form):
    """The size of the hub; without a number each place takes its best one."""

    power_it_kw = forms.FloatField(
        label=_("Size of the hub in kW; empty: the best size of each place"),
        min_value=10.0,
        max_value=10000.0,
        required=False,
    )


class ReportForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class MoneyForm(forms.Form):
    """Tariff, displaced heat, land, owner and kind of computing of a study."""

    tariff = forms.ChoiceField(label=_("Tariff of the hub"))
    heat_pump_tariff = forms.ChoiceField(label=_("Tariff of the heat pump"))
    compute_kind = forms.ChoiceField(label=_("Kind of computing"), choices=ComputeKind)
    land = forms.ChoiceField(label=_("Land"), choices=LandKind)
    owner = forms.ChoiceField(label=_("Owner of the hub"), choices=OwnerKind)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, technologies in (
            ("tariff", ("hub",)),
            ("heat_pump_tariff", ("heat_pump", "hub")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  as declared above
            field.choices = _tariffs(technologies)
        for number, month in MONTHS.items():
            self.fields[f"{DISPLACED}{number}"] = forms.ChoiceField(label=month, choices=Source)
        for name, label in OWN_LABELS.items():
            self.fields[f"{OWN_TARIFF}{name}"] = forms.FloatField(
                label=label, min_value=0.0, required=False
            )

    @property
    def general(self) -> list[forms.BoundField]:
        """Fields that are neither a month nor a part of an own tariff."""
        return [self[name] for name in self.base_fields]

    @property
    def months(self) -> list[forms.BoundField]:
        return [self[f"{DISPLACED}{number}"] for number in MONTHS]

    @property
    def own_tariff(self) -> list[forms.BoundField]:
        return [self[f"{OWN_TARIFF}{name}"] for name in OWN_LABELS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        parts = [cleaned.get(f"{OWN_TARIFF}{name}") for name in OWN_LABELS]
        if any(part is not None for part in parts) and None in parts:
            raise forms.ValidationError(
                _("A tariff of your own needs all its parts; write 0 where nothing is paid.")
            )
        return cleaned

    def choices_of_study(self) -> dict[str, Any]:
        """Return the valid answers as the money choices of a study name them."""
        own = {name: self.cleaned_data[f"{OWN_TARIFF}{name}"] for name in OWN_LABELS}
        return {
            "displaced_by_month": [self.cleaned_data[f"{DISPLACED}{n}"] for n in MONTHS],
            "tariffs": {} if None in own.values() else {"hub": own},
            **{name: self.cleaned_data[name] for name in ("compute_kind", "land", "owner")},
        }


def money_answers(study: Study) -> dict[str, Any]:
    """Return what a study has chosen so far, as the form asks it."""
    money = study.money
    months = money.get("displaced_by_month") or [study.displaced_source] * len(MONTHS)
    own = (money.get("tariffs") or {}).get("hub") or {}
    return {
        "tariff": study.tariff,
        "heat_pump_tariff": study.heat_pump_tariff,
        "compute_kind": money.get("compute_kind", ComputeKind.BITCOIN),
        "land": money.get("land", LandKind.LEASE),
        "owner": money.get("owner", OwnerKind.MUNICIPAL),
        **{f"{DISPLACED}{n}": source for n, source in zip(MONTHS, months, strict=True)},
        **{f"{OWN_TARIFF}{name}": own.get(name) for name in Tariff.__dataclass_fields__},
    }


def _tariffs(technologies: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (key, said(row["label"]))
        for key, row in catalogue("tariffs").items()
        if row["technology_text"] in technologies
    ]
