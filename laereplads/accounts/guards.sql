-- A changed password, a closed user, another holder of the emergency access or another second factor ends all sessions. Made anew after `migrate`.
-- As the owner, because whoever changes a user may not touch sessions; on statements, because imports change thousands.

create function guards.end_sessions_of_changed_users() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from public.accounts_session where user_id in (
        select after.id from after join before on before.id = after.id
        where (before.password, before.is_active, before.email, before.is_break_glass) is distinct from
              (after.password, after.is_active, after.email, after.is_break_glass)
    );
    return null;
end $$;
create trigger sessions_end_with_the_users_rights after update on accounts_user
    referencing old table as before new table as after
    for each statement execute function guards.end_sessions_of_changed_users();

create function guards.end_sessions_of_the_rows_users() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from public.accounts_session where user_id in (select user_id from changed);
    return null;
end $$;

create trigger sessions_end_with_a_new_factor after insert on mfa_authenticator
    referencing new table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_lost_factor after delete on mfa_authenticator
    referencing old table as changed for each statement execute function guards.end_sessions_of_the_rows_users();

-- Who may no longer sign in with an identity is not logged in with it either.
create function guards.end_sessions_of_ended_identities() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from public.accounts_session where identity_id in (select id from changed where ended_at is not null);
    return null;
end $$;
create trigger sessions_end_with_the_identity after update on accounts_identity
    referencing new table as changed for each statement execute function guards.end_sessions_of_ended_identities();
