"""The key is (id, at), so that the table can be partitioned by time: decision 31."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "alter table audit_event drop constraint audit_event_pkey, add primary key (id, at)",
            "alter table audit_event drop constraint audit_event_pkey, add primary key (id)",
        )
    ]
