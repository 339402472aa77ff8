from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('heatmap', '0016_tile_door'),
    ]

    operations = [
        migrations.AddField(
            model_name='parcel',
            name='slope_percent',
            field=models.FloatField(help_text='Mean slope of the ground.', null=True),
        ),
    ]
