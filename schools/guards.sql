-- Rules over more than one row, which check constraints cannot say. Made anew after `migrate`.

-- A student is in groups of their own school.
create function guards.keep_groups_at_their_school() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from people_student student join schools_studentgroup held on held.id = new.group_id
        where student.id = new.student_id and student.school_id = held.school_id
    ) then
        raise exception 'student_is_in_groups_of_their_school: a student is in groups of their own school'
            using errcode = 'check_violation', constraint = 'student_is_in_groups_of_their_school';
    end if;
    return new;
end $$;
create trigger students_are_in_groups_of_their_school before insert or update on schools_studentgroupmember
    for each row execute function guards.keep_groups_at_their_school();

create function guards.refuse_another_school_of_groups() returns trigger language plpgsql as $$
begin
    raise exception 'group_stays_its_schools: a group stays its school''s'
        using errcode = 'check_violation', constraint = 'group_stays_its_schools';
end $$;
create trigger groups_stay_their_schools before update of school_id on schools_studentgroup
    for each row when (new.school_id is distinct from old.school_id)
    execute function guards.refuse_another_school_of_groups();
