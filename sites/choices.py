"""Closed sets of words of the siting room, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CongestionSide(models.TextChoices):
    """Where the region stands when the grid above it is congested."""

    SURPLUS = "surplus", _("surplus of generation: one more load relieves the grid")
    NEUTRAL = "neutral", _("neutral")
    DEFICIT = "deficit", _("deficit of generation: one more load raises redispatch")
    UNKNOWN = "unknown", _("unknown")
