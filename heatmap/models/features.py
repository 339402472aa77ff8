"""The typed features of a layer version, one table per kind.

Geometry is stored in EPSG:3035. ``area_m2`` and ``length_m`` are measured in the town's own grid
when the version is published.
"""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from heatmap.choices import LayerKind
from heatmap.models.layer import LayerVersion
from heatmap.models.municipality import STORAGE_SRID, Municipality


class Feature(models.Model):
    """What all features share: the wall, the version, an id that people use, a valid shape."""

    # Many rows come at once. So there are no indexes of their own (features are asked for by
    # version, which leads the index of the ids), and town and version are not looked up for each
    # row: the wall lets in only what belongs to an existing draft (`walls.features_follow_drafts`).
    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    version = models.ForeignKey(
        LayerVersion, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    ref = models.CharField(max_length=80)
    name = models.CharField(max_length=200, blank=True)
    geom = models.GeometryField(srid=STORAGE_SRID)
    area_m2 = models.FloatField(null=True)
    length_m = models.FloatField(null=True)

    class Meta:
        abstract = True
        ordering = ["ref"]
        constraints = [
            models.UniqueConstraint(fields=["version", "ref"], name="%(class)s_ref_once"),
            models.CheckConstraint(
                condition=models.Q(geom__isvalid=True), name="%(class)s_geom_valid"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Building(Feature):
    use = models.CharField(max_length=30)
    storeys = models.FloatField(null=True)
    storeys_assumed = models.BooleanField(default=False)
    is_heated = models.BooleanField()
    heat_demand_mwh_per_a = models.FloatField(null=True)
    is_dwelling = models.BooleanField(default=False)


class HeatDemandCell(Feature):
    heat_demand_mwh_per_a = models.FloatField()
    buildings = models.PositiveIntegerField(null=True)


class HeatLine(Feature):
    """A piece of street with the heat demand of the buildings along it."""

    heat_demand_mwh_per_a = models.FloatField()
    linear_density_mwh_per_m_a = models.FloatField()
    buildings = models.PositiveIntegerField()


class Pipe(Feature):
    dn_mm = models.PositiveIntegerField(null=True)
    flow_share = models.FloatField(
        null=True, help_text="Share of the network's heat that passes this pipe (0 to 1)."
    )
    supply_degc = models.FloatField(null=True)
    return_degc = models.FloatField(null=True)
    design_flow_kg_per_s = models.FloatField(null=True)
    pipe_count = models.PositiveIntegerField(null=True, help_text="Pipes in the trench: 2, 3 or 4.")


class GridFeature(Feature):
    """What substations and feeders have in common."""

    rating_kva = models.FloatField(null=True)
    firm_capacity_kva = models.FloatField(null=True)
    peak_load_kw = models.FloatField(null=True)
    voltage_kv = models.FloatField(null=True)
    firm_headroom_kw = models.FloatField(null=True)
    flexible_headroom_kw = models.FloatField(null=True)
    curtailed_mwh_per_a = models.FloatField(null=True)
    committed_kw = models.FloatField(
        null=True, help_text="Promised to others and not yet drawn; firm headroom is less by it."
    )

    class Meta(Feature.Meta):
        abstract = True


class Substation(GridFeature):
    """A place where voltage is changed, and what it can still give."""


class Feeder(GridFeature):
    """A line that leaves a substation, and what it can still carry."""


class GridModelPart(Feature):
    """A bus, line or transformer of a grid model, for the map; the whole is in `GridModel`."""

    part_kind = models.CharField(max_length=10)
    voltage_kv = models.FloatField(null=True)
    rating_kva = models.FloatField(null=True)


class GridModel(models.Model):
    """The checked tables of a power network, from which power flows are worked out."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE)
    version = models.OneToOneField(
        LayerVersion, on_delete=models.CASCADE, related_name="grid_model"
    )
    tables = models.JSONField(help_text="Name of a table -> index, and columns by name.")

    def __str__(self) -> str:
        return f"grid model of {self.version_id}"


class Parcel(Feature):
    parcel_kind = models.CharField(max_length=30)
    zoning = models.CharField(max_length=60, default="unknown")
    ownership = models.CharField(max_length=60, default="unknown")
    price_eur_per_m2 = models.FloatField(null=True)
    area_stated_m2 = models.FloatField(
        null=True, help_text="As the owner of the data states it; scores use the measured area."
    )
    slope_percent = models.FloatField(null=True, help_text="Mean slope of the ground.")


class Constraint(Feature):
    constraint_kind = models.CharField(max_length=30)


class Street(Feature):
    street_kind = models.CharField(max_length=30)


class Plant(Feature):
    plant_kind = models.CharField(max_length=30)
    fuel = models.CharField(max_length=30, blank=True)
    capacity_kw = models.FloatField(null=True)
    must_run_kw = models.FloatField(null=True)
    marginal_cost_eur_per_mwh = ArrayField(
        models.FloatField(), size=12, null=True, help_text="January to December."
    )


FEATURE_MODELS: dict[str, type[Feature]] = {
    LayerKind.BUILDINGS: Building,
    LayerKind.HEAT_DEMAND: HeatDemandCell,
    LayerKind.HEAT_LINES: HeatLine,
    LayerKind.PIPES: Pipe,
    LayerKind.SUBSTATIONS: Substation,
    LayerKind.FEEDERS: Feeder,
    LayerKind.GRID_MODEL: GridModelPart,
    LayerKind.PARCELS: Parcel,
    LayerKind.CONSTRAINTS: Constraint,
    LayerKind.STREETS: Street,
    LayerKind.PLANTS: Plant,
}
