from django.db import migrations

from heatmap import queue_sql


class Migration(migrations.Migration):
    """Second opinions that nobody asked for come after all other work."""

    dependencies = [("heatmap", "0017_parcel_slope")]

    operations = [migrations.RunSQL(queue_sql.ORDER, migrations.RunSQL.noop)]
