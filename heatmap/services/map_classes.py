"""Class breaks of a layer, worked out once: paint and legend of the map read the same numbers."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from psycopg import sql

from heatmap.layers import BY_KIND
from heatmap.models import LayerVersion

CLASSES = 6
FEWEST_VALUES = 20
"""With fewer different values, classes by count or by gaps say nothing."""

MOST_SAMPLED = 5000
SIGNIFICANT_DIGITS = 2

# Every how-manieth value by size: the same version gives the same classes on any day.
VALUES = sql.SQL("""
SELECT value FROM (
    SELECT {column} AS value, row_number() OVER (ORDER BY {column}) AS place, count(*) OVER () AS n
    FROM {table} WHERE version_id = %(version)s AND {column} > 0
) sorted WHERE place %% greatest(1, n / %(most)s) = 0 OR place = n ORDER BY value
""")


def class_breaks(version: LayerVersion) -> dict[str, Any]:
    """Return upper bounds of all classes but the last, by method. Call it inside an identity.

    ``norm`` holds classes fixed by a source, ``quantiles`` equal counts, ``natural`` the breaks of
    Fisher and Jenks. Methods that a layer has no use for are absent.
    """
    record = BY_KIND.get(version.layer.kind)
    if record is None or not record.breaks_property or version.layer.kind == "parcels":
        return {}
    column = sql.Identifier(record.breaks_property)
    with connection.cursor() as cursor:
        cursor.execute(
            VALUES.format(column=column, table=sql.Identifier(record.model._meta.db_table)),
            {"version": version.pk, "most": MOST_SAMPLED},
        )
        values = np.array([row[0] for row in cursor.fetchall()], dtype=np.float64)
    breaks = {"norm": list(record.norm)} if record.norm else {}
    return {"property": record.breaks_property, "methods": breaks | breaks_of(values)}


def breaks_of(values: np.ndarray) -> dict[str, list[float]]:
    """Return quantiles and natural breaks of positive values, rounded; nothing for too few."""
    if len(np.unique(values)) < FEWEST_VALUES:
        return {}
    # the one door of mapclassify, which takes a second to import: only where layers are published
    import mapclassify  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of equal values, which rounding takes care of
        found = {
            "quantiles": mapclassify.Quantiles(values, k=CLASSES).bins,
            "natural": mapclassify.FisherJenks(values, k=CLASSES).bins,
        }
    return {method: _rounded(bins[:-1]) for method, bins in found.items()}


def _rounded(bins: Sequence[float]) -> list[float]:
    return sorted({float(f"{value:.{SIGNIFICANT_DIGITS}g}") for value in bins})
