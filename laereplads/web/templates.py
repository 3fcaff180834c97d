"""The language of the portal's pages: Jinja2, with Django's translations and addresses and the design system."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from laereplads.database.declarations import declared
from laereplads.design_system.markup import attributes, badge, icon
from laereplads.web.http import addresses, path_of
from laereplads.web.words import cached_per_language, clock, long_date, short_date


def environment(**options: Any) -> jinja2.Environment:
    # The demo has templates of the same names as the portal's, which extend those: "portal/account/login.html".
    own = PrefixLoader({"portal": FileSystemLoader(settings.BASE_DIR / "templates")})
    options["loader"] = ChoiceLoader([options["loader"], own])
    # What is not there fails in production as in the tests, and not silently.
    options["undefined"] = jinja2.StrictUndefined
    made = jinja2.Environment(  # noqa: S701  # Django's backend asks for autoescape
        **options, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"]
    )
    made.install_gettext_callables(text, ngettext)  # type: ignore[attr-defined]  # the extension's
    made.globals |= {"_": text, "attributes": attributes, "badge": badge, "language": get_language}
    # Filters, because what one makes of a constant is worked out while the template is read.
    made.filters |= {"as_json": json.dumps, "icon": icon, "static": static, "url": url}
    made.filters |= {"clock": clock, "long_date": long_date, "short_date": short_date}
    # How features say things: "level_badge".
    made.filters |= {each.__name__: each for each in declared("template_filters", "FILTERS")}
    return made


@cached_per_language
def text(words: str) -> str:
    return gettext(words)


def url(name: str, key: UUID | str | int | None = None) -> str:
    """`reverse` for a page that there is one of, or for that of the row with the `key`."""
    if key is None:
        return path_of(name)
    return reverse(name, args=[key]) if isinstance(key, int) else addresses(name)(key)
