"""CPR numbers, in every spelling: the portal keeps none. P-numbers, CVR numbers and days are not asked about."""

from __future__ import annotations

import datetime
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Q
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.dk import cpr

CPR_REFUSED = _("Det ligner et CPR-nummer. Portalen gemmer ingen CPR-numre. Slet det.")

# One mark between digits of a number; a comma before a space parts the words of an address.
MARK = r"(?:\s?[^\w\s,]\s?|\s|_|,)?"
# Ten digits, parted or not. Looked at from every digit that begins a group, so that no earlier group hides a number.
TEN_DIGITS = re.compile(rf"(?<!\d)(?=((?:\d{MARK}){{9}}\d)(?!\d))")
# Six digits and four, whatever stands between them.
SIX_AND_FOUR = re.compile(r"(?<!\d)(\d{6})[\W_]{1,5}(\d{4})(?!\d)")
# The century is written, or no noughts are: 05082005-1234, 5/8-2005 1234.
WHOLE_YEAR = re.compile(rf"(?<!\d)(\d{{2}}){MARK}(\d{{2}}){MARK}((?:18|19|20)\d{{2}})[\W_]{{0,5}}\d{{4}}(?!\d)")
# The year comes first, as in a file; numbers made of a recent day are none.
YEAR_FIRST = re.compile(rf"(?<!\d)((?:18|19|20)\d{{2}}){MARK}(\d{{2}}){MARK}(\d{{2}})[\W_]{{0,5}}\d{{4}}(?!\d)")
YOUNGEST = datetime.timedelta(days=10 * 365)
NO_NOUGHTS = re.compile(r"(?<!\d)(\d{1,2})[-./](\d{1,2})[-./](\d{2}|(?:18|19|20)\d{2})[\W_]{1,5}(\d{4})(?!\d)")
DIGIT = re.compile(r"\d")
# Of 5/8-05 1234.
FEWEST_DIGITS = 8
COUNTRY_CODE = re.compile(r"\s*(?:\+|00)")


def holds_cpr_number(text: str) -> bool:
    """Whether ten digits in `text` can be a CPR number by their date; the checksum has not been kept since 2007."""
    if len(DIGIT.findall(text)) < FEWEST_DIGITS:
        return False
    plain = plain_digits(text)
    return (
        any(cpr.is_valid(only_digits(found.group(1))) for found in TEN_DIGITS.finditer(plain))
        or any(cpr.is_valid("".join(found.groups())) for found in SIX_AND_FOUR.finditer(plain))
        or any(was_a_day(*found.groups()) for found in WHOLE_YEAR.finditer(plain))
        or any(was_a_day(*found.groups()[::-1], ago=YOUNGEST) for found in YEAR_FIRST.finditer(plain))
        or any(without_noughts(*found.groups()) for found in NO_NOUGHTS.finditer(plain))
    )


def plain_digits(text: str) -> str:
    """The text with each digit of any script as 0–9, and without what has no width."""
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in ("Cf", "Mn")
    )


def only_digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def was_a_day(day: str, month: str, year: str, *, ago: datetime.timedelta = datetime.timedelta()) -> bool:
    try:
        return datetime.date(int(year), int(month), int(day)) <= timezone.localdate() - ago
    except ValueError:
        return False


def without_noughts(day: str, month: str, year: str, serial: str) -> bool:
    if len(year) == 2:  # noqa: PLR2004  # the serial number tells the century
        return bool(cpr.is_valid(f"{day:0>2}{month:0>2}{year}{serial}"))
    return was_a_day(day, month, year)


def refuse_cpr_number(text: str) -> None:
    """Raise ValidationError if `text` holds a CPR number: a validator of names, addresses, numbers and e-mail."""
    if holds_cpr_number(text):
        raise ValidationError(CPR_REFUSED, code="cpr")


def refuse_cpr_number_as_phone(text: str) -> None:
    """As above, for telephones: digits after a country code are no CPR number."""
    if not COUNTRY_CODE.match(text):
        refuse_cpr_number(text)


class HoldsCprNumber(Func):
    """The simple spellings as the database finds them: all that it refuses, `holds_cpr_number` does, too."""

    function = "holds_cpr_number"
    output_field = BooleanField()


def holds_no_cpr_number(*fields: str) -> Q:
    """The condition of a constraint on these fields."""
    condition = Q()
    for field in fields:
        condition &= Q(Exact(HoldsCprNumber(F(field)), False))
    return condition
