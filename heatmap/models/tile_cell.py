"""What the map shows of a large layer from far away: sums per cell of a grid, not features."""

from django.db import models

from heatmap.models.layer import LayerVersion
from heatmap.models.municipality import Municipality


class TileCell(models.Model):
    """The features of a version whose middle lies in one cell of the grid of the tiles.

    Cell (0, 0) of level n is the north-west corner of the web map, which is 2^n cells wide. Made
    when a version is published, for versions of many features alone.
    """

    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    # the constraint in the database removes the cells with the version (migration 0014)
    version = models.ForeignKey(
        LayerVersion, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    level = models.PositiveSmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    features = models.PositiveIntegerField()
    known = models.PositiveIntegerField(help_text="Features whose `total` is known.")
    total = models.FloatField(null=True, help_text="Sum of the column that the kind adds up.")
    area_m2 = models.FloatField(null=True)
    length_m = models.FloatField(null=True)

    class Meta:
        ordering = ["level", "x", "y"]
        constraints = [
            models.UniqueConstraint(fields=["version", "level", "x", "y"], name="tile_cell_once"),
        ]

    def __str__(self) -> str:
        return f"cell {self.level}/{self.x}/{self.y} of {self.version_id}"
