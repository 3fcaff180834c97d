"""One module for each thing in the world; import the models from here."""

from laereplads.people.models.agreements import Agreement, AgreementType
from laereplads.people.models.mergers import AgreementTakeover, Merger
from laereplads.people.models.organisations import Company, CompanyKind, Education, Region, School, Workplace
from laereplads.people.models.students import (
    BasicProgramme,
    EducationStatus,
    ProfileVisibility,
    SchoolRelation,
    Student,
    StudentType,
)

__all__ = [
    "Agreement",
    "AgreementTakeover",
    "AgreementType",
    "BasicProgramme",
    "Company",
    "CompanyKind",
    "Education",
    "EducationStatus",
    "Merger",
    "ProfileVisibility",
    "Region",
    "School",
    "SchoolRelation",
    "Student",
    "StudentType",
    "Workplace",
]
