"""Events are never changed or removed, by whatever way it is tried."""

from django.db import migrations

CREATE = """
create function refuse_change_of_events() returns trigger language plpgsql as $$
begin
    raise exception 'events are append-only' using errcode = 'restrict_violation', constraint = 'events_are_append_only';
end $$;
create trigger events_are_append_only before update or delete on audit_event
    for each row execute function refuse_change_of_events();
create trigger events_are_not_emptied before truncate on audit_event
    for each statement execute function refuse_change_of_events();
"""
DROP = """
drop trigger events_are_not_emptied on audit_event;
drop trigger events_are_append_only on audit_event;
drop function refuse_change_of_events();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
