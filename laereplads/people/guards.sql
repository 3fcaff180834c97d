-- Whose a number, an agreement and a workplace are: rules over more than one row, which check constraints cannot say.
-- Made anew after `migrate`.

-- A number is one person's for good: name and birth date never change together, unless an administrator confirms it in
-- the same statement. Nobody is moved to another school but as the same person.
create function guards.keep_students_themselves() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if danish_search_key(new.name) <> danish_search_key(old.name) and new.birth_date <> old.birth_date
        and new.identity_confirmed_at is not distinct from old.identity_confirmed_at
    then
        raise exception 'student_number_is_one_persons: a student number is one person''s for good'
            using errcode = 'check_violation', constraint = 'student_number_is_one_persons';
    end if;
    if new.school_id <> old.school_id then
        raise exception 'student_stays_at_the_school: a student goes to another school as a student of that school'
            using errcode = 'check_violation', constraint = 'student_stays_at_the_school';
    end if;
    if new.moved_to_id is distinct from old.moved_to_id and new.moved_to_id is not null and not exists (
        select from people_student target where target.id = new.moved_to_id and target.moved_to_id is null
            and target.id <> new.id and (
                danish_search_key(target.name) = danish_search_key(new.name) and target.birth_date = new.birth_date
                    and target.school_id <> new.school_id
                -- Along with the row they were moved to before.
                or exists (select from people_student via where via.id = old.moved_to_id and via.moved_to_id = target.id)
            )
    ) then
        raise exception 'student_moves_as_the_same_person: a student moves to another school as the same person'
            using errcode = 'check_violation', constraint = 'student_moves_as_the_same_person';
    end if;
    return new;
end $$;
create trigger students_stay_themselves before update on people_student
    for each row execute function guards.keep_students_themselves();

-- Whoever was moved to a student who moves on is moved on, too: one row is the person's own at any time.
create function guards.move_on_those_moved_before() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update people_student set moved_to_id = new.moved_to_id where moved_to_id = new.id and id <> new.moved_to_id;
    return null;
end $$;
create trigger those_moved_before_move_on after update of moved_to_id on people_student
    for each row when (new.moved_to_id is not null and new.moved_to_id is distinct from old.moved_to_id)
    execute function guards.move_on_those_moved_before();

create function guards.place_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if new.student_id <> old.student_id and not exists (
            select from people_student former where former.id = old.student_id and former.moved_to_id = new.student_id
        ) then
            raise exception 'agreement_stays_its_students: an agreement stays its student''s'
                using errcode = 'check_violation', constraint = 'agreement_stays_its_students';
        end if;
        if old.annulled_on is not null and new.annulled_on is distinct from old.annulled_on then
            raise exception 'agreement_stays_annulled: an annulled agreement stays annulled'
                using errcode = 'check_violation', constraint = 'agreement_stays_annulled';
        end if;
        if new.company_id <> old.company_id and not exists (
            select from people_merger merger
            where merger.company_id = old.company_id and merger.successor_id = new.company_id
                and old.last_day >= merger.takes_over_on
        ) then
            raise exception 'agreement_stays_its_companys: an agreement stays its company''s'
                using errcode = 'check_violation', constraint = 'agreement_stays_its_companys';
        end if;
        if (new.workplace_id, new.company_id) is not distinct from (old.workplace_id, old.company_id) then
            return new;
        end if;
    end if;
    -- The lock makes a merger wait, and whoever makes an agreement wait for a merger.
    perform from people_workplace where id = new.workplace_id and company_id = new.company_id for key share;
    if not found then
        raise exception 'agreement_is_at_a_workplace_of_its_company: an agreement is at a workplace of its company'
            using errcode = 'foreign_key_violation', constraint = 'agreement_is_at_a_workplace_of_its_company';
    end if;
    return new;
end $$;
create trigger agreements_are_in_their_place before insert or update on people_agreement
    for each row execute function guards.place_agreements();

create function guards.tell_takeover() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    insert into people_agreementtakeover (agreement_id, merger_id)
        select new.id, id from people_merger where company_id = old.company_id and successor_id = new.company_id;
    return null;
end $$;
create trigger takeovers_are_told after update of company_id on people_agreement
    for each row when (new.company_id <> old.company_id) execute function guards.tell_takeover();

create function guards.place_workplaces() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from people_merger where company_id = old.company_id and successor_id = new.company_id
    ) then
        raise exception 'workplace_stays_its_companys: a workplace stays its company''s'
            using errcode = 'check_violation', constraint = 'workplace_stays_its_companys';
    end if;
    return new;
end $$;
create trigger workplaces_stay_their_companys before update of company_id on people_workplace
    for each row when (new.company_id <> old.company_id) execute function guards.place_workplaces();

-- No circles, and nothing that has happened is changed.
create function guards.check_mergers() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        raise exception 'mergers_are_written_once: mergers are not changed'
            using errcode = 'restrict_violation', constraint = 'mergers_are_written_once';
    end if;
    perform from people_company where id in (new.company_id, new.successor_id) order by id for no key update;
    if exists (select from people_merger where company_id = new.successor_id) then
        raise exception 'company_is_taken_over_by_one_that_goes_on: the company has itself been taken over'
            using errcode = 'check_violation', constraint = 'company_is_taken_over_by_one_that_goes_on';
    end if;
    return new;
end $$;
create trigger mergers_are_checked before insert or update on people_merger
    for each row execute function guards.check_mergers();
