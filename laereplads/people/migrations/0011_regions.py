"""The five regions since 2007, and the four from 2027: Region Hovedstaden and Region Sjælland become one."""

from django.db import migrations

INSERT = """
insert into people_region (code, name, valid_from) values
    ('hovedstaden', 'Region Hovedstaden', '2007-01-01'),
    ('midtjylland', 'Region Midtjylland', '2007-01-01'),
    ('nordjylland', 'Region Nordjylland', '2007-01-01'),
    ('sjaelland', 'Region Sjælland', '2007-01-01'),
    ('syddanmark', 'Region Syddanmark', '2007-01-01'),
    ('oestdanmark', 'Region Østdanmark', '2027-01-01');
update people_region set valid_to = '2026-12-31', successor_id = eastern.id
    from people_region eastern
    where eastern.code = 'oestdanmark' and people_region.code in ('hovedstaden', 'sjaelland');
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0010_where_organisations_lie")]
    operations = [migrations.RunSQL(INSERT, "delete from people_region")]
