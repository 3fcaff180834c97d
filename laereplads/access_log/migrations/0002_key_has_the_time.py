"""The key is (id, at), so that the table can be partitioned by time: decision 31."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access_log", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "alter table access_log_accesslogentry drop constraint access_log_accesslogentry_pkey, add primary key (id, at)",
            "alter table access_log_accesslogentry drop constraint access_log_accesslogentry_pkey, add primary key (id)",
        )
    ]
