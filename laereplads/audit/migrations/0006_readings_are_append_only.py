"""Readings are never changed, and removed only when they have been kept for twelve months."""

from django.db import migrations

CREATE = """
create function refuse_change_of_readings() returns trigger language plpgsql as $$
begin
    -- A day less than a year: the server's midnight is not Copenhagen's, and not every February has as many days.
    if tg_op = 'DELETE' and old.at < current_date - interval '12 months' + interval '1 day' then
        return old;
    end if;
    raise exception 'readings are append-only'
        using errcode = 'restrict_violation', constraint = 'readings_are_append_only';
end $$;
create trigger readings_are_append_only before update or delete on audit_reading
    for each row execute function refuse_change_of_readings();
create trigger readings_are_not_emptied before truncate on audit_reading
    for each statement execute function refuse_change_of_readings();
"""
DROP = """
drop trigger readings_are_not_emptied on audit_reading;
drop trigger readings_are_append_only on audit_reading;
drop function refuse_change_of_readings();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_readings")]
    operations = [migrations.RunSQL(CREATE, DROP)]
