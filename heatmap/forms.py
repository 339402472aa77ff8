"""Forms of the map room."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from heatmap.choices import Role, TokenScope
from heatmap.models import Municipality


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One file or several."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    """Files of any kind; what they are is asked when they have been looked at."""

    file = ManyFilesField(label=_("Files"), error_messages={"required": _("Choose a file first.")})

    def clean_file(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["file"]
        for file in files:
            if file.size > settings.UPLOAD_MAX_BYTES:
                raise forms.ValidationError(
                    _("The file has %(size)s; at most %(limit)s are accepted."),
                    params={
                        "size": filesizeformat(file.size),
                        "limit": filesizeformat(settings.UPLOAD_MAX_BYTES),
                    },
                )
        return files


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
