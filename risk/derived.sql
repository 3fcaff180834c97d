-- The current risk follows the history, and a company's lists follow what they show, in the statement that changes it.
-- Made anew after `migrate`: laereplads/database/derived_tables.py.

-- The latest assessment of each agreement, unless it took the one before it away.
create function derived.rows_of_risk_currentrisk(agreements bigint[]) returns table (
    agreement_id bigint, assessment_id bigint, level varchar, recorded_on date
) language sql stable set search_path = public, pg_temp as $$
    select agreement, latest.id, latest.level, (latest.recorded_at at time zone 'Europe/Copenhagen')::date
    from unnest(agreements) agreement cross join lateral (
        select id, level, recorded_at, is_removed from risk_riskassessment
            where agreement_id = agreement order by id desc limit 1
    ) latest
    where latest.level is not null and not latest.is_removed
$$;

create function derived.keep_risk_currentrisk(agreements bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- The row of the student is the lock of all that is derived of them. A statement after it sees what those saved who
    -- held it before, so that the highest id is the latest assessment for everybody.
    perform from people_student
        where id in (select student_id from people_agreement where id = any(agreements))
        order by id for no key update;
    delete from risk_currentrisk kept where agreement_id = any(agreements)
        and not exists (select from derived.rows_of_risk_currentrisk(array[kept.agreement_id]));
    insert into risk_currentrisk as kept (agreement_id, assessment_id, level, recorded_on)
        select agreement_id, assessment_id, level, recorded_on from derived.rows_of_risk_currentrisk(agreements)
        on conflict (agreement_id) do update
            set assessment_id = excluded.assessment_id, level = excluded.level, recorded_on = excluded.recorded_on
            where (kept.assessment_id, kept.level, kept.recorded_on)
                is distinct from (excluded.assessment_id, excluded.level, excluded.recorded_on);
end $$;

create function derived.current_risk_of_assessments() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_currentrisk(array_agg(distinct agreement_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger current_risk_follows_added_assessments after insert on risk_riskassessment
    referencing new table as changed for each statement execute function derived.current_risk_of_assessments();
create trigger current_risk_follows_deleted_assessments after delete on risk_riskassessment
    referencing old table as changed for each statement execute function derived.current_risk_of_assessments();

create function derived.rows_of_risk_agreementlistentry(agreements bigint[]) returns table (
    agreement_id bigint, company_id bigint, student_id bigint, workplace_id bigint, is_sosu boolean, starts_on date,
    last_day date, name varchar, sort_key varchar, search_key text, workplace_key varchar, assessment_id bigint,
    level varchar, assessed_on date, recorder varchar, public_id uuid, type varchar, ends_on date, ended_early_on date,
    workplace_name varchar, street varchar, postal_code varchar, town varchar, education_id bigint, school_id bigint,
    signed_off_on date, number_end varchar
) language sql stable set search_path = public, pg_temp as $$
    select agreement.id, agreement.company_id, agreement.student_id, agreement.workplace_id, education.is_sosu,
        agreement.starts_on, agreement.last_day, student.name, student.sort_key, student.search_key, workplace.sort_key,
        risk.assessment_id, coalesce(risk.level, ''), coalesce(risk.recorded_on, date '0001-01-01'),
        coalesce(employee.name, ''), agreement.public_id, agreement.type, agreement.ends_on, agreement.ended_early_on,
        workplace.name, workplace.street, workplace.postal_code, workplace.town, agreement.education_id,
        agreement.school_id, student.signed_off_on, right(student.student_number, 4)
    from people_agreement agreement
    join people_student student on student.id = agreement.student_id
    join people_workplace workplace on workplace.id = agreement.workplace_id
    join people_education education on education.id = agreement.education_id
    left join risk_currentrisk risk on risk.agreement_id = agreement.id
    left join risk_riskassessment assessment on assessment.id = risk.assessment_id
    left join access_membership membership on membership.id = assessment.recorded_by_id
    left join accounts_user employee on employee.id = membership.user_id
    where agreement.id = any(agreements) and agreement.annulled_on is null
$$;

create function derived.keep_risk_agreementlistentry(agreements bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform from people_student
        where id in (select student_id from people_agreement where id = any(agreements))
        order by id for no key update;
    -- What has changed goes, and comes again as it is now.
    delete from risk_agreementlistentry where agreement_id in (
        select agreement_id from (
            select agreement_id, company_id, student_id, workplace_id, is_sosu, starts_on, last_day, name, sort_key,
                search_key, workplace_key, assessment_id, level, assessed_on, recorder, public_id, type, ends_on,
                ended_early_on, workplace_name, street, postal_code, town, education_id, school_id, signed_off_on,
                number_end
            from risk_agreementlistentry where agreement_id = any(agreements)
            except select * from derived.rows_of_risk_agreementlistentry(agreements)
        ) stale
    );
    insert into risk_agreementlistentry (
        agreement_id, company_id, student_id, workplace_id, is_sosu, starts_on, last_day, name, sort_key, search_key,
        workplace_key, assessment_id, level, assessed_on, recorder, public_id, type, ends_on, ended_early_on,
        workplace_name, street, postal_code, town, education_id, school_id, signed_off_on, number_end
    )
        select * from derived.rows_of_risk_agreementlistentry(agreements)
        on conflict (agreement_id) do nothing;
end $$;

create function derived.agreement_list_of_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- Before the entry, also of an agreement that is gone: so whoever renames the student waits, and does not cross.
    perform from people_student where id in (select student_id from changed) order by id for no key update;
    perform derived.keep_risk_agreementlistentry(array_agg(distinct id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger agreement_list_follows_new_agreements after insert on people_agreement
    referencing new table as changed for each statement execute function derived.agreement_list_of_agreements();
create trigger agreement_list_follows_agreements after update on people_agreement
    referencing new table as changed for each statement execute function derived.agreement_list_of_agreements();
create trigger agreement_list_follows_deleted_agreements after delete on people_agreement
    referencing old table as changed for each statement execute function derived.agreement_list_of_agreements();

-- Of the many who save most: the current risk is kept by whoever holds the student's lock, and the entry is there.
create function derived.agreement_list_of_risks() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        update risk_agreementlistentry kept
            set assessment_id = null, level = '', assessed_on = date '0001-01-01', recorder = ''
            from changed where kept.agreement_id = changed.agreement_id;
    else
        update risk_agreementlistentry kept
            set assessment_id = risk.assessment_id, level = risk.level, assessed_on = risk.recorded_on,
                recorder = employee.name
            from changed risk
            join risk_riskassessment assessment on assessment.id = risk.assessment_id
            join access_membership membership on membership.id = assessment.recorded_by_id
            join accounts_user employee on employee.id = membership.user_id
            where kept.agreement_id = risk.agreement_id;
    end if;
    return null;
end $$;
create trigger agreement_list_follows_new_risks after insert on risk_currentrisk
    referencing new table as changed for each statement execute function derived.agreement_list_of_risks();
create trigger agreement_list_follows_risks after update on risk_currentrisk
    referencing new table as changed for each statement execute function derived.agreement_list_of_risks();
create trigger agreement_list_follows_deleted_risks after delete on risk_currentrisk
    referencing old table as changed for each statement execute function derived.agreement_list_of_risks();

-- Of what else a list shows, only what was changed is looked at: students change every night.
create function derived.agreement_list_of_students() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_agreementlistentry(array_agg(agreement.id))
        from changed join before using (id) join people_agreement agreement on agreement.student_id = changed.id
        where (changed.name, changed.signed_off_on, changed.student_number)
            is distinct from (before.name, before.signed_off_on, before.student_number)
        having count(*) > 0;
    return null;
end $$;
create trigger agreement_list_follows_students after update on people_student
    referencing new table as changed old table as before
    for each statement execute function derived.agreement_list_of_students();

create function derived.agreement_list_of_workplaces() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_agreementlistentry(array_agg(agreement.id))
        from changed join before using (id) join people_agreement agreement on agreement.workplace_id = changed.id
        where (changed.name, changed.street, changed.postal_code, changed.town)
            is distinct from (before.name, before.street, before.postal_code, before.town)
        having count(*) > 0;
    return null;
end $$;
create trigger agreement_list_follows_workplaces after update on people_workplace
    referencing new table as changed old table as before
    for each statement execute function derived.agreement_list_of_workplaces();

create function derived.agreement_list_of_education() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_agreementlistentry(array_agg(id)) from people_agreement where education_id = new.id
        having count(*) > 0;
    return null;
end $$;
create trigger agreement_list_follows_educations after update of is_sosu on people_education
    for each row when (old.is_sosu is distinct from new.is_sosu)
    execute function derived.agreement_list_of_education();

create function derived.agreement_list_of_employee() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update risk_agreementlistentry kept set recorder = new.name
        from access_membership membership
        join risk_riskassessment assessment on assessment.recorded_by_id = membership.id
        where membership.user_id = new.id
            and kept.agreement_id = assessment.agreement_id and kept.assessment_id = assessment.id;
    return null;
end $$;
create trigger agreement_list_follows_employees after update of name on accounts_user
    for each row when (old.name is distinct from new.name) execute function derived.agreement_list_of_employee();

-- Rows change often, and index-only scans want pages that vacuum has seen.
alter table risk_agreementlistentry set (autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
