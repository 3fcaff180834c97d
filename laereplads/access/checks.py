"""The system check behind "deny by default": every view in the URLconf says who may use it."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from laereplads.access.permissions import ANY_ROLE, ANY_USER, PUBLIC
from laereplads.access.roles import PERMISSIONS, PERMISSIONS_OF_FLAGS


def patterns(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Every pattern below `resolver` as (route, namespace, pattern)."""
    for entry in resolver.url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route, entry.namespace or namespace)
        else:
            yield route, namespace, entry


def every_view_names_its_permission(**_options: Any) -> list[CheckMessage]:
    """Refuse a view that names no permission, or one that no role has; the admin's guard their own site."""
    known = {PUBLIC, ANY_USER, ANY_ROLE}.union(*PERMISSIONS.values(), *PERMISSIONS_OF_FLAGS.values())
    problems: list[CheckMessage] = []
    for route, namespace, pattern in patterns(get_resolver()):
        if namespace == "admin":
            continue
        permission = getattr(pattern.callback, "required_permission", None)
        if permission is None:
            problems.append(
                Error(
                    f"The view at {route} names no permission.",
                    hint="Decorate it with requires_permission, for_any_user or public.",
                    id="access.E001",
                )
            )
        elif permission not in known:
            problems.append(Error(f"No role has the permission {permission} of {route}.", id="access.E002"))
    return problems
