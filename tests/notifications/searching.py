"""Looks through a mail for everybody whom the database knows: no mail tells of anybody."""

import re

from django.db.models import Model

from absence.models import SchoolPeriod
from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.people.models import Agreement, Student, Workplace

# Of each, what would say who or what it is about. Names of organisations are told, for whom one acts is no secret.
TELLING: dict[type[Model], tuple[str, ...]] = {
    User: ("name", "email", "public_id"),
    Membership: ("public_id",),
    Student: ("name", "email", "phone", "student_number", "birth_date", "public_id", "uniid"),
    Agreement: ("number", "public_id"),
    Workplace: ("name", "street", "p_number"),
    SchoolPeriod: ("number", "class_code", "public_id"),
}
# Shorter ones stand in any text by chance.
SHORTEST = 5


def words_of(message):
    """All that a reader of the mail, or of its headers, can see; but for the receiver's own address."""
    return "\n".join([message.subject, message.body, *(part.content for part in message.alternatives)])


def found_in(message):
    """What of anybody stands in the mail."""
    said = words_of(message)
    for model, fields in TELLING.items():
        for values in model._default_manager.values_list(*fields):
            for value in map(str, values):
                if len(value) >= SHORTEST and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said):
                    yield f"{model.__name__}: {value}"
