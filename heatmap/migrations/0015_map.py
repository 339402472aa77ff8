import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from heatmap import walls

ROLE = settings.WEB_ROLE
# The cells of a version go with it, by whatever way it goes; checks of foreign keys act for the
# database itself, so the wall does not stand in their way.
GO_WITH_VERSION = """
ALTER TABLE heatmap_tilecell ADD CONSTRAINT tile_cells_go_with_version
    FOREIGN KEY (version_id) REFERENCES heatmap_layerversion (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('heatmap', '0014_grid_model'),
    ]

    operations = [
        migrations.AddField(
            model_name='layerversion',
            name='classes',
            field=models.JSONField(default=dict, help_text='Class breaks by method, worked out when it was published.'),
        ),
        migrations.CreateModel(
            name='TileCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('x', models.IntegerField()),
                ('y', models.IntegerField()),
                ('features', models.PositiveIntegerField()),
                ('known', models.PositiveIntegerField(help_text='Features whose `total` is known.')),
                ('total', models.FloatField(help_text='Sum of the column that the kind adds up.', null=True)),
                ('area_m2', models.FloatField(null=True)),
                ('length_m', models.FloatField(null=True)),
                ('municipality', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.municipality')),
                ('version', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion')),
            ],
            options={
                'ordering': ['level', 'x', 'y'],
                'constraints': [models.UniqueConstraint(fields=('version', 'level', 'x', 'y'), name='tile_cell_once')],
            },
        ),
        migrations.RunSQL(walls.feature_table("heatmap_tilecell", ROLE), migrations.RunSQL.noop),
        migrations.RunSQL(GO_WITH_VERSION, migrations.RunSQL.noop),
    ]
