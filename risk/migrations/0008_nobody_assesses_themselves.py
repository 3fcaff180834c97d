"""A user who is the student, too, whatever else they are: the database refuses their assessment."""

from django.db import migrations

CREATE = """
create function refuse_assessment_of_oneself() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if public.is_about_oneself(new.agreement_id, new.recorded_by_id) then
        raise exception 'nobody assesses themselves'
            using errcode = 'check_violation', constraint = 'nobody_assesses_themselves';
    end if;
    return new;
end $$;
create trigger nobody_assesses_themselves before insert on risk_riskassessment
    for each row execute function refuse_assessment_of_oneself();
"""
DROP = """
drop trigger nobody_assesses_themselves on risk_riskassessment;
drop function refuse_assessment_of_oneself();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0007_lines_hold_what_lists_show"),
        ("access", "0004_nobody_lets_themselves_in"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
