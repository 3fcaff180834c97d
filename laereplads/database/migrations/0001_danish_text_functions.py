"""The functions behind sorted and searched names. They fold upper case themselves: lower() knows only ASCII in the C locale."""

from django.db import migrations

SORT_KEY = """
create function danish_sort_key(words text) returns text
language sql immutable strict parallel safe
return translate(
    replace(
        translate(lower(words), 'ÆÄØÖÅÜÉÈÊËÁÀÂÓÒÔÚÙÛÍÌÎÇÑ', 'æäøöåüéèêëáàâóòôúùûíìîçñ'),
        'aa', 'å'
    ),
    'æäøöåüéèêëáàâóòôúùûíìîçñ', '{{||}yeeeeaaaooouuuiiicn'
);
"""

SEARCH_KEY = """
create function danish_search_key(words text) returns text
language sql immutable strict parallel safe
return translate(
    replace(replace(replace(
        translate(lower(words), 'ÆÄØÖÅÜÉÈÊËÁÀÂÓÒÔÚÙÛÍÌÎÇÑ', 'æäøöåüéèêëáàâóòôúùûíìîçñ'),
        'å', 'aa'), 'ø', 'oe'), 'æ', 'ae'),
    'äöüéèêëáàâóòôúùûíìîçñ-.''', 'aoyeeeeaaaooouuuiiicn   '
);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(SORT_KEY, "drop function danish_sort_key(text)"),
        migrations.RunSQL(SEARCH_KEY, "drop function danish_search_key(text)"),
    ]
