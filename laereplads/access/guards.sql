-- Whoever gets, loses or changes a role logs in anew. Made anew after `migrate`, after those of `accounts`.

create trigger sessions_end_with_a_new_membership after insert on access_membership
    referencing new table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_changed_membership after update on access_membership
    referencing new table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_lost_membership after update on access_membership
    referencing old table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_deleted_membership after delete on access_membership
    referencing old table as changed for each statement execute function guards.end_sessions_of_the_rows_users();

-- What whoever lets people in may never do, whatever page or form they find; nor who takes an invitation. Only where
-- somebody acts: commands run as the owner, and make the first administrators.
create function guards.refuse_own_memberships() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    acting bigint := nullif(current_setting('app.membership_id', true), '')::bigint;
    their bigint := (select user_id from public.access_membership where id = acting);
begin
    if their is null and current_setting('role') <> 'laereplads_sign_in' then
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
    for each row execute function guards.refuse_own_memberships();

-- Whoever is limited to a workplace is so at their own company. One that a merger takes to another company narrows as
-- before, and nobody is limited to it anew.
create function guards.limit_to_own_workplaces() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if (new.workplace_id, new.company_id) is not distinct from (old.workplace_id, old.company_id) then
            return new;
        end if;
    end if;
    -- The lock makes a merger wait, and whoever limits somebody wait for a merger.
    perform from people_workplace where id = new.workplace_id and company_id = new.company_id for key share;
    if not found then
        raise exception '%: the workplace is another company''s', tg_argv[0]
            using errcode = 'foreign_key_violation', constraint = tg_argv[0];
    end if;
    return new;
end $$;
create trigger memberships_are_limited_to_own_workplaces before insert or update on access_membership
    for each row when (new.workplace_id is not null)
    execute function guards.limit_to_own_workplaces('membership_is_limited_to_a_workplace_of_its_company');

create function guards.refuse_unconfirmed_addresses() returns trigger
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
    for each row execute function guards.refuse_unconfirmed_addresses();

-- Whoever goes to another school logs in as before: the membership becomes that of the student they are there.
create function guards.let_logins_follow() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- One who already has a login there keeps that one.
    update access_membership former set ends_on = greatest(former.starts_on, new.moved_on)
        where former.student_id = new.id and former.ends_on is null and exists (
            select from access_membership kept
            where kept.user_id = former.user_id and kept.student_id = new.moved_to_id and kept.ends_on is null
        );
    update access_membership set student_id = new.moved_to_id where student_id = new.id
        and (ends_on is null or ends_on > new.moved_on);
    return null;
end $$;
create trigger logins_follow_the_person after update of moved_to_id on people_student
    for each row when (new.moved_to_id is not null and new.moved_to_id is distinct from old.moved_to_id)
    execute function guards.let_logins_follow();
