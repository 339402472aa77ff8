"""A study: the stored set of assumptions a town scores its parcels with."""

from django.db import models

from heatmap.models import Municipality
from sites.choices import CongestionSide, SizeKind

POWER = "hub.power_it_kw"


class Study(models.Model):
    """What a run will use: overrides of the default assumptions, and named choices.

    ``overrides`` maps assumption keys to numbers; the complete set is frozen on each run.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="studies")
    name = models.CharField(max_length=120)
    technology = models.CharField(max_length=40)
    miner = models.CharField(max_length=40)
    tariff = models.CharField(max_length=40)
    heat_pump_tariff = models.CharField(max_length=40)
    displaced_source = models.CharField(max_length=40)
    compute_outlook = models.CharField(max_length=20, default="market")
    start_year = models.FloatField(default=2027.0)
    area_type = models.CharField(max_length=20, default="outer_city")
    congestion_side = models.CharField(
        max_length=10,
        choices=CongestionSide,
        default=CongestionSide.UNKNOWN,
        help_text="What one more load means for the grid above the town; reported only.",
    )
    demand_method = models.CharField(
        max_length=20, default="bdew", help_text="bdew or degree_days; a measured load goes before."
    )
    refrigerant = models.CharField(
        max_length=20, default="ammonia", help_text="Of a heat pump: ammonia or isobutane."
    )
    money = models.JSONField(
        default=dict,
        blank=True,
        help_text="Money choices that are no single numbers, see docs/methods/economics.md.",
    )
    overrides = models.JSONField(default=dict, blank=True)
    illustrative = models.JSONField(
        default=list, blank=True, help_text="Groups of assumptions that describe no real town."
    )
    rules = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the study asks of a place beyond numbers; see docs/methods/study.md.",
    )
    portfolio = models.JSONField(
        default=dict, blank=True, help_text="What the set of hubs may cost and must keep."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "studies"
        constraints = [
            models.UniqueConstraint(fields=["municipality", "name"], name="study_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def size_kind(self) -> str:
        """A study that names no power of the computers takes the best size of each place."""
        return SizeKind.BEST if self.stated_kw is None else SizeKind.STATED

    @property
    def stated_kw(self) -> float | None:
        """Power of the computers at every place; None where each takes its best size."""
        return self.overrides.get(POWER)
