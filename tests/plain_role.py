"""Requests in tests reach the database as in production: as the role that owns nothing."""

from django.db import connection


class PlainRoleMiddleware:
    """Tests log in as the owner, to make rows; a superuser would pass every policy and prove nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            connection.ensure_connection()
        except RuntimeError:
            # The test forbids the database, and the request must do without.
            return self.get_response(request)
        self.say("set role laereplads_web")
        try:
            return self.get_response(request)
        finally:
            self.say("reset role")

    def say(self, statement):
        # Past Django, so that nobody counts it; a transaction that failed takes the role with it.
        if not connection.needs_rollback:
            connection.connection.execute(statement)
