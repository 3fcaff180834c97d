-- Rules over more than one row, which check constraints cannot say. Made anew after `migrate`.

create function guards.refuse_change_of_assessments() returns trigger language plpgsql as $$
begin
    raise exception 'assessments are append-only'
        using errcode = 'restrict_violation', constraint = 'assessments_are_append_only';
end $$;
create trigger assessments_are_append_only before update on risk_riskassessment
    for each row when (
        (new.id, new.agreement_id, new.level, new.recorded_at, new.recorded_by_id)
            is distinct from (old.id, old.agreement_id, old.level, old.recorded_at, old.recorded_by_id)
        or not new.is_removed
    ) execute function guards.refuse_change_of_assessments();

-- Row policies show no row that is removed, so that a level is out of sight at once and for good.
create function guards.remove_assessments_before() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update risk_riskassessment set is_removed = true
        where agreement_id = new.agreement_id and id < new.id and level is not null and not is_removed;
    return null;
end $$;
create trigger a_removal_removes_what_was_registered after insert on risk_riskassessment
    for each row when (new.level is null) execute function guards.remove_assessments_before();

create function guards.require_sosu_education() returns trigger language plpgsql as $$
begin
    if not (
        select education.is_sosu from people_agreement agreement
        join people_education education on education.id = agreement.education_id where agreement.id = new.agreement_id
    ) then
        raise exception 'only SOSU students are assessed'
            using errcode = 'check_violation', constraint = 'assessment_is_about_a_sosu_student';
    end if;
    return new;
end $$;
create trigger assessment_is_about_a_sosu_student before insert on risk_riskassessment
    for each row execute function guards.require_sosu_education();

-- A user who is the student, too, whatever else they are.
create function guards.refuse_assessment_of_oneself() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if public.is_about_oneself(new.agreement_id, new.recorded_by_id) then
        raise exception 'nobody assesses themselves'
            using errcode = 'check_violation', constraint = 'nobody_assesses_themselves';
    end if;
    return new;
end $$;
create trigger nobody_assesses_themselves before insert on risk_riskassessment
    for each row execute function guards.refuse_assessment_of_oneself();

create function guards.require_assessable() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
    annulled date;
    signed_off date;
begin
    -- The row of the student is the lock of all that is kept about them: whoever annuls or signs off waits for it.
    select student.signed_off_on into signed_off
        from people_agreement agreement join people_student student on student.id = agreement.student_id
        where agreement.id = new.agreement_id for no key update of student;
    select annulled_on into annulled from people_agreement where id = new.agreement_id;
    if annulled is not null then
        raise exception 'annulled_agreement_takes_no_assessment: the agreement is annulled'
            using errcode = 'check_violation', constraint = 'annulled_agreement_takes_no_assessment';
    end if;
    if signed_off <= (new.recorded_at at time zone 'Europe/Copenhagen')::date then
        raise exception 'signed_off_student_takes_no_assessment: the student is signed off'
            using errcode = 'check_violation', constraint = 'signed_off_student_takes_no_assessment';
    end if;
    return new;
end $$;
create trigger assessment_is_of_one_who_can_be_assessed before insert on risk_riskassessment
    for each row execute function guards.require_assessable();

create function guards.keep_assessed_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform from people_student where id = new.student_id for no key update;
    if exists (select from risk_riskassessment where agreement_id = new.id) then
        raise exception 'assessed_agreement_is_not_annulled: an agreement that was assessed is not annulled'
            using errcode = 'check_violation', constraint = 'assessed_agreement_is_not_annulled';
    end if;
    return new;
end $$;
create trigger assessed_agreements_are_not_annulled before update of annulled_on on people_agreement
    for each row when (new.annulled_on is not null and old.annulled_on is null)
    execute function guards.keep_assessed_agreements();

-- Two parties agree: one proposes, the other says yes. What they agreed stays as it is; a change is another version.
create function guards.keep_local_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
    proposer access_membership;
    accepter access_membership;
    changed constant text[] :=
        '{valid_from,valid_to,accepted_by_id,accepted_at,proposal_told_at,answer_told_at}';
    acting constant bigint := nullif(current_setting('app.membership_id', true), '')::bigint;
begin
    -- Commands run as the owner, and act as nobody.
    if tg_op = 'UPDATE' and old.accepted_at is null and new.accepted_by_id <> acting then
        raise exception 'local_agreement_is_accepted_in_ones_own_name: nobody says yes in another''s name'
            using errcode = 'check_violation', constraint = 'local_agreement_is_accepted_in_ones_own_name';
    end if;
    if tg_op = 'UPDATE' and old.accepted_at is not null
        and coalesce(new.valid_to, 'infinity') > coalesce(old.valid_to, 'infinity')
    then
        raise exception 'local_agreement_never_lasts_longer: what has an end is agreed anew'
            using errcode = 'check_violation', constraint = 'local_agreement_never_lasts_longer';
    end if;
    select * into proposer from access_membership where id = new.proposed_by_id;
    select * into accepter from access_membership where id = new.accepted_by_id;
    if coalesce(proposer.company_id <> new.company_id, proposer.school_id <> new.school_id, true)
        or (accepter.id is not null and not (
            (proposer.school_id is not null and coalesce(accepter.company_id = new.company_id, false))
            or (proposer.company_id is not null and coalesce(accepter.school_id = new.school_id, false))
        ))
    then
        raise exception 'local_agreement_is_between_its_parties: one party proposes, and the other accepts'
            using errcode = 'check_violation', constraint = 'local_agreement_is_between_its_parties';
    end if;
    if tg_op = 'UPDATE' and (
        to_jsonb(new) - changed <> to_jsonb(old) - changed
        or (old.accepted_at is not null and (new.accepted_at, new.accepted_by_id, new.valid_from)
            is distinct from (old.accepted_at, old.accepted_by_id, old.valid_from))
    ) then
        raise exception 'local_agreement_stays_as_agreed: a change is another version'
            using errcode = 'check_violation', constraint = 'local_agreement_stays_as_agreed';
    end if;
    return new;
end $$;
create trigger local_agreements_are_between_two before insert or update on risk_localagreement
    for each row execute function guards.keep_local_agreements();

create function guards.keep_accepted_local_agreements() returns trigger language plpgsql as $$
begin
    raise exception 'local_agreement_is_kept: what two parties agreed ends, and is not deleted'
        using errcode = 'restrict_violation', constraint = 'local_agreement_is_kept';
end $$;
create trigger accepted_local_agreements_are_kept before delete on risk_localagreement
    for each row when (old.accepted_at is not null) execute function guards.keep_accepted_local_agreements();
