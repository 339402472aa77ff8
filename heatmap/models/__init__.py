"""The rows of the map room, split by noun."""

from heatmap.models.access import ApiToken, Invitation, Tally
from heatmap.models.audit import AuditEntry
from heatmap.models.features import (
    FEATURE_MODELS,
    Building,
    Constraint,
    Feature,
    Feeder,
    HeatDemandCell,
    Parcel,
    Pipe,
    Plant,
    Street,
    Substation,
)
from heatmap.models.job import Job, JobStopped, SignOfLife
from heatmap.models.layer import Layer, LayerVersion
from heatmap.models.municipality import Membership, Municipality
from heatmap.models.series import Series
from heatmap.models.upload import Upload

__all__ = [
    "FEATURE_MODELS",
    "ApiToken",
    "AuditEntry",
    "Building",
    "Constraint",
    "Feature",
    "Feeder",
    "HeatDemandCell",
    "Invitation",
    "Job",
    "JobStopped",
    "Layer",
    "LayerVersion",
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
    "Upload",
]
