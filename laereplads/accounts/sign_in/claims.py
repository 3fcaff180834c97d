"""What a sign-in at a broker has proven: the same whatever broker."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import IntEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scheme(models.TextChoices):
    """What people know the sign-in as."""

    MITID_ERHVERV = "mitid_erhverv", _("MitID Erhverv")
    MITID = "mitid", _("MitID")
    UNILOGIN = "unilogin", _("Unilogin")


class Level(IntEnum):
    """How sure the broker is who it is: NSIS's Lav, Betydelig and Høj."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


@dataclass(frozen=True)
class SignIn:
    """One sign-in, checked. `broker` is its key in settings.BROKERS; what a scheme does not tell is empty."""

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
    name: str = ""
    email: str = ""
    # MitID of a private person only.
    birth_date: datetime.date | None = None
    # Unilogin only.
    uniid: str = ""
    institution_numbers: tuple[str, ...] = ()
    # The broker's session, for a logout that it begins; and the token, for one that the portal begins.
    sid: str = ""
    id_token: str = ""
