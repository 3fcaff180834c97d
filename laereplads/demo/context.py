"""The personas and their codes, for the login pages."""

from __future__ import annotations

import itertools
import time
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from laereplads.demo.personas import PERSONAS

if TYPE_CHECKING:
    from django.http import HttpRequest

SECONDS_OF_A_CODE = 30
BY_ROLE = [list(personas) for _role, personas in itertools.groupby(PERSONAS, attrgetter("role"))]


def personas(request: HttpRequest) -> dict[str, Any]:
    return {"personas_by_role": BY_ROLE, "code_now": partial(code_now, request)}


def code_now(request: HttpRequest) -> str:
    """What the app of the persona who is logging in would show now; empty for everybody else."""
    login = unstash_login(request, peek=True)
    email = request.user.email if request.user.is_authenticated else login and login.user and login.user.email
    secret = next((persona.app_secret for persona in PERSONAS if persona.email == email), "")
    return format_hotp_value(hotp_value(secret, int(time.time()) // SECONDS_OF_A_CODE)) if secret else ""
