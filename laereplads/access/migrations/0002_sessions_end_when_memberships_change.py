"""Whoever gets, loses or changes a role logs in anew."""

from django.db import migrations

CREATE = """
create trigger sessions_end_with_a_new_membership after insert on access_membership
    referencing new table as changed for each statement execute function end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_changed_membership after update on access_membership
    referencing new table as changed for each statement execute function end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_lost_membership after update on access_membership
    referencing old table as changed for each statement execute function end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_deleted_membership after delete on access_membership
    referencing old table as changed for each statement execute function end_sessions_of_the_rows_users();
"""
DROP = """
drop trigger sessions_end_with_a_deleted_membership on access_membership;
drop trigger sessions_end_with_a_lost_membership on access_membership;
drop trigger sessions_end_with_a_changed_membership on access_membership;
drop trigger sessions_end_with_a_new_membership on access_membership;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("accounts", "0002_sessions")]

    operations = [migrations.RunSQL(CREATE, DROP)]
