"""Names are found by any part: each standing once more under each word, and each word under each of its ends."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

TRAITS = "status, student_type, visibility, education_id, basic_programme, relation"
COLUMNS = (
    "student_id, school_id, starts_on, ends_on, agreement_id, agreement_type, is_running, rank, assessed_on, "
    f"sort_key, search_key, {TRAITS}, name, public_id"
)
# What a standing and its words have in common.
SHARED = f"school_id, student_id, starts_on, ends_on, rank, is_running, assessed_on, sort_key, search_key, {TRAITS}"


# As in 0003, with the two new columns, and so that each student costs the same whatever the planner knows of the tables:
# a roster that fills an empty portal comes before any ANALYZE, and those of 0003 then compared each of 25,000 students
# with all others. `offset 0` and `enable_seqscan` leave no other way than to look each of them up.
STANDINGS = f"""
create or replace function standings_of(students bigint[]) returns setof schools_standing language sql stable
set search_path = public, pg_temp set enable_seqscan = off as $$
    select null::bigint, case
            when not coalesce(education.is_sosu, false) then 4
            else case risk.level when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end
        end::smallint,
        agreement.id is not null, student.student_type, student.status, student.basic_programme, student.relation,
        student.visibility, stretches.starts_on, stretches.ends_on, coalesce(agreement.type, ''),
        coalesce(risk.recorded_on, date '9999-12-31'), student.sort_key, student.search_key, agreement.id,
        student.education_id, student.school_id, student.id, student.name, student.public_id
    from unnest(students) wanted (id)
    cross join lateral (
        select * from people_student where id = wanted.id and signed_off_on is null offset 0
    ) student
    cross join lateral (
        select day as starts_on, coalesce(lead(day) over (order by day) - 1, date '9999-12-31') as ends_on from (
            select date '0001-01-01' as day
            union select starts_on from people_agreement where student_id = student.id
            union select last_day + 1 from people_agreement where student_id = student.id
        ) edges
    ) stretches
    -- At most one: agreements of a student do not overlap, except on the way through a transaction.
    left join lateral (
        select id, type, education_id from people_agreement
        where student_id = student.id and stretches.starts_on between starts_on and last_day
        order by id limit 1
    ) agreement on true
    left join lateral (
        select is_sosu from people_education where id = agreement.education_id offset 0
    ) education on true
    left join lateral (
        select level, recorded_on from risk_currentrisk where agreement_id = agreement.id offset 0
    ) risk on true
$$;

create or replace function keep_standings_of(students bigint[]) returns void language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    -- The row of the student is the lock of all that is kept about her; what follows sees what earlier holders saved.
    perform from people_student where id = any(students) order by id for no key update;
    with wanted as materialized (
        select {COLUMNS} from standings_of(students)
    ), kept as materialized (
        select kept.* from unnest(students) of_student (id) cross join lateral (
            select * from schools_standing where student_id = of_student.id offset 0
        ) kept
    ), gone as (
        delete from schools_standing where id in (
            select kept.id from (select {COLUMNS} from kept except table wanted) stale
            join kept using (student_id, starts_on)
        )
    )
    insert into schools_standing ({COLUMNS}) table wanted except select {COLUMNS} from kept;
end $$;
"""
WORDS = f"""
create function words_of(search_key text) returns setof text language sql immutable parallel safe as $$
    select distinct word from unnest(string_to_array(search_key, ' ')) word where word <> ''
$$;

create function keep_words_of_new_standings() returns trigger language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    insert into schools_standingword (standing_id, word, {SHARED})
        select id, word, {SHARED} from changed, words_of(search_key) word;
    -- Words are few and nearly always there; two who add the same one at once both write it, and neither waits.
    insert into schools_standingwordpart (school_id, ending, word)
        select distinct school_id, left(substr(word, place), 30), word
        from (select distinct school_id, word from changed, words_of(search_key) word) used,
            generate_series(1, length(word)) place
        where not exists (
            select from schools_standingwordpart kept
            where kept.school_id = used.school_id and kept.ending = left(used.word, 30) and kept.word = used.word
        );
    return null;
end $$;
create trigger words_follow_new_standings after insert on schools_standing
    referencing new table as changed for each statement execute function keep_words_of_new_standings();

create function keep_words_of_deleted_standings() returns trigger language plpgsql
security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
    -- By the whole of the index's key, so that one look finds each.
    delete from schools_standingword where id in (
        select kept.id from changed cross join words_of(changed.search_key) borne (word) cross join lateral (
            select id from schools_standingword
            where school_id = changed.school_id and word = borne.word and sort_key = changed.sort_key
                and student_id = changed.student_id and standing_id = changed.id
            offset 0
        ) kept
    );
    return null;
end $$;
create trigger words_follow_deleted_standings after delete on schools_standing
    referencing old table as changed for each statement execute function keep_words_of_deleted_standings();

alter table schools_standingword set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02);

update schools_standing set name = student.name, public_id = student.public_id
    from people_student student where student.id = student_id;
insert into schools_standingword (standing_id, word, {SHARED})
    select id, word, {SHARED} from schools_standing, words_of(search_key) word;
insert into schools_standingwordpart (school_id, ending, word)
    select distinct school_id, left(substr(word, place), 30), word
    from (select distinct school_id, word from schools_standingword) used, generate_series(1, length(word)) place;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_last_day_has_a_danish_name"),
        ("schools", "0003_standings_follow_students_agreements_and_risks"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="name",
            field=models.CharField(default="", max_length=200, verbose_name="navn"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="standing",
            name="public_id",
            field=models.UUIDField(default=uuid.UUID(int=0), verbose_name="offentligt id"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="StandingWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField()),
                ("is_running", models.BooleanField()),
                ("student_type", models.CharField(max_length=10)),
                ("status", models.CharField(max_length=20)),
                ("basic_programme", models.CharField(max_length=10)),
                ("relation", models.CharField(max_length=20)),
                ("visibility", models.CharField(max_length=10)),
                ("starts_on", models.DateField(verbose_name="fra")),
                ("ends_on", models.DateField(verbose_name="til og med")),
                ("assessed_on", models.DateField(verbose_name="registreret")),
                ("sort_key", models.CharField(db_collation="C", max_length=400)),
                ("search_key", models.TextField()),
                ("word", models.TextField(db_collation="C", verbose_name="ord")),
                (
                    "education",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="people.education",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="people.school",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="schools.standing",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="people.student",
                        verbose_name="elev",
                    ),
                ),
            ],
            options={
                "verbose_name": "ord i et navn i elevoversigten",
                "verbose_name_plural": "ord i navne i elevoversigten",
                "indexes": [
                    models.Index(
                        fields=["school", "word", "sort_key", "student", "standing"],
                        include=(
                            "starts_on",
                            "ends_on",
                            "rank",
                            "is_running",
                            "assessed_on",
                            "search_key",
                            "status",
                            "student_type",
                            "visibility",
                            "education",
                            "basic_programme",
                            "relation",
                        ),
                        name="standings_by_word",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingWordPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ending", models.CharField(db_collation="C", max_length=30, verbose_name="ende")),
                ("word", models.TextField(db_collation="C", verbose_name="ord")),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="people.school",
                    ),
                ),
            ],
            options={
                "verbose_name": "del af et ord i elevoversigten",
                "verbose_name_plural": "dele af ord i elevoversigten",
                "indexes": [models.Index(fields=["school", "ending", "word"], name="words_by_ending")],
            },
        ),
        migrations.RunSQL(STANDINGS),
        migrations.RunSQL(WORDS),
    ]
