"""Files of several kinds wait in one table; those that wait already are rosters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]
    operations = [
        migrations.RenameModel("RosterUpload", "Upload"),
        migrations.AlterModelOptions("upload", {"verbose_name": "fil", "verbose_name_plural": "filer"}),
        migrations.AddField(
            "upload",
            "kind",
            models.CharField(default="roster", max_length=30, verbose_name="slags"),
            preserve_default=False,
        ),
        migrations.AlterField("upload", "is_full", models.BooleanField(default=False, verbose_name="alle er med")),
    ]
