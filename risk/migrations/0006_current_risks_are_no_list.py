"""Lists read what is derived of current risks; nobody filters these by level and day any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("risk", "0005_listed_agreements_follow_what_they_show")]
    operations = [migrations.RemoveIndex(model_name="currentrisk", name="current_risks_by_level_and_day")]
