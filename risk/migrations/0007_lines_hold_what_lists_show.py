"""A line holds all that lists show of it: the agreement, the place and the employee need not be looked up for each."""

import datetime
import importlib
import re
import uuid

import django.db.models.deletion
from django.db import migrations, models

before = importlib.import_module("risk.migrations.0005_listed_agreements_follow_what_they_show")
EMPTY = "truncate risk_listedagreement;"
# In the order of the table, whose rows the functions return.
COLUMNS = (
    f"{before.COLUMNS}, recorder, public_id, type, ends_on, ended_early_on, workplace_name, street, postal_code, town, "
    "education_id, school_id"
)


def of(table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in COLUMNS.split(", "))


EMPLOYEE = """
    left join risk_riskassessment assessment on assessment.id = risk.assessment_id
    left join access_membership membership on membership.id = assessment.recorded_by_id
    left join accounts_user employee on employee.id = membership.user_id
"""
LINES = f"""
create function listed_agreements_of(agreements bigint[]) returns setof risk_listedagreement language sql stable
set search_path = public, pg_temp as $$
    select agreement.id, education.is_sosu, agreement.starts_on, agreement.last_day, student.name, student.sort_key,
        student.search_key, workplace.sort_key, coalesce(risk.level, ''),
        coalesce(risk.recorded_on, date '0001-01-01'), risk.assessment_id, agreement.company_id, agreement.student_id,
        agreement.workplace_id, coalesce(employee.name, ''), agreement.public_id, agreement.type, agreement.ends_on,
        agreement.ended_early_on, workplace.name, workplace.street, workplace.postal_code, workplace.town,
        agreement.education_id, agreement.school_id
    from people_agreement agreement
    join people_student student on student.id = agreement.student_id
    join people_workplace workplace on workplace.id = agreement.workplace_id
    join people_education education on education.id = agreement.education_id
    left join risk_currentrisk risk on risk.agreement_id = agreement.id
    {EMPLOYEE}
    where agreement.id = any(agreements)
$$;

create or replace function keep_listed_agreements_of(agreements bigint[]) returns void language plpgsql
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

-- Of the many who save most: the current risk is kept by whoever holds the student's lock, and the line is there.
create or replace function keep_risks_of_listed_agreements() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        update risk_listedagreement kept
            set assessment_id = null, level = '', assessed_on = date '0001-01-01', recorder = ''
            from changed where kept.agreement_id = changed.agreement_id;
    else
        update risk_listedagreement kept
            set assessment_id = risk.assessment_id, level = risk.level, assessed_on = risk.recorded_on,
                recorder = employee.name
            from changed risk {EMPLOYEE}
            where kept.agreement_id = risk.agreement_id;
    end if;
    return null;
end $$;

create or replace function keep_listed_agreements_of_workplaces() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_listed_agreements_of(array_agg(agreement.id))
        from changed join before using (id) join people_agreement agreement on agreement.workplace_id = changed.id
        where (changed.name, changed.street, changed.postal_code, changed.town)
            is distinct from (before.name, before.street, before.postal_code, before.town)
        having count(*) > 0;
    return null;
end $$;

create function keep_listed_agreements_of_employee() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update risk_listedagreement kept set recorder = new.name
        from access_membership membership
        join risk_riskassessment assessment on assessment.recorded_by_id = membership.id
        where membership.user_id = new.id
            and kept.agreement_id = assessment.agreement_id and kept.assessment_id = assessment.id;
    return null;
end $$;
create trigger lists_follow_employees after update of name on accounts_user
    for each row when (old.name is distinct from new.name) execute function keep_listed_agreements_of_employee();

insert into risk_listedagreement ({COLUMNS}) select {COLUMNS} from listed_agreements_of(
    (select coalesce(array_agg(id), array[]::bigint[]) from people_agreement)
);
analyze risk_listedagreement;
"""
UNDO = f"""
{EMPTY}
drop trigger lists_follow_employees on accounts_user;
drop function keep_listed_agreements_of_employee(), listed_agreements_of(bigint[]);
"""
# The functions as they were, without the triggers, which are there.
BACK = re.sub(r"create trigger .*?;\n", "", before.CREATE, flags=re.DOTALL).replace(
    "create function", "create or replace function"
)


def key(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        to, django.db.models.deletion.DO_NOTHING, default=0, related_name="+", db_constraint=False, db_index=False
    )


def added(**fields: models.Field) -> list[migrations.AddField]:
    """The lines are made anew, so that the defaults never stand anywhere."""
    return [
        migrations.AddField("listedagreement", name, field, preserve_default=False) for name, field in fields.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("risk", "0006_current_risks_are_no_list")]
    operations = [
        migrations.RunSQL(f"{EMPTY} drop function listed_agreements_of(bigint[]);", BACK),
        *added(
            recorder=models.CharField("registreret af", max_length=200, blank=True, default=""),
            public_id=models.UUIDField("offentligt id", default=uuid.UUID(int=0)),
            type=models.CharField("aftaletype", max_length=20, default=""),
            ends_on=models.DateField("slutter", default=datetime.date.min),
            ended_early_on=models.DateField("ophævet", null=True),
            workplace_name=models.CharField("arbejdssted", max_length=200, default=""),
            street=models.CharField("vej og husnummer", max_length=200, default=""),
            postal_code=models.CharField("postnummer", max_length=4, default=""),
            town=models.CharField("by", max_length=100, default=""),
            education=key("people.education"),
            school=key("people.school"),
        ),
        migrations.RunSQL(LINES, UNDO),
    ]
