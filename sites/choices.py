"""Closed sets of words of the siting room, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CongestionSide(models.TextChoices):
    """Where the region stands when the grid above it is congested."""

    SURPLUS = "surplus", _("surplus of generation: one more load relieves the grid")
    NEUTRAL = "neutral", _("neutral")
    DEFICIT = "deficit", _("deficit of generation: one more load raises redispatch")
    UNKNOWN = "unknown", _("unknown")


class Source(models.TextChoices):
    """What the hub's heat replaces in a month."""

    BOILER = "boiler", _("gas boiler")
    CONDENSING = "condensing", _("condensing gas boiler")
    BIOMASS = "biomass", _("biomass boiler")
    WASTE = "waste", _("waste incineration")
    HEAT_PUMP = "heat_pump", _("heat pump")
    CHP = "chp", _("combined heat and power")
    UNKNOWN = "unknown", _("unknown")


class ComputeKind(models.TextChoices):
    """What the hub computes."""

    BITCOIN = "btc_asic", _("bitcoin")
    GPU = "gpu_rent", _("rented graphics processors")
    BATCH = "batch_hpc", _("batch computing")
    NONE = "none", _("nothing; it only heats")


class LandKind(models.TextChoices):
    """How the hub comes to its land."""

    LEASE = "lease", _("leased")
    BUY = "buy", _("bought")


class OwnerKind(models.TextChoices):
    """Who owns the hub."""

    MUNICIPAL = "municipal", _("the town")
    THIRD_PARTY = "third_party", _("somebody else")


class SizeKind(models.TextChoices):
    """Which size of hub a study scores its places with."""

    BEST = "best", _("the best size of each place")
    STATED = "stated", _("a stated size")
