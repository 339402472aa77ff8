"""The year of a run as twelve months by twenty-four hours, for the slider of the map."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from engines.errors import EngineError
from engines.evaluation.town import load_shapes
from engines.units import KWH_PER_MWH
from heatmap.errors import Refusal, sentence
from sites.assembly import assemble_town, months_and_hours
from sites.map_selectors import kept_hours
from sites.models import Run
from sites.services.parts import check_engines

DECIMALS = 4
QUANTITIES = ("demand", "absorbable", "headroom")


def by_month_and_hour(values: np.ndarray, utc_offset_h: int) -> list[list[float]]:
    """Return the mean of an hourly series per month and hour of the day, in local standard time."""
    month, hour = months_and_hours(len(values), utc_offset_h)
    cell = month * 24 + hour
    sums = np.bincount(cell, weights=values, minlength=288)
    counts = np.bincount(cell, minlength=288)
    return np.round(sums / counts, DECIMALS).reshape(12, 24).tolist()


def demand_kw(run: Run) -> tuple[np.ndarray, int]:
    """Return the hourly heat demand of all customers [kW], and the town's offset from UTC [h]."""
    town, choices, assumptions = assemble_town(run.municipality, run.inputs)
    shapes = load_shapes(town, choices, assumptions)
    of_groups = np.bincount(
        town.network.customer_group, town.network.customer_mwh_per_a, minlength=len(shapes)
    )
    return of_groups @ shapes * KWH_PER_MWH, town.utc_offset_h


def map_hours(run: Run) -> dict[str, Any]:
    """Return tables of demand, absorbable heat and headroom, or why there is none.

    ``demand`` is relative to the mean of the year and holds for all customers; ``absorbable`` and
    ``headroom`` hold a table [kW] for each parcel whose hours are stored.
    """
    try:
        check_engines(run)
        heat_kw, offset = demand_kw(run)
    except (Refusal, EngineError) as error:
        said = sentence(error.message, error.values) if isinstance(error, Refusal) else str(error)
        return {"demand": None, "parcels": {}, "missing": dict.fromkeys(QUANTITIES, said)}
    if not heat_kw.any():
        said = _("No building with heat demand hangs on the network.")
        return {"demand": None, "parcels": {}, "missing": dict.fromkeys(QUANTITIES, said)}
    parcels = {
        quantity: {
            ref: by_month_and_hour(np.array(values, dtype=np.float64), offset)
            for ref, values in kept_hours(run, quantity)
        }
        for quantity in QUANTITIES[1:]
    }
    lacking = _("This run keeps no hours of it. Run the study again.")
    return {
        "demand": by_month_and_hour(heat_kw / heat_kw.mean(), offset),
        "parcels": parcels,
        "missing": {quantity: lacking for quantity, found in parcels.items() if not found},
    }
