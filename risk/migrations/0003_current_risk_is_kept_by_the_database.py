"""The level that holds now follows the history in the same statement, whoever writes it and however many at once."""

from django.db import migrations, models

CREATE = """
create function keep_current_risk_of(agreements bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    -- The row of the student is the lock of all that is kept about her. A statement after it sees what those saved who
    -- held it before, so that the highest id is the latest assessment for everybody.
    perform from people_student
        where id in (select student_id from people_agreement where id = any(agreements))
        order by id for no key update;
    delete from risk_currentrisk kept where agreement_id = any(agreements) and (
        select level from risk_riskassessment where agreement_id = kept.agreement_id order by id desc limit 1
    ) is null;
    insert into risk_currentrisk (agreement_id, assessment_id, level, recorded_on)
        select agreement, latest.id, latest.level, (latest.recorded_at at time zone 'Europe/Copenhagen')::date
        from unnest(agreements) agreement cross join lateral (
            select id, level, recorded_at from risk_riskassessment where agreement_id = agreement order by id desc limit 1
        ) latest
        where latest.level is not null
        on conflict (agreement_id) do update
            set assessment_id = excluded.assessment_id, level = excluded.level, recorded_on = excluded.recorded_on
            where risk_currentrisk.assessment_id <> excluded.assessment_id;
end $$;
revoke execute on function keep_current_risk_of(bigint[]) from public;

create function keep_current_risk() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform keep_current_risk_of(array_agg(distinct agreement_id)) from changed having count(*) > 0;
    return null;
end $$;
create trigger current_risk_follows_added_assessments after insert on risk_riskassessment
    referencing new table as changed for each statement execute function keep_current_risk();
create trigger current_risk_follows_deleted_assessments after delete on risk_riskassessment
    referencing old table as changed for each statement execute function keep_current_risk();

alter table risk_currentrisk add constraint current_risk_is_an_assessment_of_its_agreement_and_level
    foreign key (agreement_id, assessment_id, level) references risk_riskassessment (agreement_id, id, level)
    deferrable initially deferred;
"""
DROP = """
alter table risk_currentrisk drop constraint current_risk_is_an_assessment_of_its_agreement_and_level;
drop trigger current_risk_follows_deleted_assessments on risk_riskassessment;
drop trigger current_risk_follows_added_assessments on risk_riskassessment;
drop function keep_current_risk();
drop function keep_current_risk_of(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0002_assessments_are_about_sosu_students_and_never_change")]
    operations = [
        migrations.AddConstraint(
            model_name="riskassessment",
            constraint=models.UniqueConstraint(
                fields=["agreement", "id", "level"], name="assessment_is_of_one_agreement_and_level"
            ),
        ),
        migrations.RemoveIndex(model_name="riskassessment", name="assessments_of_an_agreement"),
        migrations.AlterField(
            model_name="riskassessment",
            name="agreement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.deletion.PROTECT,
                related_name="assessments",
                to="people.agreement",
                verbose_name="uddannelsesaftale",
            ),
        ),
        migrations.AlterField(
            model_name="currentrisk",
            name="assessment",
            field=models.OneToOneField(
                on_delete=models.deletion.DO_NOTHING,
                related_name="+",
                to="risk.riskassessment",
                verbose_name="frafaldsvurdering",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
