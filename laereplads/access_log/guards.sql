-- Entries are never changed, and removed only when they have been kept for twelve months. Made anew after `migrate`.

create function guards.refuse_change_of_access_log() returns trigger language plpgsql as $$
begin
    -- A day less than a year: the server's midnight is not Copenhagen's, and not every February has as many days.
    if tg_op = 'DELETE' and old.at < current_date - interval '12 months' + interval '1 day' then
        return old;
    end if;
    raise exception 'the access log is append-only'
        using errcode = 'restrict_violation', constraint = 'access_log_is_append_only';
end $$;
create trigger access_log_is_append_only before update or delete on access_log_accesslogentry
    for each row execute function guards.refuse_change_of_access_log();
create trigger access_log_is_not_emptied before truncate on access_log_accesslogentry
    for each statement execute function guards.refuse_change_of_access_log();
