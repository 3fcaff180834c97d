"""The columns of the roster."""

from __future__ import annotations

import functools

from django.utils.translation import gettext_lazy as _

from laereplads.imports.files import cells
from laereplads.imports.files.columns import Column, ColumnGroup, choice_column, longest, optional
from laereplads.people.models import (
    Agreement,
    AgreementType,
    BasicProgramme,
    EducationStatus,
    ProfileVisibility,
    SchoolRelation,
    Student,
    StudentType,
)

read_education = functools.partial(cells.text, max_length=200)
read_institution = functools.partial(cells.digits, count=6, name=_("institutionsnummer"))

STUDENT_COLUMNS = (
    Column("institutionsnummer", "institution_number", read_institution, _("Skolens 6 cifre.")),
    Column(
        "elevnummer",
        "student_number",
        functools.partial(cells.number, max_length=longest(Student, "student_number")),
        _("Elevens nummer på skolen. Ikke CPR-nummer."),
    ),
    Column(
        "navn",
        "name",
        functools.partial(cells.name, max_length=longest(Student, "name")),
        _("Fornavn og efternavn."),
    ),
    Column("foedselsdato", "birth_date", cells.past_date, _("Dato. Eleven er 14–80 år.")),
    Column("email", "email", cells.email, _("Elevens e-mailadresse."), is_required=False),
    Column("mobil", "phone", cells.phone, _("Cifre, eventuelt med + foran."), is_required=False),
    choice_column("elevtype", "student_type", StudentType),
    Column(
        "uddannelse",
        "education",
        read_education,
        _("Uddannelsens kode eller navn. Tom på grundforløbets 1. del."),
        is_required=False,
    ),
    choice_column("uddannelsesstatus", "status", EducationStatus),
    choice_column("grundforloeb", "basic_programme", BasicProgramme, is_required=False, blank=BasicProgramme.NONE),
    choice_column("relation", "relation", SchoolRelation),
    choice_column("profil", "visibility", ProfileVisibility, is_required=False, blank=ProfileVisibility.NONE),
    Column(
        "forventet_udlaert",
        "expected_completion_on",
        cells.date,
        _("Dato efter fødselsdatoen."),
        is_required=False,
        blank=None,
    ),
    Column(
        "udmeldt",
        "signed_off_on",
        cells.past_date,
        _("Datoen, når eleven er meldt ud. Ellers tom."),
        is_required=False,
        blank=None,
    ),
    optional(
        "bopaelskommune",
        "residence_municipality",
        cells.municipality,
        _("Kommunens 3 cifre, eller 999 for udlandet eller ukendt."),
        "",
    ),
    optional(
        "ungdomsuddannelse_gennemfoert",
        "has_completed_youth_education",
        cells.yes_or_no,
        _("ja eller nej. Tom betyder ukendt."),
    ),
    optional("studiestart", "education_starts_on", cells.date, _("Første dag på uddannelsen, som eleven går på nu.")),
    optional("hovedforloeb_start", "main_programme_starts_on", cells.date, _("Hovedforløbets første dag.")),
    optional("merit", "has_credit", cells.yes_or_no, _("ja eller nej.")),
    optional(
        "uniid",
        "uniid",
        functools.partial(cells.number, max_length=longest(Student, "uniid")),
        _("Elevens id i Unilogin. Det bruges kun til login."),
        "",
    ),
    optional(
        "beskyttet",
        "is_protected",
        cells.yes_or_no,
        _("ja, når eleven har navne- og adressebeskyttelse. Ellers nej eller tom."),
        blank=False,
    ),
    optional(
        "afbrudt_dato",
        "dropped_out_on",
        cells.past_date,
        _("Dagen, når uddannelsesstatus er Afbrudt. Ellers tom."),
    ),
)

AGREEMENT_COLUMNS = (
    Column(
        "aftalenummer",
        "number",
        functools.partial(cells.number, max_length=longest(Agreement, "number")),
        _("Aftalens nummer, som kun den har."),
    ),
    choice_column("aftaletype", "type", AgreementType),
    Column("cvr", "cvr", cells.cvr, _("Virksomhedens 8 cifre.")),
    Column(
        "p_nummer",
        "p_number",
        functools.partial(cells.digits, count=10, name=_("P-nummer")),
        _("Arbejdsstedets 10 cifre. Det skal høre til virksomheden."),
    ),
    Column("aftale_start", "starts_on", cells.date, _("Aftalens første dag.")),
    Column("aftale_slut", "ends_on", cells.date, _("Aftalens sidste dag, efter den første.")),
    Column(
        "aftale_ophoert",
        "ended_early_on",
        cells.date,
        _("Sidste dag, hvis aftalen sluttede før tid. Ellers tom eller lig aftale_slut."),
        is_required=False,
        blank=None,
    ),
    optional(
        "aftale_annulleret",
        "annulled_on",
        cells.past_date,
        _("Datoen, hvis aftalen er oprettet ved en fejl og ikke er vurderet. Ellers tom."),
    ),
    Column(
        "aftale_uddannelse",
        "agreement_education",
        read_education,
        _("Kun hvis aftalens uddannelse er en anden end elevens."),
        is_required=False,
        may_be_absent=True,
        absent="",
    ),
    Column(
        "aftale_institutionsnummer",
        "agreement_institution_number",
        read_institution,
        _("Kun hvis aftalens skole er en anden end elevens."),
        is_required=False,
        may_be_absent=True,
        absent="",
    ),
)

COLUMNS = STUDENT_COLUMNS + AGREEMENT_COLUMNS
HEADER_OF = {column.attribute: column.header for column in COLUMNS}
OF_STUDENT = ColumnGroup(STUDENT_COLUMNS, _("Altid"), _("Cellen er tom. Den skal udfyldes for alle elever."))
OF_AGREEMENT = ColumnGroup(
    AGREEMENT_COLUMNS, _("Når der er en aftale"), _("Cellen er tom. En række med en aftale skal have den udfyldt.")
)
