"""Names in every alphabet: sorted under the Latin letters they come from, and found with or without their marks."""

import json
import unicodedata

from anyascii import anyascii
from django.db import migrations

# Every alphabet, and every mark that stands in names. Beyond come the signs that stand for words or syllables.
LAST = 0x3100
LATIN = {
    letter: anyascii(letter).lower()
    for letter in map(chr, range(0x80, LAST))
    if unicodedata.category(letter) not in {"Cc", "Cn", "Co", "Cs"} and anyascii(letter) != letter
}
LATIN_LETTERS = f"""
create function latin_letters(words text) returns text
language plpgsql immutable strict parallel safe as $function$
begin
    if words !~ '[^ -~]' then
        return words;
    end if;
    return (
        select string_agg(coalesce($map${json.dumps(LATIN, ensure_ascii=False)}$map$::jsonb ->> letter, letter), '' order by place)
        from unnest(string_to_array(words, null)) with ordinality each (letter, place)
    );
end $function$;
"""
# The neighbours' letters are the Danish ones that they sort as. lower() knows only ASCII in the C locale.
DANISH_LETTERS = """
create function danish_letters(words text) returns text
language sql immutable strict parallel safe
return translate(lower(normalize(words, nfc)), 'ÆÄæäØÖŐŒøöőœÅåÜŰüű', 'ææææøøøøøøøøååyyyy');
"""
SORT_KEY = """
create or replace function danish_sort_key(words text) returns text
language sql immutable strict parallel safe
return left(latin_letters(translate(replace(danish_letters(words), 'aa', 'å'), 'æøå', '{|}')), 400);
"""
# Apostrophes join, other marks part.
SEARCHED = """
create function searched_letters(words text) returns text
language sql immutable strict parallel safe
return translate(lower(latin_letters(words)), '-.,;:/()"''`', '         ');
"""
SEARCH_KEY = """
create or replace function danish_search_key(words text) returns text
language sql immutable strict parallel safe
return searched_letters(replace(replace(replace(danish_letters(words), 'å', 'aa'), 'ø', 'oe'), 'æ', 'ae'));
"""
# Also with the marks left out, and as Germans write ü. Of names that are longer than any, their first spelling alone:
# an index holds no key of more than a third of a page.
SEARCH_KEYS = """
create function danish_search_keys(words text) returns text
language sql immutable strict parallel safe
return danish_search_key(words) || case
    when octet_length(words) > 400 or words !~ '[^ -~]' then ''
    else ' ' || searched_letters(normalize(words, nfc)) || case
        when lower(normalize(words, nfc)) ~ '[üÜ]' then ' ' || danish_search_key(regexp_replace(normalize(words, nfc), '[üÜ]', 'ue', 'g'))
        else ''
    end
end;
"""


class Migration(migrations.Migration):
    dependencies = [("database", "0003_cpr_numbers")]
    operations = [
        migrations.RunSQL(LATIN_LETTERS, "drop function latin_letters(text)"),
        migrations.RunSQL(DANISH_LETTERS, "drop function danish_letters(text)"),
        migrations.RunSQL(SEARCHED, "drop function searched_letters(text)"),
        migrations.RunSQL(SORT_KEY, migrations.RunSQL.noop),
        migrations.RunSQL(SEARCH_KEY, migrations.RunSQL.noop),
        migrations.RunSQL(SEARCH_KEYS, "drop function danish_search_keys(text)"),
    ]
