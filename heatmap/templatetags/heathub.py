"""Tags and filters that every template may use."""

import json
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static

from heatmap import quantities

register = template.Library()


@cache
def _vendor_paths() -> dict[str, str]:
    manifest = settings.BASE_DIR / "static" / "vendor" / "manifest.json"
    return json.loads(manifest.read_text(encoding="utf-8"))


@register.simple_tag
def vendor(name: str) -> str:
    """Address of a third-party file; its version is part of the path."""
    return static(f"vendor/{_vendor_paths()[name]}")


@register.filter
def quantity(value: float | None, unit: str = "") -> str:
    """``{{ parcel.area_m2|quantity:"m2" }}``."""
    return quantities.quantity(value, unit)


@register.filter
def unit(name: str) -> str:
    """Write a unit as it is printed: °C for degC. A share is a bare number, not yet per cent."""
    return "" if name == "share" else quantities.PRINTED_UNITS.get(name, name)
