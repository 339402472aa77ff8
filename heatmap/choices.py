"""Closed sets of words stored in the database, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LayerKind(models.TextChoices):
    HEAT_DEMAND = "heat_demand", _("Heat demand")
    HEAT_LINES = "heat_lines", _("Linear heat density")
    BUILDINGS = "buildings", _("Buildings")
    PIPES = "pipes", _("Heat network")
    SUBSTATIONS = "substations", _("Substations")
    FEEDERS = "feeders", _("Feeders")
    GRID_MODEL = "grid_model", _("Grid model")
    PARCELS = "parcels", _("Candidate parcels")
    CONSTRAINTS = "constraints", _("Constraints")
    STREETS = "streets", _("Streets")
    PLANTS = "plants", _("Heat plants")
    SERIES = "series", _("Hourly series")


class DataClass(models.TextChoices):
    """Who may see a layer."""

    PUBLIC = "public", _("public")
    MUNICIPAL = "municipal", _("municipal")
    RESTRICTED = "restricted", _("restricted")


class Nature(models.TextChoices):
    """How much a layer's values rest on the real world."""

    MEASURED = "measured", _("measured or surveyed")
    DERIVED = "derived", _("derived by a stated method")
    ILLUSTRATIVE = "illustrative", _("illustrative")


class Role(models.TextChoices):
    VIEWER = "viewer", _("viewer")
    PLANNER = "planner", _("planner")
    ENGINEER = "engineer", _("engineer")
    ADMINISTRATOR = "administrator", _("administrator")


class Capability(models.TextChoices):
    """What a role lets a person do; `heathub_allowed_to` in walls.py says the same in SQL."""

    LOOK = "look"
    SEE_RESTRICTED = "see_restricted"
    PLAN = "plan"
    ADMINISTER = "administer"


CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.VIEWER: frozenset({Capability.LOOK}),
    Role.PLANNER: frozenset({Capability.LOOK, Capability.SEE_RESTRICTED, Capability.PLAN}),
    Role.ENGINEER: frozenset({Capability.LOOK, Capability.SEE_RESTRICTED, Capability.PLAN}),
    Role.ADMINISTRATOR: frozenset(Capability),
}


class TokenScope(models.TextChoices):
    """What a program may read; no token may write."""

    READ = "read", _("results, public and municipal layers")
    READ_RESTRICTED = "read,restricted", _("restricted layers too")


class JobKind(models.TextChoices):
    IMPORT = "import", _("Import")
    RUN = "run", _("Scoring run")
    REPORT = "report", _("Report")
    LAYER = "layer", _("Work on a layer")
    VERIFY = "verify", _("Second opinion")


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    BROKEN = "broken", _("failed")
    CANCELLED = "cancelled", _("cancelled")


ENDED_JOB_STATES = frozenset({JobState.DONE, JobState.REFUSED, JobState.BROKEN, JobState.CANCELLED})
RESTARTABLE_JOB_STATES = frozenset({JobState.BROKEN, JobState.CANCELLED})


class SeriesQuantity(models.TextChoices):
    PRICE = "price_eur_per_mwh", _("Day-ahead price")
    TEMPERATURE = "temperature_degc", _("Outdoor temperature")
    LOAD = "load_kw", _("Load")
    HEAT_LOAD = "heat_load_kw", _("Heat load of the network")
    SUPPLY = "supply_degc", _("Supply temperature")
    RETURN = "return_degc", _("Return temperature")
    GRID_FACTOR = "grid_t_per_mwh", _("Emission factor of the grid")
    RESIDUAL_FACTOR = "residual_t_per_mwh", _("Emission factor of the residual mix")


class LayerAct(models.TextChoices):
    """What a background job can do to a layer."""

    RESTORE = "restore", _("restoring an older version")
    DERIVE = "derive", _("deriving from other layers")


class UploadStep(models.TextChoices):
    """How far a person has come with a file; each step is a job of its own."""

    INSPECT = "inspect", _("looking at the file")
    CHECK = "check", _("checking every row")
    COMMIT = "commit", _("publishing")
