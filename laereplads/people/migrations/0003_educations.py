"""The two SOSU educations (eud-bekendtgørelsen § 115), and the one beside them at the same schools."""

from django.db import migrations

INSERT = """
insert into people_education (code, name, is_sosu) values
    ('ssa', 'Social- og sundhedsassistent', true),
    ('ssh', 'Social- og sundhedshjælper', true),
    ('pau', 'Pædagogisk assistent', false);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_agreement_is_at_a_workplace_of_its_company")]
    operations = [migrations.RunSQL(INSERT, "delete from people_education where code in ('ssa', 'ssh', 'pau')")]
