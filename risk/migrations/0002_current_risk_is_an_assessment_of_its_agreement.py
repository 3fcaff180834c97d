"""A foreign key over three columns, which Django's models cannot say."""

from django.db import migrations

ADD = """
alter table risk_currentrisk add constraint current_risk_is_an_assessment_of_its_agreement_and_level
    foreign key (agreement_id, assessment_id, level) references risk_riskassessment (agreement_id, id, level)
    deferrable initially deferred;
"""
DROP = "alter table risk_currentrisk drop constraint current_risk_is_an_assessment_of_its_agreement_and_level"


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]
    operations = [migrations.RunSQL(ADD, DROP)]
