"""The entry point of WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

from laereplads.http import with_readable_bodies
from laereplads.startup import guard_the_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laereplads.settings")

application = with_readable_bodies(get_wsgi_application())
guard_the_database()
