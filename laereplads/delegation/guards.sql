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

-- Whoever an organisation lets in is let in once: by the request that is answered with this membership, or by the
-- invitation that is taken with it; and nobody takes an invitation of their own. Asked when the transaction ends,
-- because the two name each other.
create function guards.let_in_by_one_answer() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from delegation_accessrequest asked
        join accounts_identity who on (who.issuer, who.subject) = (asked.issuer, asked.subject) and who.ended_at is null
        where asked.membership_id = new.id and who.user_id = new.user_id
            and (asked.role, coalesce(asked.company_id, 0), coalesce(asked.school_id, 0))
                = (new.role, coalesce(new.company_id, 0), coalesce(new.school_id, 0))
    ) and not exists (
        select from delegation_invitation taken left join access_membership giver on giver.id = taken.invited_by_id
        where taken.membership_id = new.id and giver.user_id is distinct from new.user_id
            and (taken.role, taken.is_user_administrator, taken.is_absence_officer, taken.is_support_officer,
                taken.is_leader, coalesce(taken.workplace_id, 0), coalesce(taken.company_id, 0),
                coalesce(taken.school_id, 0), coalesce(taken.student_id, 0))
                = (new.role, new.is_user_administrator, new.is_absence_officer, new.is_support_officer,
                new.is_leader, coalesce(new.workplace_id, 0), coalesce(new.company_id, 0),
                coalesce(new.school_id, 0), coalesce(new.student_id, 0))
    ) then
        raise exception 'membership_comes_of_one_answer: no request or invitation became this membership'
            using errcode = 'check_violation', constraint = 'membership_comes_of_one_answer';
    end if;
    return null;
end $$;
create constraint trigger memberships_come_of_one_answer after insert on access_membership
    deferrable initially deferred for each row
    when (current_setting('role') in ('laereplads_user_administrator', 'laereplads_sign_in')
        and not (new.role = 'student' and coalesce(current_setting('app.uniid', true), '') <> ''))
    execute function guards.let_in_by_one_answer();

-- What is used, taken back, answered or closed stays so, whoever writes.
create function guards.keep_answers() returns trigger language plpgsql as $$
begin
    raise exception '%: what is answered is not changed', tg_argv[0]
        using errcode = 'restrict_violation', constraint = tg_argv[0];
end $$;
create trigger invitations_are_answered_once after update on delegation_invitation for each row
    when (coalesce(old.accepted_at, old.withdrawn_at) is not null and old is distinct from new)
    execute function guards.keep_answers('invitation_is_answered_once');
create trigger requests_are_answered_once after update on delegation_accessrequest for each row
    when (old.answered_at is not null and old is distinct from new)
    execute function guards.keep_answers('request_is_answered_once');
create trigger names_are_answered_once after update on delegation_confirmationline for each row
    when (old.answered_at is not null and old is distinct from new)
    execute function guards.keep_answers('name_is_answered_once');
create trigger confirmations_are_closed_once after update on delegation_confirmation for each row
    when (old.closed_on is not null and old is distinct from new)
    execute function guards.keep_answers('confirmation_is_closed_once');

-- Nobody keeps their access because the list is put away: names that wait for an answer end with the last day.
create function guards.close_answered_lists() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select from delegation_confirmationline line
        join access_membership held on held.id = line.membership_id join accounts_user who on who.id = held.user_id
        where line.confirmation_id = new.id and line.answered_at is null and who.is_active
            and (held.ends_on is null or held.ends_on >= nullif(current_setting('app.today', true), '')::date)
            and not exists (
                select from delegation_confirmationline other
                where other.confirmation_id = new.id and other.answered_by_id = held.id
            )
            -- Who puts it away is there.
            and held.user_id is distinct from (
                select user_id from access_membership
                where id = nullif(current_setting('app.membership_id', true), '')::bigint
            )
    ) then
        raise exception 'confirmation_is_closed_when_all_are_answered: names wait for an answer'
            using errcode = 'check_violation', constraint = 'confirmation_is_closed_when_all_are_answered';
    end if;
    return new;
end $$;
create trigger confirmations_are_closed_when_all_are_answered before update of closed_on on delegation_confirmation
    for each row when (new.closed_on is not null) execute function guards.close_answered_lists();

-- Who looks after no users changes nothing of them, whatever page they find.
create function guards.refuse_who_looks_after_no_users() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from access_membership
        where id = nullif(current_setting('app.membership_id', true), '')::bigint and is_user_administrator
            and (ends_on is null or ends_on >= nullif(current_setting('app.today', true), '')::date)
    ) then
        raise exception 'users_are_looked_after_by_who_may: the acting membership looks after no users'
            using errcode = 'check_violation', constraint = 'users_are_looked_after_by_who_may';
    end if;
    return null;
end $$;
create trigger memberships_are_looked_after_by_who_may before insert or update on access_membership
    for each statement when (current_setting('role') = 'laereplads_user_administrator')
    execute function guards.refuse_who_looks_after_no_users();
create trigger invitations_are_looked_after_by_who_may before insert or update on delegation_invitation
    for each statement when (current_setting('role') = 'laereplads_user_administrator')
    execute function guards.refuse_who_looks_after_no_users();
create trigger requests_are_looked_after_by_who_may before update on delegation_accessrequest
    for each statement when (current_setting('role') = 'laereplads_user_administrator')
    execute function guards.refuse_who_looks_after_no_users();
create trigger names_are_looked_after_by_who_may before update on delegation_confirmationline
    for each statement when (current_setting('role') = 'laereplads_user_administrator')
    execute function guards.refuse_who_looks_after_no_users();
