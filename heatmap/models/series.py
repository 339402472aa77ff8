"""Hourly series: hour-ending UTC, 8,760 hours of a stated year."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from heatmap.choices import SeriesQuantity
from heatmap.models.layer import LayerVersion
from heatmap.models.municipality import Municipality


class Series(models.Model):
    """The values of a layer version of kind ``series``."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    version = models.OneToOneField(LayerVersion, on_delete=models.CASCADE, related_name="series")
    quantity = models.CharField(max_length=30, choices=SeriesQuantity)
    year_label = models.CharField(max_length=120)
    station_ref = models.CharField(
        max_length=80,
        blank=True,
        help_text="Id of the substation or feeder whose load it is; empty: of the whole town.",
    )
    values = ArrayField(models.FloatField())

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(values__len__in=[8760, 8784]), name="series_is_one_year"
            ),
            models.CheckConstraint(
                condition=models.Q(station_ref="") | models.Q(quantity=SeriesQuantity.LOAD),
                name="series_of_a_station_is_a_load",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.year_label}"
