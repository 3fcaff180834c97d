"""How pages say what students and agreements hold as codes and numbers."""

from __future__ import annotations

from laereplads.people.educations import name_of
from laereplads.people.models import AgreementType, ProfileVisibility
from laereplads.web.words import cached_per_language


@cached_per_language
def agreement_type(code: str) -> str:
    return str(AgreementType(code).label)


@cached_per_language
def profile_visibility(code: str) -> str:
    return str(ProfileVisibility(code).label)


def education_name(pk: int | None) -> str:
    """Empty where none is chosen."""
    return name_of(pk) if pk else ""


FILTERS = [agreement_type, education_name, profile_visibility]
