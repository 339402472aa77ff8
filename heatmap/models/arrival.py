"""A file that is on its way to us, part by part."""

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

from heatmap.models.municipality import Municipality


class Arrival(models.Model):
    """What was announced; how much of it has come is the size of the file on disk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE)
    original_name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    mark = models.CharField(
        max_length=40, blank=True, help_text="When the file was changed last, as its owner says."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.original_name

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "arrivals" / f"{self.pk}.part"

    @property
    def offset_bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def percent(self) -> int:
        return int(100 * self.offset_bytes / self.size_bytes)
