"""From stored files to engine inputs of the map room."""

import numpy as np

from heatmap.ingest.data_wheels import bdew_factors, price_years

PRICE_YEARS_LABEL = "NL"


def load_factors(group: str) -> tuple[np.ndarray, np.ndarray]:
    """Hour and weekday factors of a customer group (``EFH``, ``MFH`` or ``GHD``)."""
    return bdew_factors(group)


def standing_in_price_years() -> tuple[tuple[str, ...], np.ndarray]:
    """Return the price years that stand in where a town has brought too few: names, and values.

    Dutch day-ahead prices, shape (years, 8760), without 29 February.
    """
    found = price_years()
    return tuple(f"{PRICE_YEARS_LABEL} {year}" for year in found), np.array(list(found.values()))
