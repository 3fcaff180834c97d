"""The made-up schools and companies, their workplaces and the employees who are nobody's persona."""

from __future__ import annotations

from dataclasses import dataclass

from laereplads.people.demo_world import (
    BAKKEDAL,
    CVR_OF_SOSU_BAKKEDAL,
    CVR_OF_SOSU_FJORDBY,
    FJORDBY,
    LINDEGAARDEN,
    P_NUMBER_OF_SOSU_BAKKEDAL,
    P_NUMBER_OF_SOSU_FJORDBY,
    RAVNEKAER,
    SOLGAARDEN,
    SOSU_BAKKEDAL,
    SOSU_FJORDBY,
)
from laereplads.people.models.organisations import CompanyKind


@dataclass(frozen=True)
class MadeUpSchool:
    institution_number: str
    cvr: str
    p_number: str
    name: str
    domain: str
    # How many of the world's students are here.
    share: int


@dataclass(frozen=True)
class MadeUpWorkplace:
    p_number: str
    name: str
    street: str


@dataclass(frozen=True)
class MadeUpCompany:
    cvr: str
    name: str
    kind: CompanyKind
    # Where it lies, by the region's code; made-up municipalities have no kommunekode, for those are all real ones'.
    region: str
    domain: str
    postal_code: str
    town: str
    share: int
    staff: tuple[str, ...]
    workplaces: tuple[MadeUpWorkplace, ...]


SCHOOLS = (
    MadeUpSchool(
        SOSU_FJORDBY, CVR_OF_SOSU_FJORDBY, P_NUMBER_OF_SOSU_FJORDBY, "SOSU Fjordby", "sosu-fjordby.example", 65
    ),
    MadeUpSchool(
        SOSU_BAKKEDAL, CVR_OF_SOSU_BAKKEDAL, P_NUMBER_OF_SOSU_BAKKEDAL, "SOSU Bakkedal", "sosu-bakkedal.example", 35
    ),
)

COMPANIES = (
    MadeUpCompany(
        FJORDBY,
        "Fjordby Kommune",
        CompanyKind.MUNICIPALITY,
        "syddanmark",
        "fjordby.example",
        "9990",
        "Fjordby",
        34,
        ("Karin Vestergaard", "Torben Lykke", "Nadia Rahimi", "Ulla Bønding"),
        (
            MadeUpWorkplace(SOLGAARDEN, "Plejecenter Solgården", "Solvej 12"),
            MadeUpWorkplace("1000000002", "Hjemmeplejen Nord", "Nørregade 4"),
            MadeUpWorkplace("1000000011", "Hjemmeplejen Syd", "Åvej 31"),
            MadeUpWorkplace("1000000012", "Plejecenter Engblommen", "Engdraget 7"),
            MadeUpWorkplace("1000000013", "Aktivitetshuset Ærøskøn", "Havnegade 2"),
        ),
    ),
    MadeUpCompany(
        BAKKEDAL,
        "Region Bakkedal",
        CompanyKind.REGION,
        "midtjylland",
        "bakkedal.example",
        "9980",
        "Bakkedal",
        22,
        ("Peter Øland", "Samira Aziz", "Kurt Dalum"),
        (
            MadeUpWorkplace("1000000003", "Bakkedal Sygehus", "Sygehusvej 1"),
            MadeUpWorkplace("1000000021", "Psykiatrien Bakkedal", "Skovbrynet 40"),
            MadeUpWorkplace("1000000022", "Ravnekær Sundhedshus", "Torvet 3"),
        ),
    ),
    MadeUpCompany(
        RAVNEKAER,
        "Ravnekær Kommune",
        CompanyKind.MUNICIPALITY,
        "syddanmark",
        "ravnekaer.example",
        "9960",
        "Ravnekær",
        18,
        ("Jytte Brix", "Morten Ågård"),
        (
            MadeUpWorkplace("1000000031", "Plejecenter Birkehøj", "Birkehøj 18"),
            MadeUpWorkplace("1000000032", "Hjemmeplejen Ravnekær", "Stationsvej 9"),
            MadeUpWorkplace("1000000033", "Demenscenter Mosebo", "Mosevej 5"),
        ),
    ),
    MadeUpCompany(
        "99400005",
        "Ørbækdal Kommune",
        CompanyKind.MUNICIPALITY,
        "sjaelland",
        "oerbaekdal.example",
        "9950",
        "Ørbækdal",
        16,
        ("Inge Thrane", "Bo Sandager"),
        (
            MadeUpWorkplace("1000000041", "Plejecenter Åhaven", "Åhaven 1"),
            MadeUpWorkplace("1000000042", "Hjemmeplejen Øst", "Østergade 22"),
        ),
    ),
    MadeUpCompany(
        LINDEGAARDEN,
        "Plejehjemmet Lindegården",
        CompanyKind.PRIVATE,
        "syddanmark",
        "lindegaarden.example",
        "9990",
        "Fjordby",
        4,
        ("Grethe Damm",),
        (MadeUpWorkplace("1000000051", "Lindegården", "Lindealleen 60"),),
    ),
    MadeUpCompany(
        "99500018",
        "Omsorg Hjemme ApS",
        CompanyKind.PRIVATE,
        "hovedstaden",
        "omsorghjemme.example",
        "9980",
        "Bakkedal",
        6,
        ("Rune Falk", "Sidsel Aarup"),
        (
            MadeUpWorkplace("1000000061", "Omsorg Hjemme Bakkedal", "Møllevej 14"),
            MadeUpWorkplace("1000000062", "Omsorg Hjemme Fjordby", "Kajgade 8"),
        ),
    ),
)
