-- Events and the chain over them are never changed or removed, but where retention says so. Made anew after `migrate`.

create function guards.refuse_change_of_events() returns trigger language plpgsql as $$
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
create trigger events_are_append_only before update or delete on audit_event
    for each row execute function guards.refuse_change_of_events();
create trigger events_are_not_emptied before truncate on audit_event
    for each statement execute function guards.refuse_change_of_events();
create trigger chain_entries_are_append_only before update or delete on audit_chainentry
    for each row execute function guards.refuse_change_of_events();
create trigger chain_entries_are_not_emptied before truncate on audit_chainentry
    for each statement execute function guards.refuse_change_of_events();
