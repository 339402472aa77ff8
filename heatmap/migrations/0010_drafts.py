import django.db.models.deletion
from django.db import migrations, models

from heatmap import walls

FEATURE_TABLES = [
    "heatmap_building",
    "heatmap_constraint",
    "heatmap_feeder",
    "heatmap_heatdemandcell",
    "heatmap_heatline",
    "heatmap_parcel",
    "heatmap_pipe",
    "heatmap_plant",
    "heatmap_street",
    "heatmap_substation",
]


class Migration(migrations.Migration):

    dependencies = [
        ('heatmap', '0009_heat_lines'),
    ]

    operations = [
        migrations.AlterField(
            model_name='building',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='constraint',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='feeder',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='heatdemandcell',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='heatline',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='parcel',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='pipe',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='plant',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='street',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.AlterField(
            model_name='substation',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='heatmap.layerversion'),
        ),
        migrations.RunSQL(
            walls.features_follow_drafts(FEATURE_TABLES),
            walls.VERSION_LEAVES_NOTHING_REVERSE,
        ),
    ]
