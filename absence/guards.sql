-- Rules over more than one row, which check constraints cannot say. Made anew after `migrate`.

-- A period is of a student of the school that delivers it, and stays theirs.
create function guards.keep_school_periods_at_their_school() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select from changed join people_student student on student.id = changed.student_id
        where student.school_id <> changed.school_id
    ) then
        raise exception 'school_period_is_of_the_students_school: a school period is of a student of the school'
            using errcode = 'check_violation', constraint = 'school_period_is_of_the_students_school';
    end if;
    return null;
end $$;
create trigger new_school_periods_are_at_their_school after insert on absence_schoolperiod
    referencing new table as changed for each statement execute function guards.keep_school_periods_at_their_school();

create function guards.refuse_another_student() returns trigger language plpgsql as $$
begin
    raise exception 'school_period_stays_its_students: a school period stays its student''s'
        using errcode = 'check_violation', constraint = 'school_period_stays_its_students';
end $$;
create trigger school_periods_stay_their_students before update of student_id, school_id on absence_schoolperiod
    for each row when ((new.student_id, new.school_id) is distinct from (old.student_id, old.school_id))
    execute function guards.refuse_another_student();

-- A day lies inside its period, which is not cancelled, and after all that is archived.
create function guards.keep_days_inside_their_period() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- Whoever moves or cancels a period at the same time waits.
    perform from absence_schoolperiod where id in (select period_id from changed) order by id for share;
    if exists (
        select from changed join absence_schoolperiod period on period.id = changed.period_id
        where changed.day not between period.starts_on and period.ends_on or period.cancelled_on is not null
    ) then
        raise exception 'absence_day_lies_inside_its_period: a day lies inside its school period'
            using errcode = 'check_violation', constraint = 'absence_day_lies_inside_its_period';
    end if;
    if exists (
        select from changed join absence_archivedsum archived on archived.period_id = changed.period_id
        where archived.agreement_id is null and changed.day <= archived.last_day
    ) then
        raise exception 'absence_day_is_not_archived: the day is in the sums of days that are no longer kept'
            using errcode = 'check_violation', constraint = 'absence_day_is_not_archived';
    end if;
    return null;
end $$;
create trigger new_days_lie_inside_their_period after insert on absence_absenceday
    referencing new table as changed for each statement execute function guards.keep_days_inside_their_period();
create trigger days_lie_inside_their_period after update on absence_absenceday
    referencing new table as changed for each statement execute function guards.keep_days_inside_their_period();

create function guards.keep_periods_around_their_days() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    delete from absence_absenceday where period_id in (select id from changed where cancelled_on is not null);
    delete from absence_archivedsum where period_id in (select id from changed where cancelled_on is not null);
    if exists (
        select from changed join absence_absenceday held on held.period_id = changed.id
        where held.day not between changed.starts_on and changed.ends_on
    ) then
        raise exception 'absence_day_lies_inside_its_period: the period has days outside the new dates'
            using errcode = 'check_violation', constraint = 'absence_day_lies_inside_its_period';
    end if;
    return null;
end $$;
create trigger a_periods_lie_around_their_days after update on absence_schoolperiod
    referencing new table as changed for each statement execute function guards.keep_periods_around_their_days();

-- What a company was told stays as it was; that it looked is noted once.
create function guards.refuse_change_of_notices() returns trigger language plpgsql as $$
begin
    raise exception 'absence_notices_are_append_only'
        using errcode = 'restrict_violation', constraint = 'absence_notices_are_append_only';
end $$;
create trigger absence_notices_are_append_only before update on absence_absencenotice
    for each row when (
        (new.id, new.public_id, new.period_id, new.agreement_id, new.sequence, new.kind, new.due_on, new.made_at,
            new.through, new.is_incomplete, new.told_scheduled, new.told_lawful, new.told_unlawful, new.has_receiver)
            is distinct from
        (old.id, old.public_id, old.period_id, old.agreement_id, old.sequence, old.kind, old.due_on, old.made_at,
            old.through, old.is_incomplete, old.told_scheduled, old.told_lawful, old.told_unlawful, old.has_receiver)
        or old.first_seen_at is not null
    ) execute function guards.refuse_change_of_notices();
