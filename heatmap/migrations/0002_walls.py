"""Row-level security from the first day."""

from django.conf import settings
from django.db import migrations

from heatmap import walls

ROLE = settings.WEB_ROLE
TOWN_TABLES = ["heatmap_layer", "heatmap_upload"]
FEATURE_TABLES = [
    "heatmap_building",
    "heatmap_constraint",
    "heatmap_heatdemandcell",
    "heatmap_parcel",
    "heatmap_pipe",
    "heatmap_plant",
    "heatmap_series",
    "heatmap_street",
    "heatmap_substation",
]


def operations():
    yield migrations.RunSQL(walls.IDENTITY_FUNCTION, walls.IDENTITY_FUNCTION_REVERSE)
    statements = walls.identity_tables(ROLE) + walls.version_table(ROLE)
    for table in TOWN_TABLES:
        statements += walls.town_table(table, ROLE, write=walls.ALLOWED)
    for table in FEATURE_TABLES:
        statements += walls.feature_table(
            table, ROLE, read=walls.ALLOWED, write=walls.ALLOWED
        )
    yield migrations.RunSQL(statements, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("heatmap", "0001_first")]
    operations = list(operations())
