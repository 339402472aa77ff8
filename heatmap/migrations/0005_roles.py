"""The walls learn roles, classes of data, and tokens."""

from django.conf import settings
from django.db import migrations

from heatmap import walls

ROLE = settings.WEB_ROLE
TOWN_TABLES = ["heatmap_layer", "heatmap_upload", "heatmap_job"]
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
    yield migrations.RunSQL(walls.IS_SYSTEM, walls.IS_SYSTEM_REVERSE)
    yield migrations.RunSQL(walls.ALLOWED_TO, walls.ALLOWED_TO_REVERSE)
    yield migrations.RunSQL(walls.ALLOWED_IS_LOOK, walls.ALLOWED_BEFORE)
    yield migrations.RunSQL(walls.WITHHELD, walls.WITHHELD_REVERSE)
    statements = walls.planners_write_versions() + walls.administrators_decide()
    for table in TOWN_TABLES:
        statements += walls.planners_write(table)
    for table in FEATURE_TABLES:
        statements += walls.roles_see_and_write_features(table)
    statements += walls.administered_table("heatmap_invitation", ROLE)
    statements += walls.token_table(ROLE) + walls.audit_table(ROLE)
    yield migrations.RunSQL(statements, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("heatmap", "0004_access"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = list(operations())
