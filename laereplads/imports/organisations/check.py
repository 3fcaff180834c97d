"""What the rows would change: companies, workplaces and schools, each compared with what there is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from laereplads.imports.files.problems import listed
from laereplads.imports.files.records import Comparing, Draft, Row
from laereplads.people.models import Company, CompanyKind, Merger, Region, School, Workplace

if TYPE_CHECKING:
    from laereplads.imports.files.progress import Progress


@dataclass
class Companies(Comparing[Company]):
    model = Company
    key = "cvr"

    @cached_property
    def regions(self) -> dict[int, Region]:
        return {region.pk: region for region in Region.objects.select_related("successor")}

    def values(self, row: Row, existing: Company | None) -> dict[str, Any]:
        values = {**row.values}
        if "region" in values:
            values["region_id"] = self.region(row, values.pop("region"), existing)
        kommunekode = values.get("kommunekode", existing.kommunekode if existing else "")
        if kommunekode and values["kind"] != CompanyKind.MUNICIPALITY:
            text = _("Kun en kommune har en kommunekode. Slet den, eller ret typen.")
            self.problem(row, "kommunekode" if values.get("kommunekode") else "kind", text)
        return values

    def region(self, row: Row, written: str, existing: Company | None) -> int | None:
        """The region that is meant, today; a company's former one stays, for what was before."""
        if not written:
            return None
        today = timezone.localdate()
        words = {written.casefold(), f"region {written}".casefold()}
        found = next((each for each in self.regions.values() if words & {each.code, each.name.casefold()}), None)
        valid = [each for each in self.regions.values() if each.on(today) == each and each.valid_from <= today]
        if found in valid:
            own = self.regions.get(existing.region_id or 0) if existing else None
            return own.pk if own and own.on(today) == found else found.pk
        if found is None:
            text = _("Der er ingen region “%(value)s”. Skriv %(regions)s.")
            said = text % {"value": written[:40], "regions": listed(each.name for each in valid)}
        elif found.valid_to:
            said = _("%(region)s er afløst af %(successor)s. Skriv den.") % {
                "region": found,
                "successor": found.on(today),
            }
        else:
            said = _("%(region)s findes først fra %(day)s. Skriv den region, der gælder nu.") % {
                "region": found,
                "day": formats.date_format(found.valid_from, "d.m.Y"),
            }
        self.problem(row, "region", said)
        return None

    def drafts(self, progress: Progress) -> list[Draft[Company]]:
        found = super().drafts(progress)
        # Whoever is left out keeps their code, which may be in another's way.
        while True:
            self.check_kommunekoder(found)
            remaining = self.of_right_rows(found)
            if len(remaining) == len(found):
                return found
            found = remaining

    def check_kommunekoder(self, drafts: list[Draft[Company]]) -> None:
        """A kommunekode is one municipality's, when all is saved."""
        wanting: defaultdict[str, list[Draft[Company]]] = defaultdict(list)
        for draft in drafts:
            if draft.record.kommunekode:
                wanting[draft.record.kommunekode].append(draft)
        saved = {draft.record.pk for draft in drafts}
        holders = Company.objects.filter(kommunekode__in=wanting).exclude(pk__in=saved - {None})
        held = {company.kommunekode: company for company in holders}
        for code, claims in wanting.items():
            for draft in claims if code in held else ():
                text = _("Kommunekoden hører til %(company)s. Ret den, eller ret også %(company)s i filen.")
                self.problem(draft.row, self.column_of_code(draft), text % {"company": held[code]})
            for draft in claims[1:]:
                text = _("Kommunekoden står også på linje %(line)s. Ret den ene.")
                self.problem(draft.row, self.column_of_code(draft), text % {"line": claims[0].row.line})
                self.problems.lines.add(claims[0].row.line)

    def column_of_code(self, draft: Draft[Company]) -> str:
        """A file without the column can stand in another's way as well."""
        return "kommunekode" if "kommunekode" in draft.row.values else "cvr"


@dataclass
class Workplaces(Comparing[Workplace]):
    model = Workplace
    key = "p_number"

    @cached_property
    def companies(self) -> dict[str, Company]:
        return {company.cvr: company for company in Company.objects.filter(cvr__in=self.wanted("cvr"))}

    @cached_property
    def successors(self) -> dict[int, Company]:
        """Who has taken over each company that was."""
        return {merger.company_id: merger.successor for merger in Merger.objects.select_related("successor")}

    @cached_property
    def owners(self) -> dict[int, Company]:
        return Company.objects.in_bulk({workplace.company_id for workplace in self.existing.values()})

    def values(self, row: Row, existing: Workplace | None) -> dict[str, Any]:
        values = {**row.values}
        company = self.companies.get(values.pop("cvr"))
        if company is None:
            text = _("Der er ingen virksomhed med CVR-nummer %(cvr)s. Ret det, eller indlæs virksomheden først.")
            self.problem(row, "cvr", text % {"cvr": row.values["cvr"]})
            return values
        return {**values, "company_id": self.owner(row, company, existing).pk}

    def owner(self, row: Row, company: Company, existing: Workplace | None) -> Company:
        """Whose the workplace is: it changes company in a merger only, and files write the old number for a while."""
        current = company
        while current.pk in self.successors:
            current = self.successors[current.pk]
        if existing is None:
            return current
        owner = self.owners[existing.company_id]
        if owner.pk in {company.pk, current.pk}:
            return owner
        if self.successors.get(owner.pk) != company:
            text = _(
                "Arbejdsstedet hører til %(company)s. Det skifter kun virksomhed ved en sammenlægning. Ret "
                "CVR-nummeret, eller registrer sammenlægningen først."
            )
            self.problem(row, "cvr", text % {"company": owner})
        return company


@dataclass
class Schools(Comparing[School]):
    model = School
    key = "institution_number"

    def values(self, row: Row, existing: School | None) -> dict[str, Any]:
        return row.values
