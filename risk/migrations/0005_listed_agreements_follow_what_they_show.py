"""What a company's lists read is derived by the database, in the statement that changes what it is derived of."""

from django.db import migrations

COLUMNS = (
    "agreement_id, is_sosu, starts_on, last_day, name, sort_key, search_key, workplace_key, level, assessed_on, "
    "assessment_id, company_id, student_id, workplace_id"
)


def of(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in COLUMNS.split(", "))


CREATE = f"""
create function listed_agreements_of(agreements bigint[]) returns setof risk_listedagreement language sql stable
set search_path = public, pg_temp as $$
    select agreement.id, education.is_sosu, agreement.starts_on, agreement.last_day, student.name, student.sort_key,
        student.search_key, workplace.sort_key, coalesce(risk.level, ''),
        coalesce(risk.recorded_on, date '0001-01-01'), risk.assessment_id, agreement.company_id, agreement.student_id,
        agreement.workplace_id
    from people_agreement agreement
    join people_student student on student.id = agreement.student_id
    join people_workplace workplace on workplace.id = agreement.workplace_id
    join people_education education on education.id = agreement.education_id
    left join risk_currentrisk risk on risk.agreement_id = agreement.id
    where agreement.id = any(agreements)
$$;

create function keep_listed_agreements_of(agreements bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- The row of the student is the lock of all that is kept about her; what follows sees what earlier holders saved.
    perform from people_student
        where id in (select student_id from people_agreement where id = any(agreements))
        order by id for no key update;
    delete from risk_listedagreement where agreement_id = any(agreements)
        and not exists (select from people_agreement where id = agreement_id);
    insert into risk_listedagreement as kept ({COLUMNS}) select {COLUMNS} from listed_agreements_of(agreements)
        on conflict (agreement_id) do update set ({COLUMNS}) = row ({of("excluded")})
        where ({of("kept")}) is distinct from ({of("excluded")});
end $$;
revoke execute on function keep_listed_agreements_of(bigint[]) from public;

create function keep_listed_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- Before the line, also of an agreement that is gone: so whoever renames the student waits, and does not cross.
    perform from people_student where id in (select student_id from changed) order by id for no key update;
    perform keep_listed_agreements_of(array_agg(distinct id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger lists_follow_new_agreements after insert on people_agreement
    referencing new table as changed for each statement execute function keep_listed_agreements();
create trigger lists_follow_agreements after update on people_agreement
    referencing new table as changed for each statement execute function keep_listed_agreements();
create trigger lists_follow_deleted_agreements after delete on people_agreement
    referencing old table as changed for each statement execute function keep_listed_agreements();

-- Of the many who save most: the current risk is kept by whoever holds the student's lock, and the line is there.
create function keep_risks_of_listed_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        update risk_listedagreement kept
            set assessment_id = null, level = '', assessed_on = date '0001-01-01'
            from changed where kept.agreement_id = changed.agreement_id;
    else
        update risk_listedagreement kept
            set assessment_id = changed.assessment_id, level = changed.level, assessed_on = changed.recorded_on
            from changed where kept.agreement_id = changed.agreement_id;
    end if;
    return null;
end $$;
create trigger lists_follow_new_risks after insert on risk_currentrisk
    referencing new table as changed for each statement execute function keep_risks_of_listed_agreements();
create trigger lists_follow_risks after update on risk_currentrisk
    referencing new table as changed for each statement execute function keep_risks_of_listed_agreements();
create trigger lists_follow_deleted_risks after delete on risk_currentrisk
    referencing old table as changed for each statement execute function keep_risks_of_listed_agreements();

-- Of what else a list shows, only what was changed is looked at: students change every night.
create function keep_listed_agreements_of_students() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_listed_agreements_of(array_agg(agreement.id))
        from changed join before using (id) join people_agreement agreement on agreement.student_id = changed.id
        where changed.name is distinct from before.name having count(*) > 0;
    return null;
end $$;
create trigger lists_follow_students after update on people_student
    referencing new table as changed old table as before
    for each statement execute function keep_listed_agreements_of_students();

create function keep_listed_agreements_of_workplaces() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_listed_agreements_of(array_agg(agreement.id))
        from changed join before using (id) join people_agreement agreement on agreement.workplace_id = changed.id
        where changed.name is distinct from before.name having count(*) > 0;
    return null;
end $$;
create trigger lists_follow_workplaces after update on people_workplace
    referencing new table as changed old table as before
    for each statement execute function keep_listed_agreements_of_workplaces();

create function keep_listed_agreements_of_education() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_listed_agreements_of(array_agg(id)) from people_agreement where education_id = new.id
        having count(*) > 0;
    return null;
end $$;
create trigger lists_follow_educations after update of is_sosu on people_education
    for each row when (old.is_sosu is distinct from new.is_sosu)
    execute function keep_listed_agreements_of_education();

-- Rows change often, and index-only scans want pages that vacuum has seen.
alter table risk_listedagreement set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02);

insert into risk_listedagreement ({COLUMNS}) select {COLUMNS} from listed_agreements_of(
    (select coalesce(array_agg(id), array[]::bigint[]) from people_agreement)
);
analyze risk_listedagreement;
"""
DROP = """
drop trigger lists_follow_educations on people_education;
drop trigger lists_follow_workplaces on people_workplace;
drop trigger lists_follow_students on people_student;
drop trigger lists_follow_deleted_risks on risk_currentrisk;
drop trigger lists_follow_risks on risk_currentrisk;
drop trigger lists_follow_new_risks on risk_currentrisk;
drop trigger lists_follow_deleted_agreements on people_agreement;
drop trigger lists_follow_agreements on people_agreement;
drop trigger lists_follow_new_agreements on people_agreement;
drop function keep_listed_agreements_of_education(), keep_listed_agreements_of_workplaces(),
    keep_listed_agreements_of_students(), keep_risks_of_listed_agreements(), keep_listed_agreements(),
    keep_listed_agreements_of(bigint[]), listed_agreements_of(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0004_listed_agreements")]
    operations = [migrations.RunSQL(CREATE, DROP)]
