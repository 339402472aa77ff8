"""Forms of the map room."""

import zipfile
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from heatmap.choices import LayerKind, Role, TokenScope
from heatmap.models import Municipality

UPLOAD_KINDS = [(LayerKind.PARCELS.value, LayerKind.PARCELS.label)]


class UploadForm(forms.Form):
    """A zipped shapefile with candidate parcels, and what the file itself cannot say."""

    kind = forms.ChoiceField(label=_("What the file holds"), choices=UPLOAD_KINDS)
    file = forms.FileField(
        label=_("Zipped shapefile"),
        error_messages={"required": _("Choose a .zip file first.")},
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("Who made the data, for example “Cadastre office, city of Aachen”."),
    )
    licence = forms.CharField(
        label=_("Licence"), max_length=200, help_text=_("For example “dl-de/by-2-0” or “internal”.")
    )
    srid = forms.IntegerField(
        label=_("EPSG code"),
        required=False,
        min_value=1024,
        max_value=999999,
        help_text=_("Only needed when the .prj file is missing, for example 25832."),
    )
    encoding = forms.CharField(
        label=_("Character encoding"),
        required=False,
        max_length=30,
        help_text=_("Only needed when umlauts come out wrong, for example “cp1252”."),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(limit)s are accepted."),
                params={
                    "size": filesizeformat(file.size),
                    "limit": filesizeformat(settings.UPLOAD_MAX_BYTES),
                },
            )
        if not zipfile.is_zipfile(file):
            raise forms.ValidationError(
                _("This is not a zip file. Put .shp, .shx, .dbf and .prj into one .zip.")
            )
        file.seek(0)
        return file

    def answers(self) -> dict[str, Any]:
        """Return what the upload service asks for: the answers, and the name of the file."""
        return self.cleaned_data | {"name": self.cleaned_data["file"].name}


class InviteForm(forms.Form):
    """Whom to let in, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class FirstAdministratorForm(forms.Form):
    """Lets somebody into any town; for the system administrator."""

    town = forms.ModelChoiceField(
        label=_("Town"), queryset=Municipality.objects.none(), empty_label=None
    )
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ADMINISTRATOR)

    def __init__(self, *args: Any, towns: QuerySet[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].queryset = towns


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class TokenForm(forms.Form):
    """What a program may do, and for how long."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("For what, for example “QGIS in the office”.")
    )
    scope = forms.ChoiceField(label=_("May read"), choices=TokenScope.choices)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (366, _("one year"))],
        initial=30,
    )


class AcceptForm(BaseUserCreationForm):
    """The new account of an invited person."""

    class Meta:
        model = User
        fields = ("username",)
