"""The personas and their codes, for the login pages."""

import time

from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django import template
from django.http import HttpRequest

from laereplads.demo.personas import PERSONAS, Persona

register = template.Library()

SECONDS_OF_A_CODE = 30


@register.simple_tag
def personas() -> tuple[Persona, ...]:
    return PERSONAS


@register.simple_tag
def code_now(request: HttpRequest) -> str:
    """What the app of the persona who is logging in would show now; empty for everybody else."""
    login = unstash_login(request, peek=True)
    email = request.user.email if request.user.is_authenticated else login and login.user and login.user.email
    secret = next((persona.app_secret for persona in PERSONAS if persona.email == email), "")
    return format_hotp_value(hotp_value(secret, int(time.time()) // SECONDS_OF_A_CODE)) if secret else ""
