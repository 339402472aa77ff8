"""The rows of the map room, split by noun."""

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
from heatmap.models.job import Job, JobCancelled
from heatmap.models.layer import Layer, LayerVersion
from heatmap.models.municipality import Membership, Municipality
from heatmap.models.series import Series
from heatmap.models.upload import Upload

__all__ = [
    "FEATURE_MODELS",
    "Building",
    "Constraint",
    "Feature",
    "Feeder",
    "HeatDemandCell",
    "Job",
    "JobCancelled",
    "Layer",
    "LayerVersion",
    "Membership",
    "Municipality",
    "Parcel",
    "Pipe",
    "Plant",
    "Series",
    "Street",
    "Substation",
    "Upload",
]
