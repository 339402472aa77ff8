"""A file that a person gave us, and what became of it."""

from django.db import models

from heatmap.choices import LayerKind, UploadStep
from heatmap.models.job import Job
from heatmap.models.layer import LayerVersion
from heatmap.models.municipality import Municipality


class Upload(models.Model):
    """The stored file, the answers given with it, and the version it became."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="upload")
    kind = models.CharField(max_length=20, choices=LayerKind)
    file = models.FileField(upload_to="uploads/%Y/%m")
    original_name = models.CharField(max_length=255)
    source = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    srid = models.PositiveIntegerField(null=True, blank=True)
    encoding = models.CharField(max_length=30, blank=True)
    columns = models.JSONField(
        default=dict, blank=True, help_text="Field -> {column, unit}, as the person said it."
    )
    answers = models.JSONField(
        default=dict, blank=True, help_text="layer, swap_axes, guess, timezone, stamps."
    )
    step = models.CharField(max_length=10, choices=UploadStep, default=UploadStep.COMMIT)
    proposal = models.JSONField(default=dict, blank=True, help_text="What inspecting it showed.")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="Hash of the column names: files of one make share it."
    )
    report = models.JSONField(default=dict)
    version = models.ForeignKey(LayerVersion, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.original_name
