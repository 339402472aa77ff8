"""A second opinion on one candidate, by solvers that are not ours."""

from django.db import models

from heatmap.models import Job, Municipality
from sites.models.run import Run


class SecondOpinion(models.Model):
    """What pandapower and pandapipes say of one parcel of a run."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="second_opinions")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="second_opinion")
    ref = models.CharField(max_length=80)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"second opinion on {self.ref} of {self.run_id}"
