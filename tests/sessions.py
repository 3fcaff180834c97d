"""A test client with a session that acts as somebody."""

from django.test import Client

from laereplads.access.middleware import SESSION_KEY
from laereplads.access.models import Membership


def session_of(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session[SESSION_KEY] = str(membership.public_id)
    session.save()
    return client
