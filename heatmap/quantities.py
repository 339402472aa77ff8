"""The one place where a number becomes text: digits, separators, unit, and a dash for missing."""

import math
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext_lazy

DASH = "–"
THIN_SPACE = "\u202f"

SCALED_UNITS = {
    "kWh/a": ((1e6, "GWh/a"), (1e3, "MWh/a")),
    "MWh/a": ((1e3, "GWh/a"),),
    "MWh": ((1e3, "GWh"),),
    "kW": ((1e3, "MW"),),
    "EUR": ((1e6, "M EUR"), (1e3, "k EUR")),
    "EUR/a": ((1e6, "M EUR/a"), (1e3, "k EUR/a")),
    "m2": ((1e4, "ha"),),
}
# written otherwise in other languages
SPOKEN_UNITS = {
    "M EUR": gettext_lazy("M EUR"),
    "k EUR": gettext_lazy("k EUR"),
    "M EUR/a": gettext_lazy("M EUR/a"),
    "k EUR/a": gettext_lazy("k EUR/a"),
}
# never scaled, so that they can be compared; the places beyond the significant ones become zeros
ROUNDED_UNITS = ("EUR/MWh", "EUR/kW")
PRINTED_UNITS = {
    "m2": "m²",
    "m3": "m³",
    "degC": "°C",
    "share": "%",
    "-": "",
    "kgCO2/MWh": "kg CO₂/MWh",
    "tCO2/a": "t CO₂/a",
    "tCO2/MWh": "t CO₂/MWh",
}


def is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def digits(value: float, significant: int = 3) -> str:
    """Round to `significant` figures and write with the separators of the active language."""
    if value == 0:
        return "0"
    if abs(value) < 10**significant:
        value = float(f"{value:.{significant}g}")
    decimals = max(0, significant - 1 - math.floor(math.log10(abs(value))))
    return written(value, min(decimals, 6))


def written(value: float, decimals: int) -> str:
    """Write a number with so many decimals. Django cuts the others off; here they are rounded."""
    rounded = Decimal(f"{value:.{decimals}f}")
    return formats.number_format(rounded, decimals, force_grouping=True).replace("-", "−")


def count(value: float | None) -> str:
    """Write a number of things; a dash when it is missing."""
    if is_missing(value):
        return DASH
    return written(value, 0)  # type: ignore[arg-type]


def score(value: float | None) -> str:
    """Write a score with two decimals; a dash when it is missing."""
    if is_missing(value):
        return DASH
    return written(value, 2)  # type: ignore[arg-type]


def quantity(value: float | None, unit: str = "", significant: int = 3) -> str:
    """Write a number with its unit, scaled to a readable size; a dash when it is missing."""
    if is_missing(value):
        return DASH
    number = float(value)  # type: ignore[arg-type]
    if unit == "share":
        return f"{digits(100 * number, significant)}{THIN_SPACE}%"
    for factor, larger in SCALED_UNITS.get(unit, ()):
        if abs(number) >= factor:
            number, unit = number / factor, larger
            break
    else:
        unit = PRINTED_UNITS.get(unit, unit)
    if unit in ROUNDED_UNITS:
        number = float(f"{number:.{significant}g}")
    unit = str(SPOKEN_UNITS.get(unit, unit)).replace("m2", "m²").replace("degC", "°C")
    return f"{digits(number, significant)}{THIN_SPACE}{unit}".rstrip(THIN_SPACE)
