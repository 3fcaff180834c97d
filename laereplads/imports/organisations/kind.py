"""Organisations' files, as the pages and the command for all kinds of files know them."""

from django.utils.translation import gettext_lazy as _

from laereplads.imports.files.kinds import FileKind
from laereplads.imports.organisations.apply import FILES, import_organisations, plan_organisations

ORGANISATIONS = FileKind(
    code="organisations",
    permission="people.import_organisations",
    pages="people_company",
    list_page="admin:people_company_changelist",
    layouts=tuple(file.layout for file in FILES),
    plan=plan_organisations,
    save=import_organisations,
    title=_("Indlæs organisationer fra en fil"),
    list_title=_("Virksomheder"),
    file_label=_("Fil med virksomheder, arbejdssteder eller skoler"),
    introduction=_("Vælg en fil med virksomheder, arbejdssteder eller skoler. Overskrifterne viser hvilken."),
    description=_(
        "Hver række er én organisation. Indlæs virksomheder før deres arbejdssteder. Det, der ikke står i filen, "
        "bliver ikke ændret, og intet bliver slettet."
    ),
    left_out=(_("række"), _("rækker")),
    subject=_("Organisation"),
    number_label=_("Nummer"),
)
