"""The entry point of WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

from laereplads.startup import guard_the_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laereplads.settings")

portal = get_wsgi_application()

from laereplads.http import with_readable_bodies  # noqa: E402  # needs the apps, which are loaded only now

application = with_readable_bodies(portal)
guard_the_database()
