"""A foreign key over two columns, which Django's models cannot say."""

from django.db import migrations

ADD = """
alter table people_agreement add constraint agreement_is_at_a_workplace_of_its_company
foreign key (workplace_id, company_id) references people_workplace (id, company_id) deferrable initially immediate;
"""
DROP = "alter table people_agreement drop constraint agreement_is_at_a_workplace_of_its_company"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(ADD, DROP)]
