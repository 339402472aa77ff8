from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('siting', '0015_study_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='robustness',
            field=models.JSONField(help_text='Share of draws of weights and futures among the first places.', null=True),
        ),
        migrations.AddField(
            model_name='candidate',
            name='sizes',
            field=models.JSONField(help_text='The same place with other sizes of hub, for the short-list only.', null=True),
        ),
    ]
