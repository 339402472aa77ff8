"""From stored files to engine inputs of the map room."""

import numpy as np

from heatmap.ingest.data_wheels import bdew_factors


def load_factors(group: str) -> tuple[np.ndarray, np.ndarray]:
    """Hour and weekday factors of a customer group (``EFH``, ``MFH`` or ``GHD``)."""
    return bdew_factors(group)
