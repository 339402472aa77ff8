"""The town, and who belongs to it."""

from django.conf import settings
from django.contrib.gis.db import models

from heatmap.choices import Capability, Role

STORAGE_SRID = 3035
"""EPSG:3035, equal-area, all of Europe. Lengths and areas are measured in `Municipality.srid`."""


class Municipality(models.Model):
    """A town: the wall around its data, its national grid, and its climate."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    srid = models.PositiveIntegerField(help_text="EPSG code in which lengths and areas are taken.")
    extent = models.PolygonField(srid=STORAGE_SRID)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    may: frozenset[Capability] = frozenset()
    """What the person who asks may do here; set by `selectors.get_municipality`."""

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "municipalities"
        constraints = [
            models.CheckConstraint(condition=models.Q(extent__isvalid=True), name="town_extent_ok"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a town. Row-level security reads this table."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "municipality"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.municipality_id}: {self.role}"
