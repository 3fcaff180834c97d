"""A test client with a session that acts as somebody."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from laereplads.access.middleware import SESSION_KEY
from laereplads.access.models import Membership


def session_of(membership: Membership) -> Client:
    """Logged in with both steps, so that administrators get where they are going."""
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session[SESSION_KEY] = str(membership.public_id)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
    session.save()
    return client
