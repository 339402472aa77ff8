from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("siting", "0016_robustness"),
    ]

    operations = [
        migrations.AddField(
            model_name="runpart",
            name="futures",
            field=models.BinaryField(default=b"", help_text="Present value per kW in some futures, parcel by parcel, 4 bytes each."),
        ),
        migrations.AlterField(
            model_name="candidate",
            name="sizes",
            field=models.JSONField(help_text="The same place with other sizes of hub, where any was tried.", null=True),
        ),
    ]
