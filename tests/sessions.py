"""A test client with a session that acts as somebody."""

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib import auth
from django.test import Client

from laereplads.access.models import Membership
from laereplads.access.operations import SESSION_KEY
from laereplads.accounts import csrf
from laereplads.accounts.sessions import SessionStore

# As pages would have given it.
TOKEN = "t" * 32


def session_of(membership: Membership) -> Client:
    """Logged in with both steps, so that administrators get where they are going.

    Made at once, for what logging in does on the way would cost every test ten statements.
    """
    session = SessionStore()
    session[auth.SESSION_KEY] = str(membership.user_id)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[auth.HASH_SESSION_KEY] = membership.user.get_session_auth_hash()
    session[SESSION_KEY] = str(membership.public_id)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
    session[csrf.SESSION_KEY] = csrf.digest(TOKEN)
    session.create()
    client = Client()
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
