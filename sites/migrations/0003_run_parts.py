"""Runs are worked off in parts, each stored once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from heatmap import walls


class Migration(migrations.Migration):
    dependencies = [("siting", "0002_walls"), ("heatmap", "0003_jobs")]
    operations = [
        migrations.AlterField("candidate", "result", models.JSONField(help_text="What depends on no other parcel; see `document`.")),
        migrations.CreateModel(
            "RunPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("notes", models.JSONField()),
                ("ranking", models.JSONField(help_text="Per parcel: ref, score, excluded, fingerprint.")),
                ("municipality", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="heatmap.municipality")),
                ("run", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="siting.run")),
            ],
            options={"ordering": ["number"]},
        ),
        migrations.AddConstraint("runpart", models.UniqueConstraint(fields=("run", "number"), name="run_part_once")),
        migrations.RunSQL(
            walls.town_table("siting_runpart", settings.WEB_ROLE, write=walls.ALLOWED),
            migrations.RunSQL.noop,
        ),
    ]
