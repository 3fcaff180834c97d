"""The second wall against CPR numbers: the function that check constraints ask."""

from django.db import migrations

# Only days that were, in every year: Python asks the calendar and may refuse more, never less.
DAY_AND_MONTH = (
    "(?:(?:0[1-9]|1[0-9]|2[0-8])MARK(?:0[1-9]|1[0-2])|(?:29|30)MARK(?:0[13-9]|1[0-2])|31MARK(?:0[13578]|1[02]))"
)
# The seventh digit tells the century.
YEAR_AND_SERIAL = "(?:[0-9]{2}GAP[0-3]|(?:3[7-9]|[4-9][0-9])GAP[49]|(?:5[89]|[6-9][0-9])GAP[5-8]|(?:[01][0-9]|2[0-5])GAP[4-9])[0-9]{3}"
PATTERN = f"(?<![0-9]){DAY_AND_MONTH}MARK{YEAR_AND_SERIAL}(?![0-9])".replace("MARK", "[-. /]?").replace(
    "GAP", "[-. /–]?"
)
CREATE = f"""
create function holds_cpr_number(words text) returns boolean
language sql immutable strict parallel safe
return words ~ '{PATTERN}';
"""


class Migration(migrations.Migration):
    dependencies = [("database", "0002_cache_table")]
    operations = [migrations.RunSQL(CREATE, "drop function holds_cpr_number(text)")]
