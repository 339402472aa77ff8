"""Row-level security from the first day."""

from django.conf import settings
from django.db import migrations

from heatmap import walls

TABLES = ["siting_study", "siting_run", "siting_candidate", "siting_report"]


class Migration(migrations.Migration):
    dependencies = [("siting", "0001_first"), ("heatmap", "0002_walls")]
    operations = [
        migrations.RunSQL(
            [
                sql
                for table in TABLES
                for sql in walls.town_table(table, settings.WEB_ROLE, write=walls.ALLOWED)
            ],
            migrations.RunSQL.noop,
        )
    ]
