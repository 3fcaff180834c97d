"""What a sign-in at a broker has proven, the same whatever broker it was."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import IntEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scheme(models.TextChoices):
    MITID_ERHVERV = "mitid_erhverv", _("MitID Erhverv")
    MITID = "mitid", _("MitID")
    UNILOGIN = "unilogin", _("Unilogin")


class Level(IntEnum):
    """The level of assurance (sikringsniveau) of NSIS."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


@dataclass(frozen=True)
class SignIn:
    """One sign-in. A CPR number is in no field of it; what names a person is in none of its representations."""

    broker: str
    scheme: Scheme
    issuer: str
    subject: str
    level: Level
    authenticated_at: datetime.datetime
    cvr: str = ""
    p_number: str = ""
    organisation_name: str = ""
    professional_id: str = ""
    # Empty where the person's name is protected.
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    # Of MitID only.
    birth_date: datetime.date | None = field(default=None, repr=False)
    uniid: str = field(default="", repr=False)
    institution_numbers: tuple[str, ...] = ()
    # The broker's session, for logout that begins there.
    sid: str = field(default="", repr=False)
    # For logout at the broker; empty where the broker put a CPR number into it.
    id_token: str = field(default="", repr=False)
