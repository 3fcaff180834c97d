"""Whoever gets or loses a second factor logs in anew everywhere but where she changed it."""

from django.db import migrations

CREATE = """
create trigger sessions_end_with_a_new_factor after insert on mfa_authenticator
    referencing new table as changed for each statement execute function end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_lost_factor after delete on mfa_authenticator
    referencing old table as changed for each statement execute function end_sessions_of_the_rows_users();
"""
DROP = """
drop trigger sessions_end_with_a_lost_factor on mfa_authenticator;
drop trigger sessions_end_with_a_new_factor on mfa_authenticator;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunSQL(CREATE, DROP)]
