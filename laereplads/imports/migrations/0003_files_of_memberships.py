"""A file is the membership's that sent it, and may be complete for some days. Those that wait are sent again."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("access", "0005_rights"), ("imports", "0002_files_of_several_kinds")]
    operations = [
        migrations.RunSQL("delete from imports_upload", migrations.RunSQL.noop),
        migrations.RemoveField("upload", "uploaded_by"),
        migrations.AddField(
            "upload",
            "uploaded_by",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.membership",
                verbose_name="sendt af",
            ),
            preserve_default=False,
        ),
        migrations.AddField("upload", "covers_from", models.DateField(null=True, verbose_name="komplet fra")),
        migrations.AddField("upload", "covers_to", models.DateField(null=True, verbose_name="komplet til og med")),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=Q(covers_from=None, covers_to=None)
                | Q(covers_from__isnull=False, covers_to__isnull=False, covers_from__lte=F("covers_to")),
                name="upload_covers_days_in_order_or_none",
            ),
        ),
    ]
