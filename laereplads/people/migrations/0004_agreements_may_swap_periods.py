"""Two agreements of a student may swap periods in one transaction: the constraint can wait for both."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import migrations, models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce

PERIOD = Func(
    F("starts_on"),
    Coalesce("ended_early_on", "ends_on"),
    RangeBoundary(inclusive_lower=True, inclusive_upper=True),
    function="daterange",
    output_field=DateRangeField(),
)
STUDENT = Func(F("student_id"), F("student_id"), Value("[]"), function="int8range")


class Migration(migrations.Migration):
    dependencies = [("people", "0003_educations")]
    operations = [
        migrations.RemoveConstraint("agreement", "agreements_of_a_student_do_not_overlap"),
        migrations.AddConstraint(
            "agreement",
            ExclusionConstraint(
                name="agreements_of_a_student_do_not_overlap",
                expressions=[(STUDENT, RangeOperators.OVERLAPS), (PERIOD, RangeOperators.OVERLAPS)],
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message="Eleven har allerede en aftale i en del af perioden.",
            ),
        ),
    ]
