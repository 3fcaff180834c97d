-- Rules over more than one row, which check constraints cannot say. Made anew after `migrate`, after those of `access`.

create trigger invitations_are_limited_to_own_workplaces before insert or update on delegation_invitation
    for each row when (new.workplace_id is not null)
    execute function guards.limit_to_own_workplaces('invitation_is_limited_to_a_workplace_of_its_company');

-- Nobody comes in by an invitation to a workplace that has gone to another company.
create function guards.withdraw_invitations_to_it() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update delegation_invitation
        set withdrawn_at = coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now())
        where workplace_id = new.id and company_id <> new.company_id and accepted_at is null and withdrawn_at is null;
    return null;
end $$;
create trigger invitations_to_a_workplace_end_when_it_leaves after update of company_id on people_workplace
    for each row when (new.company_id <> old.company_id) execute function guards.withdraw_invitations_to_it();
