"""What an administrator may never do, whatever page or form they find: the database refuses it.

Only where somebody acts for an administrator: commands run as the owner, and make the first administrators.
"""

from django.db import migrations

CREATE = """
create function refuse_own_memberships() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    acting bigint := nullif(current_setting('app.membership_id', true), '')::bigint;
    their bigint := (select user_id from public.access_membership where id = acting);
begin
    if their is null then
        return new;
    end if;
    if their = new.user_id or (tg_op = 'UPDATE' and their = old.user_id) then
        raise exception 'nobody changes memberships of their own'
            using errcode = 'check_violation', constraint = 'nobody_changes_memberships_of_their_own';
    end if;
    if exists (
        select from public.access_membership other
        where other.user_id = new.user_id and other.id <> new.id
            and (other.role = 'administrator') <> (new.role = 'administrator')
            and daterange(other.starts_on, other.ends_on, '[]') && daterange(new.starts_on, new.ends_on, '[]')
    ) then
        raise exception 'an administrator is no reader at the same time'
            using errcode = 'check_violation', constraint = 'an_administrator_is_no_reader_at_the_same_time';
    end if;
    return new;
end $$;
create trigger nobody_lets_themselves_in before insert or update on access_membership
    for each row execute function refuse_own_memberships();

create function refuse_unconfirmed_addresses() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if new.email is distinct from old.email
        and current_setting('role') like '%administrator'
        and exists (select from public.access_membership where user_id = old.id)
    then
        raise exception 'an address is changed by whoever has it'
            using errcode = 'check_violation', constraint = 'an_address_is_changed_by_whoever_has_it';
    end if;
    return new;
end $$;
create trigger an_address_is_changed_by_whoever_has_it before update of email on accounts_user
    for each row execute function refuse_unconfirmed_addresses();

create function is_about_oneself(agreement bigint, membership bigint) returns boolean
    language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (
        select from public.access_membership acting
        join public.access_membership own on own.user_id = acting.user_id
        join public.people_agreement agreement on agreement.student_id = own.student_id
        where acting.id = $2 and agreement.id = $1
    )
$$;
"""
DROP = """
drop function is_about_oneself(bigint, bigint);
drop trigger an_address_is_changed_by_whoever_has_it on accounts_user;
drop function refuse_unconfirmed_addresses();
drop trigger nobody_lets_themselves_in on access_membership;
drop function refuse_own_memberships();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_forms_are_sent_once"), ("accounts", "0003_sessions_end_with_the_second_factor")]

    operations = [migrations.RunSQL(CREATE, DROP)]
