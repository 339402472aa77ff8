from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('siting', '0011_money'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='futures',
            field=models.JSONField(help_text='Drivers of the futures and their error, for the short-list only.', null=True),
        ),
    ]
