"""What a background job is to do to a layer."""

from django.db import models

from heatmap.choices import LayerAct, LayerKind
from heatmap.models.job import Job
from heatmap.models.layer import LayerVersion
from heatmap.models.municipality import Municipality


class LayerWork(models.Model):
    """Restoring an older version, or deriving a layer from others; its job tells how it went."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="layer_work")
    act = models.CharField(max_length=10, choices=LayerAct)
    kind = models.CharField(max_length=20, choices=LayerKind)
    old = models.ForeignKey(
        LayerVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="The version that is restored.",
    )  # fmt: skip
    new = models.ForeignKey(
        LayerVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.act} {self.kind}"
