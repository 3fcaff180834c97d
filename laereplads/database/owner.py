"""Whether this process may see and do everything: what commands need, and web processes must never have."""

from django.db.backends.base.base import BaseDatabaseWrapper


class Bound(Exception):
    """The process has logged in as a role that row-level security binds; the text says so in Danish."""


def require_owner(connection: BaseDatabaseWrapper) -> None:
    """Raise Bound if any table hides rows from us: what we then read, copy or delete would silently be less."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select current_user, count(*) from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r'
            and (row_security_active(oid) or not has_table_privilege(oid, 'select'))
            """
        )
        role, hidden = cursor.fetchone()
    if hidden:
        text = f"Rollen {role} må ikke se alt i {hidden} tabeller. Kør kommandoen med den rolle, der ejer tabellerne."
        raise Bound(text)
