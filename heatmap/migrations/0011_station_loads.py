from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('heatmap', '0010_drafts'),
    ]

    operations = [
        migrations.AddField(
            model_name='series',
            name='station_ref',
            field=models.CharField(blank=True, help_text='Id of the substation or feeder whose load it is; empty: of the whole town.', max_length=80),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('station_ref', ''), ('quantity', 'load_kw'), _connector='OR'), name='series_of_a_station_is_a_load'),
        ),
    ]
