"""A run is a document: frozen inputs, kept result."""

from typing import Any

from django.db import models

from heatmap.models import Job, Municipality
from sites.models.study import Study


class Run(models.Model):
    """One scoring of all candidates of a town, with everything it was made from.

    Its id is the id of its job: whoever knows it on the command line can act as that job.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="runs")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="run")
    inputs = models.JSONField(help_text="Study, layer versions, table hashes, engine version.")
    result = models.JSONField(null=True, help_text="The town's part of the result.")
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"run {self.id}"


class RunPart(models.Model):
    """The parcels of a run that were worked out together, and once.

    It is written in one transaction with its candidates; an attempt that takes up the run again
    begins with the first part that is missing.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    notes = models.JSONField()
    ranking = models.JSONField(help_text="Per parcel: ref, score, excluded, fingerprint.")
    futures = models.BinaryField(
        default=b"",
        help_text="Present value per kW in some futures, parcel by parcel, 4 bytes each.",
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="run_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.run_id}"


class Candidate(models.Model):
    """One parcel in one run. Its rank is known when all parts of the run are there."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="candidates")
    parcel_id = models.BigIntegerField(help_text="Row of heatmap_parcel; a version never changes.")
    ref = models.CharField(max_length=80)
    rank = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    is_pinned = models.BooleanField(default=False)
    result = models.JSONField(help_text="What depends on no other parcel; see `document`.")
    sharing = models.JSONField(
        null=True, help_text="Other candidates on the same grid node, and what they leave."
    )
    hourly = models.JSONField(null=True, help_text="Hourly series, kept for the short-list only.")
    foresight = models.JSONField(
        null=True, help_text="Bounds of the best year and a realistic one, for the short-list only."
    )

    resilience = models.JSONField(
        null=True, help_text="What failures mean, for the short-list only."
    )
    robustness = models.JSONField(
        null=True, help_text="Share of draws of weights and futures among the first places."
    )
    sizes = models.JSONField(
        null=True, help_text="The same place with other sizes of hub, where any was tried."
    )
    futures = models.JSONField(
        null=True, help_text="Drivers of the futures and their error, for the short-list only."
    )

    books = models.JSONField(
        null=True, help_text="Cash flow by line and year, kept for the short-list only."
    )

    class Meta:
        ordering = ["rank", "ref"]
        constraints = [
            models.UniqueConstraint(fields=["run", "ref"], name="candidate_ref_once"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def document(self) -> dict[str, Any]:
        """The result with what was added when all parcels were known."""
        added = {
            name: getattr(self, name)
            for name in (
                "rank", "foresight", "resilience", "robustness", "sizes", "futures", "books",
            )
        }  # fmt: skip
        if self.sharing is not None:
            added["grid"] = self.result["grid"] | self.sharing
        reserve = ((self.books or {}).get("reserve") or {}).get("check")
        if reserve and "law" in self.result:
            added["law"] = [
                reserve if one["key"] == reserve["key"] else one for one in self.result["law"]
            ]
        return self.result | added


class Report(models.Model):
    """A document made from a run."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="reports")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="report")
    language = models.CharField(max_length=5)
    file = models.FileField(upload_to="reports/%Y/%m", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"report {self.pk} of {self.run_id}"
