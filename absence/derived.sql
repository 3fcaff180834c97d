-- Lists of periods and the standing of students follow days, periods and agreements, in the statement that changes them.
-- Made anew after `migrate`: laereplads/database/derived_tables.py.

-- `offset 0` and `enable_seqscan` leave no other way than to look each up by its key: schools/derived.sql says why.
create function derived.rows_of_absence_periodlistentry(periods bigint[]) returns table (
    period_id bigint, agreement_id bigint, student_id bigint, school_id bigint, company_id bigint, workplace_id bigint,
    education_id bigint, period_public_id uuid, agreement_public_id uuid, student_public_id uuid, name varchar,
    kind varchar, class_code varchar, starts_on date, ends_on date, agreement_starts_on date, agreement_last_day date,
    due_on date, signed_off_on date, student_name varchar, sort_key varchar, search_key text, number_end varchar,
    workplace_name varchar, workplace_key varchar, scheduled integer, lawful integer, unlawful integer,
    school_days integer, last_day date, last_scheduled integer, last_lawful integer, last_unlawful integer
) language sql stable set search_path = public, pg_temp set enable_seqscan = off as $$
    select period.id, agreement.id, period.student_id, period.school_id, agreement.company_id, agreement.workplace_id,
        coalesce(agreement.education_id, student.education_id), period.public_id, agreement.public_id,
        student.public_id, period.name, period.kind, period.class_code, period.starts_on, period.ends_on,
        agreement.starts_on, agreement.last_day, due.due_on, student.signed_off_on, student.name, student.sort_key,
        student.search_key, right(student.student_number, 4), coalesce(workplace.name, ''),
        coalesce(workplace.sort_key, ''),
        (coalesce(held.scheduled, 0) + coalesce(archived.scheduled, 0))::integer,
        (coalesce(held.lawful, 0) + coalesce(archived.lawful, 0))::integer,
        (coalesce(held.unlawful, 0) + coalesce(archived.unlawful, 0))::integer,
        (coalesce(held.school_days, 0) + coalesce(archived.school_days, 0))::integer,
        coalesce(held.last_day, archived.last_day),
        coalesce(latest.scheduled, 0)::integer, coalesce(latest.lawful, 0)::integer,
        coalesce(latest.unlawful, 0)::integer
    from unnest(periods) wanted (id)
    cross join lateral (
        select * from (select * from absence_schoolperiod where id = wanted.id offset 0) found
        where cancelled_on is null
    ) period
    cross join lateral (select * from people_student where id = period.student_id offset 0) student
    -- Nothing stands for the whole period. Agreements go along to another school, where the student is another row.
    cross join lateral (
        select found.id, found.company_id, found.workplace_id, found.education_id, found.public_id, found.starts_on,
            found.last_day
        from (
            select * from people_agreement where student_id = any(array[student.id, student.moved_to_id]) offset 0
        ) found
        where found.annulled_on is null and found.starts_on <= period.ends_on and found.last_day >= period.starts_on
        union all
        select null, null, null, null, null, null, null
    ) agreement
    left join lateral (
        select found.name, found.sort_key
        from (select * from people_workplace where id = agreement.workplace_id offset 0) found
    ) workplace on true
    cross join lateral (
        select case when candidate >= greatest(period.starts_on, agreement.starts_on) then candidate end as due_on
        from (select case when agreement.id is not null
            then least(period.ends_on, agreement.last_day, student.signed_off_on, student.moved_on) end as candidate) earliest
    ) due
    cross join lateral (
        select sum(found.scheduled) as scheduled, sum(found.lawful) as lawful, sum(found.unlawful) as unlawful,
            count(*) as school_days, max(found.day) as last_day
        from (select * from absence_absenceday where period_id = period.id offset 0) found
        where agreement.id is null or found.day between agreement.starts_on and agreement.last_day
    ) held
    left join lateral (
        select * from absence_absenceday where period_id = period.id and day = held.last_day offset 0
    ) latest on true
    left join lateral (
        select * from absence_archivedsum
        where period_id = period.id and agreement_id is not distinct from agreement.id offset 0
    ) archived on true
$$;

create function derived.keep_absence_periodlistentry(periods bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    -- The row of the student is the lock of all that is derived of them; what follows sees what earlier holders saved.
    perform from people_student where id in (
        select student_id from absence_schoolperiod where id = any(periods)
    ) order by id for no key update;
    with wanted as materialized (
        select * from derived.rows_of_absence_periodlistentry(periods)
    ), found as materialized (
        select found.* from unnest(periods) of_period (id) cross join lateral (
            select * from absence_periodlistentry where period_id = of_period.id offset 0
        ) found
    ), kept as (
        select period_id, agreement_id, student_id, school_id, company_id, workplace_id, education_id,
            period_public_id, agreement_public_id, student_public_id, name, kind, class_code, starts_on, ends_on,
            agreement_starts_on, agreement_last_day, due_on, signed_off_on, student_name, sort_key, search_key,
            number_end, workplace_name, workplace_key, scheduled, lawful, unlawful, school_days, last_day,
            last_scheduled, last_lawful, last_unlawful
        from found
    ), stale as materialized (
        table kept except table wanted
    )
    delete from absence_periodlistentry where id in (
        select found.id from stale join found
            on found.period_id = stale.period_id and found.agreement_id is not distinct from stale.agreement_id
    );
    insert into absence_periodlistentry (
        period_id, agreement_id, student_id, school_id, company_id, workplace_id, education_id, period_public_id,
        agreement_public_id, student_public_id, name, kind, class_code, starts_on, ends_on, agreement_starts_on,
        agreement_last_day, due_on, signed_off_on, student_name, sort_key, search_key, number_end, workplace_name,
        workplace_key, scheduled, lawful, unlawful, school_days, last_day, last_scheduled, last_lawful, last_unlawful
    )
        select * from derived.rows_of_absence_periodlistentry(periods)
        on conflict (period_id, agreement_id) do nothing;
end $$;

create function derived.rows_of_absence_absencestanding(students bigint[]) returns table (
    student_id bigint, last_day date, fresh_day date, school_days smallint, scheduled integer, lawful integer,
    unlawful integer, school_days_before smallint, scheduled_before integer, lawful_before integer,
    unlawful_before integer
) language sql stable set search_path = public, pg_temp set enable_seqscan = off as $$
    select wanted.id, latest.last_day, latest.fresh_day, latest.school_days::smallint, latest.scheduled::integer,
        latest.lawful::integer, latest.unlawful::integer, latest.school_days_before::smallint,
        coalesce(latest.scheduled_before, 0)::integer, coalesce(latest.lawful_before, 0)::integer,
        coalesce(latest.unlawful_before, 0)::integer
    from unnest(students) wanted (id)
    cross join lateral (
        select max(day) as last_day,
            max(day) filter (
                where place = 1 and day = (
                    select (imported_at at time zone 'Europe/Copenhagen')::date from absence_absencedelivery
                    where id = numbered.delivery_id
                )
            ) as fresh_day,
            count(*) filter (where place <= 20) as school_days,
            sum(scheduled) filter (where place <= 20) as scheduled,
            sum(lawful) filter (where place <= 20) as lawful,
            sum(unlawful) filter (where place <= 20) as unlawful,
            count(*) filter (where place > 1) as school_days_before,
            sum(scheduled) filter (where place > 1) as scheduled_before,
            sum(lawful) filter (where place > 1) as lawful_before,
            sum(unlawful) filter (where place > 1) as unlawful_before
        from (
            select held.*, row_number() over (order by held.day desc) as place
            from (select * from absence_schoolperiod where student_id = wanted.id offset 0) period
            cross join lateral (select * from absence_absenceday where period_id = period.id offset 0) held
            order by held.day desc limit 21
        ) numbered
    ) latest
    where latest.last_day is not null
$$;

create function derived.keep_absence_absencestanding(students bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    perform from people_student where id = any(students) order by id for no key update;
    with wanted as materialized (
        select * from derived.rows_of_absence_absencestanding(students)
    ), gone as (
        delete from absence_absencestanding
            where student_id = any(students) and student_id not in (select student_id from wanted)
    )
    -- One that changes is one change, so that what follows it is derived once.
    insert into absence_absencestanding as kept (
        student_id, last_day, fresh_day, school_days, scheduled, lawful, unlawful, school_days_before,
        scheduled_before, lawful_before, unlawful_before
    )
        table wanted
        on conflict (student_id) do update set (
            last_day, fresh_day, school_days, scheduled, lawful, unlawful, school_days_before, scheduled_before,
            lawful_before, unlawful_before
        ) = (
            excluded.last_day, excluded.fresh_day, excluded.school_days, excluded.scheduled, excluded.lawful,
            excluded.unlawful, excluded.school_days_before, excluded.scheduled_before, excluded.lawful_before,
            excluded.unlawful_before
        ) where kept is distinct from excluded;
end $$;

create function derived.absence_of_days() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_absence_periodlistentry(array_agg(distinct period_id)) from changed having count(*) > 0;
    perform derived.keep_absence_absencestanding(array_agg(distinct period.student_id))
        from (select distinct period_id from changed) touched
        join absence_schoolperiod period on period.id = touched.period_id having count(*) > 0;
    return null;
end $$;
create trigger absence_follows_new_days after insert on absence_absenceday
    referencing new table as changed for each statement execute function derived.absence_of_days();
create trigger absence_follows_days after update on absence_absenceday
    referencing new table as changed for each statement execute function derived.absence_of_days();
create trigger absence_follows_deleted_days after delete on absence_absenceday
    referencing old table as changed for each statement execute function derived.absence_of_days();

create function derived.absence_of_archived_sums() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_absence_periodlistentry(array_agg(distinct period_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger absence_follows_new_archived_sums after insert on absence_archivedsum
    referencing new table as changed for each statement execute function derived.absence_of_archived_sums();
create trigger absence_follows_archived_sums after update on absence_archivedsum
    referencing new table as changed for each statement execute function derived.absence_of_archived_sums();
create trigger absence_follows_deleted_archived_sums after delete on absence_archivedsum
    referencing old table as changed for each statement execute function derived.absence_of_archived_sums();

create function derived.absence_of_periods() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_absence_periodlistentry(array_agg(id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger absence_follows_new_periods after insert on absence_schoolperiod
    referencing new table as changed for each statement execute function derived.absence_of_periods();
create trigger absence_follows_periods after update on absence_schoolperiod
    referencing new table as changed for each statement execute function derived.absence_of_periods();
create trigger absence_follows_deleted_periods after delete on absence_schoolperiod
    referencing old table as changed for each statement execute function derived.absence_of_periods();

-- The periods of whoever has such a row, also at schools that they have left.
create function derived.keep_periods_of(students bigint[]) returns void language sql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select derived.keep_absence_periodlistentry(array_agg(distinct period.id)) from unnest(students) wanted (id)
        cross join lateral (
            select id from people_student where id = wanted.id
            union select id from people_student where moved_to_id = wanted.id
        ) own
        cross join lateral (select id from absence_schoolperiod where student_id = own.id offset 0) period
        having count(*) > 0
$$;

create function derived.absence_of_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_periods_of(array_agg(distinct student_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger absence_follows_new_agreements after insert on people_agreement
    referencing new table as changed for each statement execute function derived.absence_of_agreements();
create trigger absence_follows_agreements after update on people_agreement
    referencing new table as changed for each statement execute function derived.absence_of_agreements();
create trigger absence_follows_what_agreements_were after update on people_agreement
    referencing old table as changed for each statement execute function derived.absence_of_agreements();
create trigger absence_follows_deleted_agreements after delete on people_agreement
    referencing old table as changed for each statement execute function derived.absence_of_agreements();

create function derived.absence_of_students() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_absence_periodlistentry(array_agg(period.id))
        from changed join before using (id) join absence_schoolperiod period on period.student_id = changed.id
        where (changed.name, changed.signed_off_on, changed.moved_on, changed.student_number, changed.moved_to_id,
                changed.education_id)
            is distinct from
            (before.name, before.signed_off_on, before.moved_on, before.student_number, before.moved_to_id,
                before.education_id)
        having count(*) > 0;
    return null;
end $$;
create trigger absence_follows_students after update on people_student
    referencing new table as changed old table as before
    for each statement execute function derived.absence_of_students();

create function derived.absence_of_workplaces() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform derived.keep_absence_periodlistentry(array_agg(distinct entry.period_id))
        from changed join before using (id)
        join people_agreement agreement on agreement.workplace_id = changed.id
        join absence_periodlistentry entry on entry.agreement_id = agreement.id
        where changed.name is distinct from before.name having count(*) > 0;
    return null;
end $$;
create trigger absence_follows_workplaces after update on people_workplace
    referencing new table as changed old table as before
    for each statement execute function derived.absence_of_workplaces();
