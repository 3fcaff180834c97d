"""The columns of a file of users: who, at which organisation, and with which rights."""

from __future__ import annotations

import functools

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from laereplads.access.roles import Role
from laereplads.delegation.models import Invitation
from laereplads.imports.files import cells
from laereplads.imports.files.columns import Column, ColumnGroup, choice_column, longest, optional
from laereplads.imports.files.reading import Layout

CVR_DIGITS, INSTITUTION_DIGITS = 8, 6


class StaffRole(TextChoices):
    """The roles that an organisation lets people in with."""

    COMPANY_STAFF = Role.COMPANY_STAFF.value, Role.COMPANY_STAFF.label
    SCHOOL_STAFF = Role.SCHOOL_STAFF.value, Role.SCHOOL_STAFF.label


def organisation(value: str) -> str:
    """A CVR number or an institution number."""
    if len(value) == INSTITUTION_DIGITS:
        return cells.digits(value, count=INSTITUTION_DIGITS, name=gettext_lazy("institutionsnummer"))
    if len(value) == CVR_DIGITS:
        return cells.cvr(value)
    raise cells.Unreadable(
        _("“%(value)s” er hverken et CVR-nummer på 8 cifre eller et institutionsnummer på 6. Ret det.")
        % {"value": cells.shortened(value)}
    )


def email(value: str) -> str:
    return cells.email(value).lower()


LAYOUT = Layout(
    gettext_lazy("Brugere"),
    (
        ColumnGroup(
            (
                Column(
                    "navn",
                    "name",
                    functools.partial(cells.name, max_length=longest(Invitation, "name")),
                    gettext_lazy("Fornavn og efternavn."),
                ),
                Column("email", "email", email, gettext_lazy("Hertil går invitationen.")),
                Column(
                    "organisation",
                    "organisation",
                    organisation,
                    gettext_lazy("Virksomhedens CVR-nummer eller skolens institutionsnummer."),
                ),
                choice_column("rolle", "role", StaffRole),
                optional(
                    "p_nummer",
                    "p_number",
                    functools.partial(cells.digits, count=10, name=gettext_lazy("P-nummer")),
                    gettext_lazy("Det eneste arbejdssted, personen skal se. Tom betyder alle."),
                    "",
                ),
                optional(
                    "brugeradministrator",
                    "is_user_administrator",
                    cells.yes_or_no,
                    gettext_lazy("ja, når personen bestemmer, hvem der har adgang. Ellers nej eller tom."),
                    blank=False,
                ),
            ),
            gettext_lazy("Altid"),
            gettext_lazy("Cellen er tom. Den skal udfyldes i alle rækker."),
        ),
    ),
    one=gettext_lazy("en bruger"),
    how_to_part=gettext_lazy("Del den op, fx i én fil for hver organisation."),
)
