from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("siting", "0006_versions_stay")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="resilience",
            field=models.JSONField(
                help_text="What failures mean, for the short-list only.", null=True
            ),
        ),
    ]
