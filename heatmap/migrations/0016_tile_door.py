from django.db import migrations

from heatmap import walls


class Migration(migrations.Migration):

    dependencies = [
        ('heatmap', '0015_map'),
        ('sessions', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunSQL(walls.TILE_DOOR, walls.TILE_DOOR_REVERSE),
    ]
