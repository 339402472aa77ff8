"""Short forms of the siting room."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


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


class CopyForm(forms.Form):
    name = forms.CharField(label=_("Name of the new study"), max_length=120)
