"""Studies, runs and reports are changed by those who plan."""

from django.db import migrations

from heatmap import walls

TABLES = ["siting_study", "siting_run", "siting_candidate", "siting_report", "siting_runpart"]


class Migration(migrations.Migration):
    dependencies = [("siting", "0003_run_parts"), ("heatmap", "0005_roles")]
    operations = [
        migrations.RunSQL(
            [sql for table in TABLES for sql in walls.planners_write(table)],
            migrations.RunSQL.noop,
        )
    ]
