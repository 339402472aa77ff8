"""Forms of the siting room."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ReportForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
