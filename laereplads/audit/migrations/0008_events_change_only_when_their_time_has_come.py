"""The guards let events go, and their contents be erased, where retention says so; the chain is guarded alike."""

from django.db import migrations

CREATE = """
create or replace function refuse_change_of_events() returns trigger language plpgsql as $$
begin
    if current_setting('app.retention', true) = 'on' then
        if tg_op = 'DELETE' then
            return old;
        elsif tg_op = 'UPDATE' and tg_table_name = 'audit_event' then
            if new.changes = '{}' and new.erased_on is not null
                and to_jsonb(new) - 'changes' - 'erased_on' = to_jsonb(old) - 'changes' - 'erased_on' then
                return new;
            end if;
        elsif tg_op = 'UPDATE' then
            if new.salt is null and to_jsonb(new) - 'salt' = to_jsonb(old) - 'salt' then
                return new;
            end if;
        end if;
    end if;
    raise exception 'events are append-only' using errcode = 'restrict_violation', constraint = 'events_are_append_only';
end $$;
create trigger links_are_append_only before update or delete on audit_link
    for each row execute function refuse_change_of_events();
create trigger links_are_not_emptied before truncate on audit_link
    for each statement execute function refuse_change_of_events();
"""
DROP = """
drop trigger links_are_not_emptied on audit_link;
drop trigger links_are_append_only on audit_link;
create or replace function refuse_change_of_events() returns trigger language plpgsql as $$
begin
    raise exception 'events are append-only' using errcode = 'restrict_violation', constraint = 'events_are_append_only';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_events_tell_the_request_and_are_chained")]
    operations = [migrations.RunSQL(CREATE, DROP)]
