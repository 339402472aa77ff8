"""Layers and their versions. A published version never changes: the database refuses it."""

from django.conf import settings
from django.contrib.gis.db import models

from heatmap.choices import DataClass, LayerKind, Nature
from heatmap.models.municipality import Municipality


class Layer(models.Model):
    """One kind of data of one town; its content lives in versions."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="layers")
    kind = models.CharField(max_length=20, choices=LayerKind)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "kind", "name"], name="layer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class LayerVersion(models.Model):
    """One state of a layer, with everything needed to trust it."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=200)
    data_date = models.CharField(max_length=40, blank=True)
    crs_delivered = models.CharField(max_length=120)
    content_hash = models.CharField(max_length=64)
    data_class = models.CharField(max_length=12, choices=DataClass)
    nature = models.CharField(max_length=12, choices=Nature)
    method = models.TextField(
        blank=True, help_text="How derived or illustrative values came about."
    )
    rows_read = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    inputs = models.JSONField(
        default=list, blank=True, help_text="Ids of the versions that a derived one was made from."
    )
    report = models.JSONField(default=dict, help_text="Refused rows and remarks of the import.")
    classes = models.JSONField(
        default=dict, help_text="Class breaks by method, worked out when it was published."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    features: int | None = None
    """Number of features, where a page asked for it; see `selectors.versions_by_layer`."""

    class Meta:
        ordering = ["layer", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "number"], name="version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.layer_id} version {self.number}"
