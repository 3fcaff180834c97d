"""Standings and their counts are derived by the database, in the statement that changes what they are derived of."""

from django.db import migrations

TRAITS = "status, student_type, visibility, education_id, basic_programme, relation"
COLUMNS = (
    "student_id, school_id, starts_on, ends_on, agreement_id, agreement_type, is_running, rank, assessed_on, "
    f"sort_key, search_key, {TRAITS}"
)


def of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


CREATE = f"""
create function standings_of(students bigint[]) returns setof schools_standing language sql stable
set search_path = public, pg_temp as $$
    with edges as (
        select id student_id, date '0001-01-01' as day from people_student
            where id = any(students) and signed_off_on is null
        union select student_id, starts_on from people_agreement where student_id = any(students)
        union select student_id, last_day + 1 from people_agreement where student_id = any(students)
    ), stretches as (
        select student_id, day as starts_on,
            coalesce(lead(day) over (partition by student_id order by day) - 1, date '9999-12-31') as ends_on
        from edges
    )
    select null::bigint, case
            when not coalesce(education.is_sosu, false) then 4
            else case risk.level when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end
        end::smallint,
        agreement.id is not null, student.student_type, student.status, student.basic_programme, student.relation,
        student.visibility, stretches.starts_on, stretches.ends_on, coalesce(agreement.type, ''),
        coalesce(risk.recorded_on, date '9999-12-31'), student.sort_key, student.search_key, agreement.id,
        student.education_id, student.school_id, student.id
    from stretches
    join people_student student on student.id = stretches.student_id and student.signed_off_on is null
    -- At most one: agreements of a student do not overlap, except on the way through a transaction.
    left join lateral (
        select id, type, education_id from people_agreement
        where student_id = stretches.student_id and stretches.starts_on between starts_on and last_day
        order by id limit 1
    ) agreement on true
    left join people_education education on education.id = agreement.education_id
    left join risk_currentrisk risk on risk.agreement_id = agreement.id
$$;

create function keep_standings_of(students bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- The row of the student is the lock of all that is kept about her; what follows sees what earlier holders saved.
    perform from people_student where id = any(students) order by id for no key update;
    with wanted as materialized (select * from standings_of(students)),
    gone as (
        delete from schools_standing kept where student_id = any(students) and not exists (
            select from wanted where wanted.student_id = kept.student_id
            and ({of("wanted", COLUMNS)}) is not distinct from ({of("kept", COLUMNS)})
        )
    )
    insert into schools_standing ({COLUMNS})
        select {COLUMNS} from wanted except select {COLUMNS} from schools_standing where student_id = any(students);
end $$;
revoke execute on function keep_standings_of(bigint[]) from public;

create function keep_standings_of_students() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_standings_of(array_agg(distinct id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger standings_follow_new_students after insert on people_student
    referencing new table as changed for each statement execute function keep_standings_of_students();
create trigger standings_follow_students after update on people_student
    referencing new table as changed for each statement execute function keep_standings_of_students();
create trigger standings_follow_deleted_students after delete on people_student
    referencing old table as changed for each statement execute function keep_standings_of_students();

create function keep_standings_of_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_standings_of(array_agg(distinct student_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger standings_follow_new_agreements after insert on people_agreement
    referencing new table as changed for each statement execute function keep_standings_of_agreements();
create trigger standings_follow_agreements after update on people_agreement
    referencing new table as changed for each statement execute function keep_standings_of_agreements();
create trigger standings_follow_what_agreements_were after update on people_agreement
    referencing old table as changed for each statement execute function keep_standings_of_agreements();
create trigger standings_follow_deleted_agreements after delete on people_agreement
    referencing old table as changed for each statement execute function keep_standings_of_agreements();

create function keep_standings_of_risks() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_standings_of(array_agg(distinct agreement.student_id))
        from changed join people_agreement agreement on agreement.id = changed.agreement_id having count(*) > 0;
    return null;
end $$;
create trigger standings_follow_new_risks after insert on risk_currentrisk
    referencing new table as changed for each statement execute function keep_standings_of_risks();
create trigger standings_follow_risks after update on risk_currentrisk
    referencing new table as changed for each statement execute function keep_standings_of_risks();
create trigger standings_follow_deleted_risks after delete on risk_currentrisk
    referencing old table as changed for each statement execute function keep_standings_of_risks();

create function keep_standings_of_education() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_standings_of(array_agg(distinct student_id)) from people_agreement where education_id = new.id
        having count(*) > 0;
    return null;
end $$;
create trigger standings_follow_educations after update of is_sosu on people_education
    for each row when (old.is_sosu is distinct from new.is_sosu) execute function keep_standings_of_education();

create function count_standings() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
    direction constant integer := tg_argv[0];
begin
    insert into schools_standingcount (school_id, effective_on, rank, is_running, assessed_in, {TRAITS}, number)
        select school_id, effective_on, rank, is_running, assessed_in, {TRAITS}, sum(number)
        from changed, lateral (
            values (starts_on, direction), (nullif(ends_on, date '9999-12-31') + 1, -direction)
        ) edges (effective_on, number), lateral (
            select case assessed_on when date '9999-12-31' then assessed_on
                else date_trunc('month', assessed_on)::date end as assessed_in
        ) months
        where effective_on is not null
        group by school_id, effective_on, rank, is_running, assessed_in, {TRAITS}
        having sum(number) <> 0;
    return null;
end $$;
create trigger standings_are_counted after insert on schools_standing
    referencing new table as changed for each statement execute function count_standings('1');
create trigger standings_are_discounted after delete on schools_standing
    referencing old table as changed for each statement execute function count_standings('-1');

-- Rows change often, and index-only scans want pages that vacuum has seen.
alter table schools_standing set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02);
alter table schools_standingcount set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02);
-- Who is in the basic programme is so in three columns: without this the planner takes them for rare.
-- Not "dependencies" too: of eight columns they take ANALYZE half a minute.
create statistics standing_traits (mcv) on {TRAITS}, rank, is_running from schools_standing;
analyze schools_standing;

select keep_standings_of(array_agg(id)) from people_student having count(*) > 0;
"""
DROP = """
drop statistics standing_traits;
drop trigger standings_follow_educations on people_education;
drop trigger standings_follow_deleted_risks on risk_currentrisk;
drop trigger standings_follow_risks on risk_currentrisk;
drop trigger standings_follow_new_risks on risk_currentrisk;
drop trigger standings_follow_deleted_agreements on people_agreement;
drop trigger standings_follow_what_agreements_were on people_agreement;
drop trigger standings_follow_agreements on people_agreement;
drop trigger standings_follow_new_agreements on people_agreement;
drop trigger standings_follow_deleted_students on people_student;
drop trigger standings_follow_students on people_student;
drop trigger standings_follow_new_students on people_student;
drop trigger standings_are_discounted on schools_standing;
drop trigger standings_are_counted on schools_standing;
drop function count_standings(), keep_standings_of_education(), keep_standings_of_risks(),
    keep_standings_of_agreements(), keep_standings_of_students(), keep_standings_of(bigint[]), standings_of(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0002_standings"),
        ("risk", "0003_current_risk_is_kept_by_the_database"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
