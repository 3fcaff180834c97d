-- The current risk follows the history, a company's lists follow what they show, and due assessments what they depend on,
-- in the statement that changes it.
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

-- A student counts as never assessed from two weeks into the agreement on; never, where there was an assessment, also
-- one that was removed.
create function derived.unassessed_from(agreement bigint, starts_on date) returns date
language sql stable set search_path = public, pg_temp as $$
    select case when not exists (
        select from risk_riskassessment where agreement_id = agreement and level is not null
    ) then starts_on + 14 end
$$;

create function derived.rows_of_risk_agreementlistentry(agreements bigint[]) returns table (
    agreement_id bigint, company_id bigint, student_id bigint, workplace_id bigint, is_sosu boolean, starts_on date,
    last_day date, name varchar, sort_key varchar, search_key text, workplace_key varchar, assessment_id bigint,
    level varchar, assessed_on date, recorder varchar, public_id uuid, type varchar, ends_on date, ended_early_on date,
    workplace_name varchar, street varchar, postal_code varchar, town varchar, education_id bigint, school_id bigint,
    signed_off_on date, number_end varchar, unassessed_from date
) language sql stable set search_path = public, pg_temp as $$
    select agreement.id, agreement.company_id, agreement.student_id, agreement.workplace_id, education.is_sosu,
        agreement.starts_on, agreement.last_day, student.name, student.sort_key, student.search_key, workplace.sort_key,
        risk.assessment_id, coalesce(risk.level, ''), coalesce(risk.recorded_on, date '0001-01-01'),
        coalesce(employee.name, ''), agreement.public_id, agreement.type, agreement.ends_on, agreement.ended_early_on,
        workplace.name, workplace.street, workplace.postal_code, workplace.town, agreement.education_id,
        agreement.school_id, student.signed_off_on, right(student.student_number, 4),
        derived.unassessed_from(agreement.id, agreement.starts_on)
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
                number_end, unassessed_from
            from risk_agreementlistentry where agreement_id = any(agreements)
            except select * from derived.rows_of_risk_agreementlistentry(agreements)
        ) stale
    );
    insert into risk_agreementlistentry (
        agreement_id, company_id, student_id, workplace_id, is_sosu, starts_on, last_day, name, sort_key, search_key,
        workplace_key, assessment_id, level, assessed_on, recorder, public_id, type, ends_on, ended_early_on,
        workplace_name, street, postal_code, town, education_id, school_id, signed_off_on, number_end, unassessed_from
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
            set assessment_id = null, level = '', assessed_on = date '0001-01-01', recorder = '',
                unassessed_from = derived.unassessed_from(kept.agreement_id, kept.starts_on)
            from changed where kept.agreement_id = changed.agreement_id;
    else
        update risk_agreementlistentry kept
            set assessment_id = risk.assessment_id, level = risk.level, assessed_on = risk.recorded_on,
                recorder = employee.name, unassessed_from = null
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

-- Of an assessment that was removed before, nothing else says that it is gone.
create function derived.agreement_list_of_deleted_assessments() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_agreementlistentry(array_agg(distinct agreement_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger agreement_list_follows_deleted_assessments after delete on risk_riskassessment
    referencing old table as changed
    for each statement execute function derived.agreement_list_of_deleted_assessments();

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

-- Working days as laereplads/web/working_days.py knows them, which asks a library: a test compares the two day by day.
-- Easter by the anonymous Gregorian algorithm.
create function derived.easter(year integer) returns date language sql immutable as $$
    select make_date(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1)
    from (select year % 19 as a, year / 100 as b, year % 100 as c) first
    cross join lateral (select (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30 as h) second
    cross join lateral (select (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7 as l) third
    cross join lateral (select (a + 11 * h + 22 * l) / 451 as m) fourth
$$;

create function derived.is_working_day(day date) returns boolean language sql immutable as $$
    select extract(isodow from day) < 6
        and to_char(day, 'MM-DD') not in ('01-01', '06-05', '12-24', '12-25', '12-26', '12-31')
        -- Maundy Thursday, Good Friday, Easter Monday, Ascension, Whit Monday; Store bededag until 2023.
        and day - derived.easter(extract(year from day)::integer) not in (-3, -2, 1, 39, 50)
        and not (day < date '2024-01-01' and day - derived.easter(extract(year from day)::integer) = 26)
$$;

create function derived.working_day_from(day date) returns date language sql immutable as $$
    select day + later from generate_series(0, 13) later where derived.is_working_day(day + later)
        order by later limit 1
$$;

-- When in a training period its assessments are due: one, or one every so many weeks.
create function derived.due_days(first date, last date, timing varchar, weeks integer) returns setof date
language sql immutable as $$
    with wanted (day) as (
        select derived.working_day_from(case timing when 'after_start' then first + 7 * weeks else last - 7 * weeks end)
            where timing in ('after_start', 'before_end')
        union all
        select derived.working_day_from(first + 7 * weeks * nth)
            from generate_series(1, case timing when 'every' then (last - 14 - first) / (7 * weeks) else 0 end) nth
    ), inside as (
        select day from wanted where day between first and last
    )
    select day from inside
    -- Also where the weeks would lead out of the period.
    union all select derived.working_day_from(first + (last - first) / 2) where not exists (select from inside)
$$;

-- What is agreed or suggested in each training period of an agreement: its days without the student's school periods, at
-- whatever school. Without any such period, in equal slices of half a year at most.
create function derived.rows_of_risk_dueassessment(agreements bigint[]) returns table (
    agreement_id bigint, student_id bigint, company_id bigint, workplace_id bigint, school_id bigint, number smallint,
    part smallint, starts_on date, ends_on date, due_on date, grace_until date, local_agreement_id bigint,
    periods_are_known boolean, assessed_on date, paused_until date, agreement_last_day date, signed_off_on date
) language sql stable set search_path = public, pg_temp set enable_seqscan = off as $$
    with agreement as materialized (
        select found.id, found.student_id, found.company_id, found.workplace_id, found.education_id, found.starts_on,
            found.ends_on, found.last_day, student.school_id, student.signed_off_on,
            -- Whoever is signed off is there no longer on that day.
            least(found.last_day, student.signed_off_on - 1) as really_last
        from unnest(agreements) wanted (id)
        cross join lateral (select * from people_agreement where id = wanted.id offset 0) found
        cross join lateral (select * from people_student where id = found.student_id offset 0) student
        cross join lateral (select is_sosu from people_education where id = found.education_id offset 0) education
        where found.annulled_on is null and education.is_sosu
    ), stretch as (
        select agreement.id, known.are_known, stretches.first, stretches.last
        from agreement
        cross join lateral (
            select range_agg(daterange(period.starts_on, period.ends_on, '[]')) as at_school
            from (
                select agreement.student_id as id
                union select id from people_student where moved_to_id = agreement.student_id
            ) own
            cross join lateral (
                select * from absence_schoolperiod where student_id = own.id offset 0
            ) period
            where period.cancelled_on is null
                and period.starts_on <= agreement.ends_on and period.ends_on >= agreement.starts_on
        ) school
        cross join lateral (select school.at_school is not null as are_known) known
        cross join lateral (
            select lower(gap) as first, upper(gap) - 1 as last from unnest(
                datemultirange(daterange(agreement.starts_on, agreement.ends_on, '[]')) - school.at_school
            ) gap
            union all
            select agreement.starts_on + days * slice / slices, agreement.starts_on + days * (slice + 1) / slices - 1
            from (select agreement.ends_on - agreement.starts_on + 1 as days) whole
            cross join lateral (select (days + 181) / 182 as slices) cut
            cross join lateral generate_series(0, slices - 1) slice
            where not known.are_known
        ) stretches
    ), ruled as (
        select stretch.*, rule.id as rule_id, coalesce(rule.grace_days, 14) as grace_days,
            coalesce(rule.timing, 'middle') as timing, rule.weeks,
            row_number() over (partition by stretch.id order by stretch.first) as number
        from stretch join agreement using (id)
        left join lateral (
            -- In force on the first day, else the first that begins later, before what it says is due; the education's own
            -- before all educations'.
            select * from (
                select * from risk_localagreement local
                where local.company_id = agreement.company_id and local.school_id = agreement.school_id offset 0
            ) local
            where stretch.are_known and local.accepted_at is not null
                and coalesce(local.education_id, agreement.education_id) = agreement.education_id
                and local.valid_from <= stretch.last and coalesce(local.valid_to, stretch.first) >= stretch.first
                and local.valid_from <= greatest(stretch.first, (
                    select min(day) from derived.due_days(stretch.first, stretch.last, local.timing, local.weeks) day
                ))
            order by greatest(local.valid_from, stretch.first), local.education_id is null, local.id limit 1
        ) rule on true
        where stretch.last - stretch.first + 1 >= coalesce(rule.shortest_days, 28)
    ), due as (
        select ruled.*, days.due_on, row_number() over in_period as part,
            lag(days.due_on) over in_period as due_before, lead(days.due_on) over in_period as due_after
        from ruled cross join lateral derived.due_days(
            ruled.first, ruled.last, ruled.timing, ruled.weeks
        ) days (due_on)
        window in_period as (partition by ruled.id, ruled.number order by days.due_on)
    ), windowed as (
        -- Of several in a period an assessment counts as the nearest.
        select due.*, coalesce(due_before + (due.due_on - due_before) / 2 + 1, first) as opens,
            coalesce(due.due_on + (due_after - due.due_on) / 2, last) as closes
        from due
    )
    select agreement.id, agreement.student_id, agreement.company_id, agreement.workplace_id, agreement.school_id,
        windowed.number::smallint, windowed.part::smallint, windowed.opens, least(windowed.closes, really_last),
        windowed.due_on, windowed.due_on + windowed.grace_days, windowed.rule_id, windowed.are_known,
        assessed.first_day, pause.until, agreement.last_day, agreement.signed_off_on
    from windowed join agreement using (id)
    left join lateral (
        select min(day) filter (where id > coalesce(last_removal, 0)) as first_day
        from (
            select id, (recorded_at at time zone 'Europe/Copenhagen')::date as day,
                max(id) filter (where level is null) over () as last_removal
            from (select * from risk_riskassessment where agreement_id = agreement.id offset 0) made
            where (recorded_at at time zone 'Europe/Copenhagen')::date
                between windowed.opens and least(windowed.closes, really_last)
        ) inside
    ) assessed on true
    left join lateral (
        select until from risk_assessmentpause where agreement_id = agreement.id offset 0
    ) pause on true
    -- Of what was ended early, or left, half must have passed to be counted.
    where windowed.closes <= really_last
        or (really_last - windowed.opens + 1) * 2 >= windowed.closes - windowed.opens + 1
$$;

create function derived.keep_risk_dueassessment(agreements bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    perform from people_student
        where id in (select student_id from people_agreement where id = any(agreements))
        order by id for no key update;
    with wanted as materialized (
        select * from derived.rows_of_risk_dueassessment(agreements)
    ), found as materialized (
        select found.* from unnest(agreements) of_agreement (id) cross join lateral (
            select * from risk_dueassessment where agreement_id = of_agreement.id offset 0
        ) found
    ), kept as (
        select agreement_id, student_id, company_id, workplace_id, school_id, number, part, starts_on, ends_on, due_on,
            grace_until, local_agreement_id, periods_are_known, assessed_on, paused_until, agreement_last_day,
            signed_off_on
        from found
    )
    delete from risk_dueassessment where id in (
        select found.id from (table kept except table wanted) stale join found using (agreement_id, number, part)
    );
    insert into risk_dueassessment (
        agreement_id, student_id, company_id, workplace_id, school_id, number, part, starts_on, ends_on, due_on,
        grace_until, local_agreement_id, periods_are_known, assessed_on, paused_until, agreement_last_day, signed_off_on
    )
        select * from derived.rows_of_risk_dueassessment(agreements)
        on conflict (agreement_id, number, part) do nothing;
end $$;

create function derived.due_of_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform from people_student where id in (select student_id from changed) order by id for no key update;
    perform derived.keep_risk_dueassessment(array_agg(distinct id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger due_follows_new_agreements after insert on people_agreement
    referencing new table as changed for each statement execute function derived.due_of_agreements();
create trigger due_follows_agreements after update on people_agreement
    referencing new table as changed for each statement execute function derived.due_of_agreements();
create trigger due_follows_deleted_agreements after delete on people_agreement
    referencing old table as changed for each statement execute function derived.due_of_agreements();

-- Of the agreements of these students, and of those that they were moved to.
create function derived.keep_due_of_students(students bigint[]) returns void language sql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select derived.keep_risk_dueassessment(array_agg(distinct agreement.id)) from unnest(students) wanted (id)
        cross join lateral (
            select id from people_student where id = wanted.id
            union select moved_to_id from people_student where id = wanted.id and moved_to_id is not null
        ) own
        cross join lateral (select id from people_agreement where student_id = own.id offset 0) agreement
        having count(*) > 0
$$;

create function derived.due_of_students() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_due_of_students(array_agg(distinct touched.id)) from (
        select changed.id, changed.moved_to_id, before.moved_to_id as was_moved_to
            from changed join before using (id)
            where (changed.signed_off_on, changed.moved_to_id) is distinct from (before.signed_off_on, before.moved_to_id)
    ) moved cross join lateral unnest(array[moved.id, moved.moved_to_id, moved.was_moved_to]) touched (id)
        where touched.id is not null having count(*) > 0;
    return null;
end $$;
create trigger due_follows_students after update on people_student
    referencing new table as changed old table as before for each statement execute function derived.due_of_students();

create function derived.due_of_school_periods() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_due_of_students(array_agg(distinct student_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger due_follows_new_school_periods after insert on absence_schoolperiod
    referencing new table as changed for each statement execute function derived.due_of_school_periods();
create trigger due_follows_school_periods after update on absence_schoolperiod
    referencing new table as changed for each statement execute function derived.due_of_school_periods();
create trigger due_follows_deleted_school_periods after delete on absence_schoolperiod
    referencing old table as changed for each statement execute function derived.due_of_school_periods();

create function derived.due_of_assessments() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_dueassessment(array_agg(distinct agreement_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger due_follows_new_assessments after insert on risk_riskassessment
    referencing new table as changed for each statement execute function derived.due_of_assessments();
create trigger due_follows_deleted_assessments after delete on risk_riskassessment
    referencing old table as changed for each statement execute function derived.due_of_assessments();
create trigger due_follows_new_pauses after insert on risk_assessmentpause
    referencing new table as changed for each statement execute function derived.due_of_assessments();
create trigger due_follows_pauses after update on risk_assessmentpause
    referencing new table as changed for each statement execute function derived.due_of_assessments();
create trigger due_follows_deleted_pauses after delete on risk_assessmentpause
    referencing old table as changed for each statement execute function derived.due_of_assessments();

create function derived.due_of_local_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_dueassessment(array_agg(distinct agreement.id)) from changed
        join people_agreement agreement on agreement.company_id = changed.company_id
        join people_student student on student.id = agreement.student_id and student.school_id = changed.school_id
        having count(*) > 0;
    return null;
end $$;
create trigger due_follows_new_local_agreements after insert on risk_localagreement
    referencing new table as changed for each statement execute function derived.due_of_local_agreements();
create trigger due_follows_local_agreements after update on risk_localagreement
    referencing new table as changed for each statement execute function derived.due_of_local_agreements();
create trigger due_follows_deleted_local_agreements after delete on risk_localagreement
    referencing old table as changed for each statement execute function derived.due_of_local_agreements();

create function derived.due_of_education() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_risk_dueassessment(array_agg(id)) from people_agreement where education_id = new.id
        having count(*) > 0;
    return null;
end $$;
create trigger due_follows_educations after update of is_sosu on people_education
    for each row when (old.is_sosu is distinct from new.is_sosu) execute function derived.due_of_education();

-- Rows change often, and index-only scans want pages that vacuum has seen.
alter table risk_agreementlistentry set (autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
