"""Numbers in forms: written with the reader's decimal mark, with unit, default and range."""

import math
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import numberformat
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engines.tables import Entry
from heatmap.quantities import PRINTED_UNITS

DIGITS = 12
SPACES = re.compile(r"\s")


def typed(value: float) -> str:
    """Write a number as a person would type it: decimal mark of the language, no groups."""
    number = Decimal(f"{value:.{DIGITS}g}")
    return numberformat.format(number, get_format("DECIMAL_SEPARATOR"))


def printed_unit(unit: str) -> str:
    return PRINTED_UNITS.get(unit, unit).replace("m2", "m²").replace("degC", "°C")


def parsed(text: str) -> float:
    """Read a number with a decimal point or comma, with or without groups of thousands.

    The mark that the language groups with is taken for one only where it stands as one, so that
    0.7 means the same in German and in English.

    Raises
    ------
    ValueError
        If it is no number.
    """
    plain = SPACES.sub("", text).replace("−", "-").replace("'", "").replace("’", "")
    decimal_mark = get_format("DECIMAL_SEPARATOR")
    group_mark = "." if decimal_mark == "," else ","
    if "." in plain and "," in plain:
        # the one that comes last divides
        group_mark = "." if plain.rfind(",") > plain.rfind(".") else ","
        plain = plain.replace(group_mark, "")
    elif re.fullmatch(rf"-?\d{{1,3}}({re.escape(group_mark)}\d{{3}})+", plain):
        plain = plain.replace(group_mark, "")
    number = float(plain.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


class NumberInput(forms.TextInput):
    """A line for a number; on a phone with the keys for one."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return typed(value) if isinstance(value, (int, float)) else value


class NumberField(forms.Field):
    """A number that may be left out, inside a range."""

    widget = NumberInput
    default_error_messages = {
        "no_number": gettext_lazy("“%(text)s” is no number. Write digits, such as %(like)s."),
        "outside": gettext_lazy("%(value)s is outside the range: write %(range)s."),
    }

    def __init__(
        self,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        unit: str = "",
        whole: bool = False,
        **kwargs: Any,
    ) -> None:
        self.least, self.most, self.whole = least, most, whole
        self.unit = printed_unit(unit)
        super().__init__(required=kwargs.pop("required", False), **kwargs)

    def to_python(self, value: Any) -> float | int | None:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            number = parsed(str(value))
        except ValueError:
            shown = {"text": str(value)[:40], "like": "12" if self.whole else typed(0.5)}
            raise forms.ValidationError(
                self.error_messages["no_number"], "no_number", shown
            ) from None
        if not self.least <= number <= self.most or (self.whole and number % 1):
            shown = {"value": typed(number), "range": self.range_said()}
            raise forms.ValidationError(self.error_messages["outside"], "outside", shown)
        return int(number) if self.whole else number

    def range_said(self) -> str:
        """Say in words what the field takes."""
        what = _("a whole number") if self.whole else _("a number")
        values = {
            "what": what,
            "low": typed(self.least) if math.isfinite(self.least) else "",
            "high": f"{typed(self.most)} {self.unit}".strip() if math.isfinite(self.most) else "",
            "unit": self.unit,
        }
        if values["low"] and values["high"]:
            return _("%(what)s from %(low)s to %(high)s") % values
        if values["low"]:
            return (_("%(what)s from %(low)s %(unit)s on") % values).replace("  ", " ")
        return what


class AssumptionField(NumberField):
    """A number of the registry: empty means the default of the table."""

    def __init__(self, entry: Entry, **kwargs: Any) -> None:
        self.entry = entry
        super().__init__(
            least=-math.inf if math.isnan(entry.minimum) else entry.minimum,
            most=math.inf if math.isnan(entry.maximum) else entry.maximum,
            unit=entry.unit,
            **kwargs,
        )

    def default_said(self) -> str:
        """Say what holds where nothing is written."""
        return _("Default %(value)s; %(range)s.") % {
            "value": typed(self.entry.value),
            "range": _short_range(self),
        }


def _short_range(field: NumberField) -> str:
    if not (math.isfinite(field.least) and math.isfinite(field.most)):
        return field.unit
    return _("%(low)s to %(high)s") % {"low": typed(field.least), "high": typed(field.most)}
