"""The year of a run as twelve months by twenty-four hours, for the slider of the map."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from engines.errors import EngineError
from engines.evaluation.town import town_year
from heatmap.errors import Refusal, sentence
from sites.assembly import assemble_town, months_and_hours
from sites.map_selectors import heat_hours
from sites.models import Run
from sites.services.parts import check_engines

DECIMALS = 4


def by_month_and_hour(values: np.ndarray, utc_offset_h: int) -> list[list[float]]:
    """Return the mean of an hourly series per month and hour of the day, in local standard time."""
    month, hour = months_and_hours(len(values), utc_offset_h)
    cell = month * 24 + hour
    sums = np.bincount(cell, weights=values, minlength=288)
    counts = np.bincount(cell, minlength=288)
    return np.round(sums / counts, DECIMALS).reshape(12, 24).tolist()


def map_hours(run: Run) -> dict[str, Any]:
    """Return tables of demand, absorbable heat and headroom, or why there is none.

    ``demand`` is relative to the mean of the year; ``absorbable`` is what the whole network can
    take [kW]; ``parcels`` what it takes from the hub on each parcel of the short-list [kW].
    """
    try:
        check_engines(run)
        town, choices, assumptions = assemble_town(run.municipality, run.inputs)
        year = town_year(town, choices, assumptions)
    except (Refusal, EngineError) as error:
        said = sentence(error.message, error.values) if isinstance(error, Refusal) else str(error)
        return {"demand": None, "absorbable": None, "parcels": {}, "missing": {"all": said}}
    offset = town.utc_offset_h
    whole_kw = year.uptake_kw[0]
    return {
        "demand": by_month_and_hour(year.demand_kw / year.demand_kw.mean(), offset),
        "absorbable": by_month_and_hour(whole_kw, offset),
        "parcels": {
            ref: by_month_and_hour(np.array(heat_kw, dtype=np.float64), offset)
            for ref, heat_kw in heat_hours(run)
            if heat_kw
        },
        "missing": {
            "headroom": _("The layer holds one value for the whole year."),
            "absorbable": _("Hours are kept for the short-list only."),
        },
    }
