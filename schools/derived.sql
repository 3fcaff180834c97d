-- Elevoversigt follows students, agreements, current risks and absence, in the statement that changes them.
-- Made anew after `migrate`: laereplads/database/derived_tables.py.

-- How a student stands in each stretch of time between the edges of their agreements, and of a school day that counts
-- only when it is over.
-- Each student costs the same whatever the planner knows of the tables: a roster that fills an empty portal comes before
-- any ANALYZE. `offset 0` and `enable_seqscan` leave no other way than to look each of them up, and by their key alone:
-- a partial index on what is not annulled would be read from end to end.
create function derived.rows_of_schools_studentlistentry(students bigint[]) returns table (
    student_id bigint, school_id bigint, starts_on date, ends_on date, agreement_id bigint, agreement_type varchar,
    is_running boolean, rank smallint, assessed_on date, name varchar, sort_key varchar, search_key text,
    public_id uuid, status varchar, student_type varchar, visibility varchar, education_id bigint,
    basic_programme varchar, relation varchar, moved_on date, number_end varchar, absence_key smallint,
    unlawful_tenths smallint, company_id bigint, class_code varchar, unassessed_from date, removed_on date
) language sql stable set search_path = public, pg_temp set enable_seqscan = off as $$
    select student.id, student.school_id, stretches.starts_on, stretches.ends_on, agreement.id,
        coalesce(agreement.type, ''), agreement.id is not null,
        case
            when not coalesce(agreement.is_sosu, false) then 4
            else case agreement.level when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end
        end::smallint,
        coalesce(agreement.recorded_on, date '9999-12-31'), student.name, student.sort_key, student.search_key,
        student.public_id, student.status, student.student_type, student.visibility, student.education_id,
        student.basic_programme, student.relation, student.moved_on, right(student.student_number, 4),
        -- In tenths of a percent, half up: absence/figures.py.
        case
            when coalesce(latest.school_days, 0) = 0 then 1002
            when latest.school_days < 5 then 1001
            else 1000 - (2000 * latest.absent + latest.scheduled) / (2 * latest.scheduled)
        end::smallint,
        case when latest.school_days >= 5
            then (2000 * latest.unlawful + latest.scheduled) / (2 * latest.scheduled)
        end::smallint,
        agreement.company_id, coalesce(hold.class_code, ''), agreement.unassessed_from, agreement.removed_on
    from unnest(students) wanted (id)
    cross join lateral (
        select * from (select * from people_student where id = wanted.id offset 0) found where signed_off_on is null
    ) student
    left join lateral (
        select * from absence_absencestanding where student_id = student.id offset 0
    ) standing on true
    cross join lateral (
        select day as starts_on, coalesce(lead(day) over (order by day) - 1, date '9999-12-31') as ends_on from (
            select date '0001-01-01' as day
            union select unnest(array[starts_on, last_day + 1])
                from (select * from people_agreement where student_id = student.id offset 0) own
                where annulled_on is null
            union select standing.fresh_day + 1 where standing.fresh_day is not null
        ) edges
    ) stretches
    cross join lateral (
        select school_days, scheduled, lawful + unlawful as absent, unlawful
        from (values
            (false, standing.school_days, standing.scheduled, standing.lawful, standing.unlawful),
            (true, standing.school_days_before, standing.scheduled_before, standing.lawful_before,
                standing.unlawful_before)
        ) sums (is_before, school_days, scheduled, lawful, unlawful)
        where is_before = coalesce(stretches.starts_on <= standing.fresh_day, false)
    ) latest
    -- One, or two combination agreements: the school sees the more urgent of their assessments.
    left join lateral (
        select running.id, running.type, running.company_id, education.is_sosu, risk.level, risk.recorded_on,
            case when education.is_sosu then derived.unassessed_from(running.id, running.starts_on) end
                as unassessed_from,
            removal.removed_on
        from (
            select * from people_agreement where student_id = student.id offset 0
        ) running
        cross join lateral (select is_sosu from people_education where id = running.education_id offset 0) education
        left join lateral (
            select level, recorded_on from risk_currentrisk where agreement_id = running.id offset 0
        ) risk on true
        left join lateral (
            select case when level is null then (recorded_at at time zone 'Europe/Copenhagen')::date end as removed_on
            from risk_riskassessment where agreement_id = running.id order by id desc limit 1
        ) removal on true
        where running.annulled_on is null and stretches.starts_on between running.starts_on and running.last_day
        order by education.is_sosu desc, array_position(array['high', 'medium', 'low'], risk.level::text),
            risk.recorded_on, running.id
        limit 1
    ) agreement on true
    left join lateral (
        select class_code from (select * from absence_schoolperiod where student_id = student.id offset 0) period
        where class_code <> '' and cancelled_on is null order by period.starts_on desc, period.id limit 1
    ) hold on true
$$;

create function derived.keep_schools_studentlistentry(students bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    -- The row of the student is the lock of all that is derived of them; what follows sees what earlier holders saved.
    perform from people_student where id = any(students) order by id for no key update;
    with wanted as materialized (
        select * from derived.rows_of_schools_studentlistentry(students)
    ), found as materialized (
        select found.* from unnest(students) of_student (id) cross join lateral (
            select * from schools_studentlistentry where student_id = of_student.id offset 0
        ) found
    ), kept as (
        select student_id, school_id, starts_on, ends_on, agreement_id, agreement_type, is_running, rank, assessed_on,
            name, sort_key, search_key, public_id, status, student_type, visibility, education_id, basic_programme,
            relation, moved_on, number_end, absence_key, unlawful_tenths, company_id, class_code, unassessed_from,
            removed_on
        from found
    ), gone as (
        delete from schools_studentlistentry where id in (
            select found.id from (table kept except table wanted) stale join found using (student_id, starts_on)
        )
    )
    insert into schools_studentlistentry (
        student_id, school_id, starts_on, ends_on, agreement_id, agreement_type, is_running, rank, assessed_on, name,
        sort_key, search_key, public_id, status, student_type, visibility, education_id, basic_programme, relation,
        moved_on, number_end, absence_key, unlawful_tenths, company_id, class_code, unassessed_from, removed_on
    )
        table wanted except table kept;
end $$;

create function derived.student_list_of_students() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_new_students after insert on people_student
    referencing new table as changed for each statement execute function derived.student_list_of_students();
create trigger student_list_follows_students after update on people_student
    referencing new table as changed for each statement execute function derived.student_list_of_students();
create trigger student_list_follows_deleted_students after delete on people_student
    referencing old table as changed for each statement execute function derived.student_list_of_students();

create function derived.student_list_of_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct student_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_new_agreements after insert on people_agreement
    referencing new table as changed for each statement execute function derived.student_list_of_agreements();
create trigger student_list_follows_agreements after update on people_agreement
    referencing new table as changed for each statement execute function derived.student_list_of_agreements();
create trigger student_list_follows_what_agreements_were after update on people_agreement
    referencing old table as changed for each statement execute function derived.student_list_of_agreements();
create trigger student_list_follows_deleted_agreements after delete on people_agreement
    referencing old table as changed for each statement execute function derived.student_list_of_agreements();

create function derived.student_list_of_risks() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct agreement.student_id))
        from changed join people_agreement agreement on agreement.id = changed.agreement_id having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_new_risks after insert on risk_currentrisk
    referencing new table as changed for each statement execute function derived.student_list_of_risks();
create trigger student_list_follows_risks after update on risk_currentrisk
    referencing new table as changed for each statement execute function derived.student_list_of_risks();
create trigger student_list_follows_deleted_risks after delete on risk_currentrisk
    referencing old table as changed for each statement execute function derived.student_list_of_risks();

-- Of a removal where there was nothing to remove, and of an assessment that was removed before, nothing else tells.
create function derived.student_list_of_removals() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct agreement.student_id))
        from changed join people_agreement agreement on agreement.id = changed.agreement_id
        where changed.level is null having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_removals after insert on risk_riskassessment
    referencing new table as changed for each statement execute function derived.student_list_of_removals();

create function derived.student_list_of_deleted_assessments() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct agreement.student_id))
        from changed join people_agreement agreement on agreement.id = changed.agreement_id having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_deleted_assessments after delete on risk_riskassessment
    referencing old table as changed
    for each statement execute function derived.student_list_of_deleted_assessments();

create function derived.student_list_of_school_periods() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct student_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_new_school_periods after insert on absence_schoolperiod
    referencing new table as changed for each statement execute function derived.student_list_of_school_periods();
create trigger student_list_follows_school_periods after update on absence_schoolperiod
    referencing new table as changed for each statement execute function derived.student_list_of_school_periods();
create trigger student_list_follows_deleted_school_periods after delete on absence_schoolperiod
    referencing old table as changed for each statement execute function derived.student_list_of_school_periods();

create function derived.student_list_of_absence() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(student_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_new_absence after insert on absence_absencestanding
    referencing new table as changed for each statement execute function derived.student_list_of_absence();
create trigger student_list_follows_absence after update on absence_absencestanding
    referencing new table as changed for each statement execute function derived.student_list_of_absence();
create trigger student_list_follows_deleted_absence after delete on absence_absencestanding
    referencing old table as changed for each statement execute function derived.student_list_of_absence();

create function derived.student_list_of_education() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_schools_studentlistentry(array_agg(distinct student_id))
        from people_agreement where education_id = new.id having count(*) > 0;
    return null;
end $$;
create trigger student_list_follows_educations after update of is_sosu on people_education
    for each row when (old.is_sosu is distinct from new.is_sosu)
    execute function derived.student_list_of_education();

-- Rows change often, and index-only scans want pages that vacuum has seen.
alter table schools_studentlistentry set (autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
