"""The ground of the parcels, and what a study asks of a place, as the engines take them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon

from engines.assumptions import Assumptions
from engines.errors import InvalidInput
from engines.evaluation.gates import least_sides_m
from engines.evaluation.records import Land, Rules, unknown_land
from engines.siting.rectangle import longest_rectangle_m
from sites.parcel_selectors import INSTITUTIONS, SEARCHED, ParcelRow


def land_of(rows: list[ParcelRow], mapped: frozenset[str], a: Assumptions) -> Land:
    """Return the ground of all parcels, without the rectangles, which take their time."""
    bare = unknown_land(len(rows), least_sides_m(a))
    return replace(
        bare,
        slope_percent=_floats(row.slope_percent for row in rows),
        building_m=_floats(row.building_m for row in rows),
        sensitive_m=_floats(row.sensitive_m for row in rows),
        hospital_m=_floats(row.hospital_m for row in rows),
        monument_m=_floats(row.monument_m for row in rows),
        ownership=tuple(row.ownership for row in rows),
        mapped=mapped,
    )


def measured(land: Land, rows: Sequence[ParcelRow]) -> Land:
    """Search the outlines of these parcels for rectangles; not inside a transaction."""
    sides = land.least_sides_m
    found = [_rectangle(row.outline, sides) for row in rows]
    return replace(
        land,
        long_sides_m=np.array([long for long, _ in found]).reshape(len(rows), len(sides)),
        accuracy_m=np.array([accuracy for _, accuracy in found]),
    )


def _floats(values: Any) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _rectangle(outline: bytes, sides: tuple[float, ...]) -> tuple[np.ndarray, float]:
    """Search every part of a parcel; a hub stands on one of them."""
    shape = GEOSGeometry(memoryview(outline))
    if not isinstance(shape, Polygon | MultiPolygon):
        return np.full(len(sides), math.nan), math.nan
    parts: Any = shape if isinstance(shape, MultiPolygon) else [shape]
    long, accuracy = np.zeros(len(sides)), 0.0
    for part in parts:
        rings = [np.array(ring.coords)[:, :2] for ring in part]
        best, reach = longest_rectangle_m(rings, sides)
        long, accuracy = np.maximum(long, best), max(accuracy, reach)
    return long, accuracy


def rules_of(document: Mapping[str, Any], country: str) -> Rules:
    """Return the rules of a study from what is stored.

    Raises
    ------
    InvalidInput
        If a name is not known; the sentence lists the known ones.
    """
    known = {
        "gates", "absent", "attestations", "legal_version", "learning_budget", "stated", "search",
        "reserve_fund_eur",
    }  # fmt: skip
    if document.keys() - known:
        unknown = ", ".join(sorted(document.keys() - known))
        raise InvalidInput(f"Rules of a study have no {unknown}; known are {sorted(known)}.")
    if document.get("search", "") not in SEARCHED:
        raise InvalidInput(f"A study searches parcels or {INSTITUTIONS}, nothing else.")
    budget = document.get("learning_budget") or {}
    everywhere, somewhere = attested_of(document.get("attestations") or {})
    return Rules(
        country=country,
        gates=dict(document.get("gates") or {}),
        absent=frozenset(document.get("absent") or ()),
        attestations=everywhere,
        attested=somewhere,
        legal_version=document.get("legal_version") or "in_force",
        yearly_budget_eur=budget.get("yearly_eur"),
        total_budget_eur=budget.get("total_eur"),
        reserve_fund_eur=document.get("reserve_fund_eur"),
        stated={name: float(value) for name, value in (document.get("stated") or {}).items()},
    )


def attested_of(
    given: Mapping[str, Any],
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return what is attested for all places, and for single ones by their name.

    An attestation is ``given`` or ``refused``, or a list of statements: the state, by whom, on
    which day, and the parcels they hold for; none of these means all.

    Raises
    ------
    InvalidInput
        If a statement has no state.
    """
    everywhere: dict[str, str] = {}
    somewhere: dict[str, dict[str, str]] = {}
    for key, said in given.items():
        for one in [{"state": said}] if isinstance(said, str) else said:
            if not isinstance(one, Mapping) or "state" not in one:
                raise InvalidInput(
                    f"Attestation {key} is given or refused, or a list of statements with state, "
                    "by, on and parcels."
                )
            for ref in one.get("parcels") or ():
                somewhere.setdefault(str(ref), {})[key] = one["state"]
            if not one.get("parcels"):
                everywhere[key] = one["state"]
    return everywhere, somewhere
