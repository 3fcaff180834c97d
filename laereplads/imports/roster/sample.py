"""The organisations that docs/roster-eksempel.csv speaks of. All are made up; the demo and the tests create them."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from laereplads.people.demo_world import CVR_OF_SOSU_FJORDBY, P_NUMBER_OF_SOSU_FJORDBY
from laereplads.people.models import Company, CompanyKind, School, Workplace

SAMPLE_FILE: Path = settings.BASE_DIR / "docs" / "roster-eksempel.csv"


@dataclass(frozen=True)
class SampleWorkplace:
    p_number: str
    name: str
    street: str
    postal_code: str
    town: str


@dataclass(frozen=True)
class SampleCompany:
    cvr: str
    name: str
    kind: CompanyKind
    workplaces: tuple[SampleWorkplace, ...]


SAMPLE_INSTITUTION_NUMBER = "280001"
SAMPLE_SCHOOL_NAME = "SOSU Fjordby"
SAMPLE_SCHOOL_EMAIL = "kontakt@sosu-fjordby.example"
SAMPLE_COMPANIES = (
    SampleCompany(
        "99000007",
        "Fjordby Kommune",
        CompanyKind.MUNICIPALITY,
        (
            SampleWorkplace("1000000001", "Plejecenter Solgården", "Solvej 12", "9990", "Fjordby"),
            SampleWorkplace("1000000002", "Hjemmeplejen Nord", "Nørregade 4", "9990", "Fjordby"),
        ),
    ),
    SampleCompany(
        "99100001",
        "Region Bakkedal",
        CompanyKind.REGION,
        (SampleWorkplace("1000000003", "Bakkedal Sygehus", "Sygehusvej 1", "9980", "Bakkedal"),),
    ),
)


def create_organisations() -> School:
    """The school of the sample file, after it and the companies are there; those that exist are left as they are."""
    school, _is_new = School.objects.get_or_create(
        institution_number=SAMPLE_INSTITUTION_NUMBER,
        defaults={
            "name": SAMPLE_SCHOOL_NAME,
            "email": SAMPLE_SCHOOL_EMAIL,
            "cvr": CVR_OF_SOSU_FJORDBY,
            "p_number": P_NUMBER_OF_SOSU_FJORDBY,
        },
    )
    for sample in SAMPLE_COMPANIES:
        company, _is_new = Company.objects.get_or_create(
            cvr=sample.cvr, defaults={"name": sample.name, "kind": sample.kind}
        )
        for place in sample.workplaces:
            Workplace.objects.get_or_create(
                p_number=place.p_number,
                defaults={
                    "company": company,
                    "name": place.name,
                    "street": place.street,
                    "postal_code": place.postal_code,
                    "town": place.town,
                },
            )
    return school
