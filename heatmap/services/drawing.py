"""Changes made by hand: shapes drawn on the map, attributes typed into a table.

All of them become one new version, or none does. What was not touched is carried over as it is
stored, not as it went to the browser and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop
from pyproj import Transformer
from shapely.geometry import shape
from shapely.ops import split as cut

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.errors import Refusal
from heatmap.ingest.kinds import BY_NAME, Field
from heatmap.models import Layer, LayerVersion, Municipality
from heatmap.models.municipality import STORAGE_SRID
from heatmap.services.derived import feature_rows
from heatmap.services.layers import Provenance, publish_features
from heatmap.services.versions import newest_number

DRAWN_KINDS = (LayerKind.PARCELS, LayerKind.CONSTRAINTS)
SMALLEST_M2 = 1.0
MOST_ERRORS = 20
WGS84 = 4326
REFERENCE = "ref"


@dataclass
class Changes:
    """What a person wants to be different, by the ids of the version she looked at.

    ``put`` maps an id to its attributes, and to its shape (GeoJSON in degrees) if that was drawn.
    """

    put: dict[str, dict[str, Any]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)


class Wrong(Refusal):
    """Several things to mend; each is a message with its values."""

    def __init__(self, errors: list[tuple[str, dict[str, Any]]]) -> None:
        message, values = errors[0]
        super().__init__(message, **values)
        self.errors = errors[:MOST_ERRORS]


def edited_fields(kind: str) -> tuple[Field, ...]:
    """Return the attributes that a person may change; the id tells the features apart."""
    fields = BY_NAME[kind].fields
    return tuple(each for each in fields if each.name != REFERENCE and each.type != "months")


def changes_from(document: Any) -> tuple[int, Changes]:
    """Read what the page sends: the version that was edited, and what changed.

    Raises
    ------
    Refusal
        If it is not of that form.
    """
    try:
        put = {str(one[REFERENCE]).strip(): dict(one) for one in document["put"]}
        removed = {str(ref) for ref in document["removed"]}
        base = int(document["base"])
        doubles = len(put) != len(document["put"])
    except (TypeError, KeyError, ValueError) as error:
        raise Refusal(gettext_noop("The changes could not be read.\nReload the page.")) from error
    if doubles:
        raise Refusal(gettext_noop("Two features have the same id.\nGive one of them another id."))
    return base, Changes(put, removed)


def save(
    town: Municipality, layer: Layer, base_id: int, changes: Changes, user: User
) -> LayerVersion:
    """Publish the version that was edited with these changes. Call it inside an identity.

    Raises
    ------
    Refusal
        If a newer version appeared meanwhile, nothing changed, or something is wrong (`Wrong`).
    """
    if layer.kind not in DRAWN_KINDS:
        raise Refusal(gettext_noop("Only parcels and constraints are edited by hand."))
    Layer.objects.select_for_update().get(pk=layer.pk)
    base = LayerVersion.objects.select_related("layer").filter(pk=base_id, layer=layer).first()
    newest = newest_number(layer)
    if base is None or base.number != newest:
        raise Refusal(
            gettext_noop(
                "Version %(number)s of this layer appeared while you were editing; nothing was "
                "saved.\nReload the page and make your changes on top of it."
            ),
            number=newest,
        )
    rows = {row[REFERENCE]: row for row in feature_rows(base)}
    added, changed, removed = _apply(town, layer.kind, rows, changes)
    if not added and not changed and not removed:
        raise Refusal(gettext_noop("Nothing was changed, so there is no new version."))
    if not rows:
        raise Refusal(gettext_noop("A layer cannot become empty.\nKeep at least one feature."))
    origin = Provenance(
        source=base.source,
        licence=base.licence,
        crs_delivered=base.crs_delivered,
        data_class=DataClass(base.data_class),
        nature=Nature(base.nature),
        method=base.method,
        data_date=base.data_date,
        user=user,
        inputs=base.inputs,
        remarks={
            "edited_from": base.number, "added": added, "changed": changed, "removed": removed,
        },
    )  # fmt: skip
    return publish_features(town, LayerKind(layer.kind), layer.name, list(rows.values()), origin)


def _apply(
    town: Municipality, kind: str, rows: dict[str, dict[str, Any]], changes: Changes
) -> tuple[int, int, int]:
    """Change `rows` in place; return how many were added, changed and removed."""
    errors: list[tuple[str, dict[str, Any]]] = []
    removed = [rows.pop(ref) for ref in changes.removed if ref in rows]
    added = changed = 0
    for ref, wish in changes.put.items():
        old = rows.get(ref)
        row = dict(old) if old else _new_row(kind, ref)
        if not ref or len(ref) > BY_NAME[kind].fields[0].longest:
            errors.append((
                gettext_noop("The id “%(ref)s” is empty or longer than 80 characters."),
                {"ref": ref[:20]},
            ))  # fmt: skip
            continue
        errors += _fill(kind, row, wish)
        drawn = wish.get("geometry")
        if drawn:
            errors += _draw(town, row, drawn)
        elif old is None:
            errors.append(
                (gettext_noop("%(ref)s has no shape.\nDraw it on the map."), {"ref": ref})
            )
        if row != old:
            added, changed = added + (old is None), changed + (old is not None)
        rows[ref] = row
    if errors:
        raise Wrong(errors)
    return added, changed, len(removed)


def _new_row(kind: str, ref: str) -> dict[str, Any]:
    row: dict[str, Any] = {REFERENCE: ref}
    for each in edited_fields(kind):
        text = each.type in ("text", "words")
        row[each.name] = (each.if_missing or "") if text else None
    return row | ({"parcel_kind": ""} if kind == LayerKind.PARCELS else {})


def _fill(
    kind: str, row: dict[str, Any], wish: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    errors = []
    for each in edited_fields(kind):
        if each.name not in wish:
            continue
        if str(wish[each.name]) == str("" if row[each.name] is None else row[each.name]):
            continue  # as it was, even if nobody would be let type it today
        value, error = _value(each, wish[each.name])
        if error:
            said = str(wish[each.name])[:60]
            errors.append((error, {"ref": row[REFERENCE], "field": each.label, "value": said}))
        else:
            row[each.name] = value
    return errors


def _value(kept: Field, said: Any) -> tuple[Any, str]:
    """Return the value as it is stored, or what is wrong with it."""
    text = "" if said is None else str(said).strip()
    if kept.type in ("text", "words"):
        text = text or str(kept.if_missing or "")
        if len(text) > kept.longest or "\x00" in text:
            return None, gettext_noop("%(ref)s, %(field)s: “%(value)s” is too long.")
        words = {word for word, _ in kept.words} | {kept.otherwise}
        if kept.type == "words" and text not in words:
            return None, gettext_noop(
                "%(ref)s, %(field)s: “%(value)s” is not one of the known words."
            )
        return text, ""
    if not text:
        return None, ""
    try:
        number = float(text.replace(",", ".") if text.count(",") == 1 else text)
    except ValueError:
        return None, gettext_noop("%(ref)s, %(field)s: “%(value)s” is not a number.")
    lowest = kept.lowest if kept.lowest is not None else float("-inf")
    if not lowest <= number < float("inf"):
        return None, gettext_noop("%(ref)s, %(field)s: %(value)s is not possible.")
    return number, ""


def _draw(
    town: Municipality, row: dict[str, Any], drawn: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Put the shape into the row; the same rules as for files, but nothing is repaired."""
    ref = row[REFERENCE]
    try:
        area = shape(drawn)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.GEOSException):
        return [(gettext_noop("%(ref)s: the shape could not be read."), {"ref": ref})]
    if area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        return [(gettext_noop("%(ref)s must be an area."), {"ref": ref})]
    if not area.is_valid:
        return [(
            gettext_noop("The edge of %(ref)s crosses itself.\nMove its corners apart."),
            {"ref": ref},
        )]  # fmt: skip
    stored = _projected(area)
    if not stored.is_valid or stored.area < SMALLEST_M2:
        return [(gettext_noop("%(ref)s is smaller than 1 m²."), {"ref": ref})]
    if not shapely.covers(shapely.from_wkb(bytes(town.extent.wkb)), stored):
        return [(
            gettext_noop("%(ref)s lies outside the town.\nDraw it inside its border."), {"ref": ref}
        )]  # fmt: skip
    row["wkb"] = shapely.to_wkb(stored, hex=True)
    return []


def _projected(area: shapely.Geometry) -> shapely.Geometry:
    to_storage = Transformer.from_crs(WGS84, STORAGE_SRID, always_xy=True)
    return shapely.transform(area, lambda points: np.column_stack(to_storage.transform(*points.T)))


def split_area(document: Any) -> list[dict[str, Any]]:
    """Cut an area along a line; both are GeoJSON.

    Raises
    ------
    Refusal
        If they cannot be read, or the line does not cut through.
    """
    try:
        area, line = shape(document["area"]), shape(document["line"])
        parts = [one for one in cut(area, line).geoms if one.geom_type == "Polygon"]
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        shapely.GEOSException,
    ) as e:
        raise Refusal(gettext_noop("The area or the line could not be read.")) from e
    if len(parts) <= len(shapely.get_parts(area)):
        raise Refusal(
            gettext_noop(
                "The line does not cut the area in two.\nBegin and end it outside the area."
            )
        )
    return [shapely.geometry.mapping(part) for part in parts]
