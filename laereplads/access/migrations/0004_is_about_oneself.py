"""Tells whether an agreement is that of the user who acts; of that user's other memberships nothing is told."""

from django.db import migrations

CREATE = """
create function is_about_oneself(agreement bigint, membership bigint) returns boolean
    language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (
        select from public.access_membership acting
        join public.access_membership own on own.user_id = acting.user_id
        join public.people_agreement agreement on agreement.student_id = own.student_id
        where acting.id = $2 and agreement.id = $1
    )
$$;
"""
DROP = "drop function is_about_oneself(bigint, bigint)"


class Migration(migrations.Migration):
    dependencies = [("access", "0003_forms_are_sent_once")]

    operations = [migrations.RunSQL(CREATE, DROP)]
