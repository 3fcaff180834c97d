"""Administrators, who annul agreements, may not read assessments: of an agreement they learn whether there are any."""

from django.db import migrations

CREATE = """
create function assessed_among(agreements bigint[]) returns bigint[] language sql stable
security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(distinct agreement_id), '{}') from risk_riskassessment
        where agreement_id = any(agreements) and current_setting('role') in ('none', 'laereplads_administrator')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0002_current_risk_is_an_assessment_of_its_agreement")]
    operations = [migrations.RunSQL(CREATE, "drop function assessed_among(bigint[])")]
