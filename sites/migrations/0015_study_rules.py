from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('siting', '0013_futures'),
    ]

    operations = [
        migrations.AddField(
            model_name='study',
            name='rules',
            field=models.JSONField(blank=True, default=dict, help_text='What the study asks of a place beyond numbers; see docs/methods/study.md.'),
        ),
        migrations.AddField(
            model_name='study',
            name='portfolio',
            field=models.JSONField(blank=True, default=dict, help_text='What the set of hubs may cost and must keep.'),
        ),
    ]
