"""What features can be asked for by: their values, a box, a moment, and a page at a time."""

from typing import Any

from django.db import models
from django.http import HttpRequest

from heatmap.api.answers import WrongParameterError
from heatmap.api.collections import Collection
from heatmap.api.crs import CRS84, boxes_of
from heatmap.feature_selectors import Wanted, property_columns
from heatmap.models import FEATURE_MODELS

PAGING = {"limit", "after"}
PLACE_AND_TIME = {"bbox", "bbox-crs", "crs", "datetime"}
USUAL_LIMIT, MOST = 100, 10_000
NULL = "\x00"  # PostgreSQL holds no text with it
NUMBERS = (models.FloatField, models.IntegerField)
WORDS = {"true": True, "false": False}


def _fields(of: Collection) -> dict[str, Any]:
    """Return the fields that features can be asked for by; not lists."""
    fields = {f.column: f for f in FEATURE_MODELS[of.kind]._meta.concrete_fields}
    known = (models.CharField, models.BooleanField, *NUMBERS)
    return {c: fields[c] for c in property_columns(of.kind) if isinstance(fields[c], known)}


def queryables(of: Collection) -> dict[str, Any]:
    """Describe the values of features as JSON Schema."""
    shown = {p.column: p for p in of.record.properties}
    found = {}
    for column, field in _fields(of).items():
        kind = "string"
        if isinstance(field, models.BooleanField):
            kind = "boolean"
        elif isinstance(field, NUMBERS):
            kind = "integer" if isinstance(field, models.IntegerField) else "number"
        found[column] = {
            "type": kind,
            "title": str(shown[column].label if column in shown else column),
        }
        if column in shown and shown[column].unit:
            found[column]["x-ogc-unit"] = shown[column].unit
    return found


def _value(column: str, field: Any, written: str) -> Any:
    if isinstance(field, models.BooleanField):
        if written.lower() not in WORDS:
            raise WrongParameterError(f"{column} is true or false.")
        return WORDS[written.lower()]
    if isinstance(field, NUMBERS):
        try:
            number = float(written)
        except ValueError:
            number = float("nan")
        if number != number or abs(number) == float("inf"):
            raise WrongParameterError(f"{column} takes a number, with a point for the decimals.")
        return number
    if NULL in written:
        raise WrongParameterError(f"{column} cannot hold this text.")
    return written


def wanted_features(request: HttpRequest, of: Collection) -> Wanted:
    """Read the filters of a request.

    Raises
    ------
    WrongParameterError
        If one of them cannot be understood.
    """
    boxes = None
    if "bbox" in request.GET:
        uri = request.GET.get("bbox-crs", CRS84)
        boxes = boxes_of(request.GET["bbox"], uri, of.town.srid)
    elif "bbox-crs" in request.GET:
        raise WrongParameterError("bbox-crs goes with a bbox.")
    if of.is_older_than_all:
        boxes = []
    equal = {
        column: _value(column, field, request.GET[column])
        for column, field in _fields(of).items()
        if column in request.GET
    }
    return Wanted(of.kind, of.version.pk, boxes, equal)


def wanted_page(request: HttpRequest) -> tuple[int, str]:
    """Return how many features, and after which id."""
    written = request.GET.get("limit", str(USUAL_LIMIT))
    if not written.isascii() or not written.isdecimal() or int(written[:9]) < 1:
        raise WrongParameterError(f"limit takes a whole number from 1 to {MOST}.")
    after = request.GET.get("after", "")
    if NULL in after:
        raise WrongParameterError("after takes the id of a feature.")
    return min(int(written[:9]), MOST), after


def known_parameters(of: Collection) -> set[str]:
    return PAGING | PLACE_AND_TIME | set(_fields(of))
