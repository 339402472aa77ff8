"""The rows of the map room, split by noun."""

from heatmap.models.access import ApiToken, Invitation, Tally
from heatmap.models.arrival import Arrival
from heatmap.models.audit import AuditEntry
from heatmap.models.features import (
    FEATURE_MODELS,
    Building,
    Constraint,
    Feature,
    Feeder,
    GridModel,
    GridModelPart,
    HeatDemandCell,
    HeatLine,
    Parcel,
    Pipe,
    Plant,
    Street,
    Substation,
)
from heatmap.models.job import Job, JobStopped, SignOfLife
from heatmap.models.layer import Layer, LayerVersion
from heatmap.models.layer_work import LayerWork
from heatmap.models.municipality import Membership, Municipality
from heatmap.models.series import Series
from heatmap.models.tile_cell import TileCell
from heatmap.models.upload import Upload

__all__ = [
    "FEATURE_MODELS",
    "ApiToken",
    "Arrival",
    "AuditEntry",
    "Building",
    "Constraint",
    "Feature",
    "Feeder",
    "GridModel",
    "GridModelPart",
    "HeatDemandCell",
    "HeatLine",
    "Invitation",
    "Job",
    "JobStopped",
    "Layer",
    "LayerVersion",
    "LayerWork",
    "Membership",
    "Municipality",
    "Parcel",
    "Pipe",
    "Plant",
    "Series",
    "SignOfLife",
    "Street",
    "Substation",
    "Tally",
    "TileCell",
    "Upload",
]
