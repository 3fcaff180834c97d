"""Sessions with their user and both limits in columns; a changed password or a closed user ends them all."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As the owner, because whoever changes a user may not touch sessions; on statements, because imports change thousands.
CREATE = """
create function end_sessions_of_changed_users() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from public.accounts_session where user_id in (
        select after.id from after join before on before.id = after.id
        where (before.password, before.is_active, before.email) is distinct from
              (after.password, after.is_active, after.email)
    );
    return null;
end $$;
create trigger sessions_end_with_the_users_rights after update on accounts_user
    referencing old table as before new table as after
    for each statement execute function end_sessions_of_changed_users();

create function end_sessions_of_the_rows_users() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    delete from public.accounts_session where user_id in (select user_id from changed);
    return null;
end $$;
"""
DROP = """
drop function end_sessions_of_the_rows_users();
drop trigger sessions_end_with_the_users_rights on accounts_user;
drop function end_sessions_of_changed_users();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("session_data", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessioner"},
        ),
        migrations.RunSQL(CREATE, DROP),
        # Django's own table, which earlier versions used.
        migrations.RunSQL("drop table if exists django_session", migrations.RunSQL.noop),
    ]
