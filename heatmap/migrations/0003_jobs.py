"""Jobs that survive their worker: numbered attempts, a fair queue, signs of life."""

from django.conf import settings
from django.db import migrations, models

from heatmap import queue_sql


class Migration(migrations.Migration):
    dependencies = [("heatmap", "0002_walls"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField("job", "title", models.CharField(blank=True, help_text="What it is done to.", max_length=255)),
        migrations.AddField("job", "expected_s", models.FloatField(default=1.0, help_text="Rough length, known at the start.")),
        migrations.AddField("job", "attempt", models.PositiveIntegerField(default=0, help_text="Counts the takings; a worker may write only under its own number.")),
        migrations.AddField("job", "attempts_allowed", models.PositiveIntegerField(default=3)),
        migrations.AddField("job", "request_id", models.CharField(blank=True, help_text="Of the log lines.", max_length=32)),
        migrations.AddField("job", "queued_at", models.DateTimeField(blank=True, help_text="Since when workers may take it; none: a command does it.", null=True)),
        migrations.AddField("job", "handed_over_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("job", "seen_at", models.DateTimeField(blank=True, help_text="When its end was shown to who started it.", null=True)),
        migrations.AddIndex("job", models.Index(condition=models.Q(("state__in", ["queued", "running"])), fields=["queued_at"], name="job_unfinished")),
        migrations.AddIndex("job", models.Index(fields=["created_by", "-started_at"], name="job_last_of_person")),
        migrations.AddIndex("job", models.Index(fields=["municipality", "-created_at"], name="job_of_town")),
        migrations.CreateModel(
            "SignOfLife",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("worker", "Worker"), ("watcher", "Watcher")], max_length=8)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        *(migrations.RunSQL(sql, reverse) for sql, reverse in queue_sql.STATEMENTS),
    ]
