"""The entry point of WSGI servers."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import get_resolver

from laereplads.startup import guard_the_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laereplads.settings")

portal = get_wsgi_application()

from laereplads.web.http import with_readable_bodies  # noqa: E402  # needs the apps, which are loaded only now

application = with_readable_bodies(portal)
guard_the_database()


def read_ahead() -> None:
    """Read all pages and templates now, and not in each worker while somebody waits for its first answer."""
    # Imports every view, and finds every name; half a second of work.
    get_resolver().reverse_dict  # noqa: B018
    # Both engines with their tags; the admin's templates are read when they are asked for.
    engines.all()
    pages: Any = engines["jinja2"]
    for template in pages.env.list_templates(extensions=["html"]):
        pages.get_template(template)
