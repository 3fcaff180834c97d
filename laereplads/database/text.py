"""Danish order and forgiving search as SQL functions: the embedded server has no ICU, no unaccent, no trigrams."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import CharField, Func, Q, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from laereplads.database.compiled_queries import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable


# How a byte of 80–BF looks when it was read as Windows-1252 or Latin-1.
FOLLOWING = "".join(
    bytes([byte]).decode("windows-1252" if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "latin-1")
    for byte in range(0x80, 0xC0)
) + "".join(map(chr, range(0x80, 0xA0)))
CENTRAL_EUROPEAN = "".join(bytes([byte]).decode("cp1250", errors="ignore") for byte in range(0x80, 0xC0)).translate(
    {ord(letter): None for letter in "şŞ"}
)
# UTF-8 that was read as something else on its way, letters that got lost, DOS letters read as Windows', HTML's names.
BROKEN_LETTERS = re.compile(
    # By DOS, a Macintosh, or Central Europe's Windows.
    f"[\u2500-\u259f√≈≤≥∂∞◊°µ³‚]|[ΓÔ]Ç|·ª|[ĂĹ][{re.escape(CENTRAL_EUROPEAN)}]"
    f"|[Â-ß][{re.escape(FOLLOWING)}]|[à-ï][{re.escape(FOLLOWING)}]{{2}}|[a-zæøå]Ã(?:\\s|$)|[\ufffd\x80-\x9f†‡›‹„‰…¤¦¿ƒ]"
    "|&(?:#[0-9]+|[A-Za-z]+);"
)


def holds_broken_letters(text: str) -> bool:
    """Whether letters outside A–Z were damaged on the way here, as in JosÃ© and SÃ¸ren."""
    return bool(BROKEN_LETTERS.search(text))


def refuse_broken_letters(text: str) -> None:
    """Raise ValidationError for such: a validator of names."""
    if holds_broken_letters(text):
        raise ValidationError(_("Bogstaverne er ødelagt. Skriv dem igen."), code="broken")


class DanishSortKey(Func):
    """A text's place in the Danish alphabet (… z æ ø å, aa = å) when compared byte by byte.

    Letters of other alphabets stand under the Latin ones that they come from.
    """

    function = "danish_sort_key"
    output_field = CharField(db_collation="C")


class DanishSearchKey(Func):
    """A text in plain a–z: ø and oe, å and aa, æ and ae are the same; no apostrophes, and spaces for other marks."""

    function = "danish_search_key"
    output_field = TextField()


class DanishSearchKeys(Func):
    """What a name is found by: its key, and the same with all marks left out, so that o finds ø, and a finds å."""

    function = "danish_search_keys"
    output_field = TextField()


class SearchedWord(Func):
    """A word as it stands in keys; null, which nothing holds, where it is nothing but marks."""

    template = "nullif(trim(danish_search_key(%(expressions)s)), '')"
    output_field = TextField()


class OnceAndForAll(Func):
    """An expression that is the same for all rows, asked before any is read."""

    template = "(SELECT %(expressions)s)"
    output_field = TextField()


def holds_words(words: str | Iterable[Parameter]) -> Q:
    """That `search_key` holds every word of `words` somewhere; ø is oe, å is aa, capitals do not matter.

    As `like '%…%'` finds it, in half the time: 0.3 µs a name.
    """
    condition = Q()
    for word in map(Value, parted(words)) if isinstance(words, str) else words:
        place = StrIndex("search_key", OnceAndForAll(SearchedWord(word)))
        condition &= Q(GreaterThan(place, 0))
    return condition


# What stands between words: all but letters, digits, and the many apostrophes.
BETWEEN_WORDS = re.compile(r"[^\w'’‘ʼʻʹ′´`]+")


def parted(words: str) -> list[str]:
    """What was typed, word by word."""
    found = BETWEEN_WORDS.split(unicodedata.normalize("NFC", words))
    # Where it is nothing but signs, they are looked for as they are.
    return list(filter(holds_letters, found)) or words.split()


def between_spaces(typed: str) -> list[str]:
    """What was typed, split at spaces alone as numbers and addresses are; a mark that stands by itself is no word."""
    words = typed.replace("\x00", "").split()
    return list(filter(holds_letters, words)) or words


def holds_letters(word: str) -> bool:
    """Or digits."""
    return any(character.isalnum() for character in word)


def found_by(path: str, typed: str) -> Q:
    """That the names which `path` ("user__search_key") leads to hold every word of `typed`; nothing of it, no name."""
    parts = parted(typed)
    return Q(*(Q((f"{path}__contains", SearchedWord(Value(part)))) for part in parts)) if parts else Q(pk__in=[])


def holding(path: str, typed: str) -> Q:
    """That the number or address which `path` leads to holds what was typed; marks alone find none."""
    return Q((f"{path}__icontains", typed)) if holds_letters(typed) else Q(pk__in=[])


def parameters_for_words(words: str) -> tuple[Parameter, ...]:
    """One for each word of what was typed, for `holds_words` in a query that is compiled: words are no part of it."""
    return tuple(Parameter(f"word{number}", TextField()) for number in range(len(parted(words))))


def values_of_words(words: str) -> dict[str, str]:
    """The values of these parameters."""
    return {parameter.value: word for parameter, word in zip(parameters_for_words(words), parted(words), strict=True)}
