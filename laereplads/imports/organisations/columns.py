"""The columns of the three files: a file is one of companies, of workplaces or of schools, as its headings say."""

from __future__ import annotations

import functools

from django.utils.translation import gettext_lazy as _

from laereplads.imports.files import cells
from laereplads.imports.files.columns import Column, ColumnGroup, choice_column, longest, optional
from laereplads.imports.files.reading import Layout
from laereplads.people.models import Company, CompanyKind, Region, Workplace

read_name = functools.partial(cells.name, max_length=longest(Company, "name"))
read_p_number = functools.partial(cells.digits, count=10, name=_("P-nummer"))

MUST, IS_EMPTY = _("Altid"), _("Cellen er tom. Den skal udfyldes i alle rækker.")
HOW_TO_PART = _("Del den op i flere filer.")

COMPANIES = Layout(
    _("Virksomheder"),
    (
        ColumnGroup(
            (
                Column("cvr", "cvr", cells.cvr, _("Virksomhedens 8 cifre.")),
                Column("navn", "name", read_name, _("Virksomhedens navn.")),
                choice_column("type", "kind", CompanyKind),
                optional("kommunekode", "kommunekode", cells.kommunekode, _("Kommunens 3 cifre. Kun en kommune."), ""),
                optional(
                    "region",
                    "region",
                    functools.partial(cells.text, max_length=longest(Region, "name")),
                    _("Den region, virksomheden ligger i, fx Region Midtjylland."),
                    "",
                ),
            ),
            MUST,
            IS_EMPTY,
        ),
    ),
    one=_("en virksomhed"),
    how_to_part=HOW_TO_PART,
)

WORKPLACES = Layout(
    _("Arbejdssteder"),
    (
        ColumnGroup(
            (
                Column("p_nummer", "p_number", read_p_number, _("Arbejdsstedets 10 cifre.")),
                Column("cvr", "cvr", cells.cvr, _("Virksomhedens 8 cifre. Virksomheden skal være oprettet.")),
                Column("navn", "name", read_name, _("Arbejdsstedets navn.")),
                Column(
                    "vej",
                    "street",
                    functools.partial(cells.name, max_length=longest(Workplace, "street")),
                    _("Vej og husnummer."),
                ),
                Column(
                    "postnummer",
                    "postal_code",
                    functools.partial(cells.digits, count=4, name=_("postnummer")),
                    _("4 cifre."),
                ),
                Column(
                    "by", "town", functools.partial(cells.name, max_length=longest(Workplace, "town")), _("Postby.")
                ),
                optional("email", "email", cells.email, _("Stedets fælles e-mailadresse, til elevernes skoler."), ""),
                optional("telefon", "phone", cells.phone, _("Cifre, eventuelt med + foran."), ""),
            ),
            MUST,
            IS_EMPTY,
        ),
    ),
    one=_("et arbejdssted"),
    how_to_part=HOW_TO_PART,
)

SCHOOLS = Layout(
    _("Skoler"),
    (
        ColumnGroup(
            (
                Column(
                    "institutionsnummer",
                    "institution_number",
                    functools.partial(cells.digits, count=6, name=_("institutionsnummer")),
                    _("Skolens 6 cifre."),
                ),
                Column("navn", "name", read_name, _("Skolens navn.")),
                optional("cvr", "cvr", cells.cvr, _("Skolens 8 cifre. Flere skoler kan have samme."), ""),
                optional("p_nummer", "p_number", read_p_number, _("Skolens 10 cifre."), ""),
                optional("email", "email", cells.email, _("Skolens e-mailadresse."), ""),
                optional("telefon", "phone", cells.phone, _("Cifre, eventuelt med + foran."), ""),
            ),
            MUST,
            IS_EMPTY,
        ),
    ),
    one=_("en skole"),
    how_to_part=HOW_TO_PART,
)
