"""The table of Django's database cache, which all workers share."""

from django.db import migrations

CREATE = """
create table cache (cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
create index cache_expires on cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("database", "0001_danish_text_functions")]
    operations = [migrations.RunSQL(CREATE, "drop table cache")]
