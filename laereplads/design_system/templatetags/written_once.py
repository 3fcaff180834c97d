"""Template tags for what is written once and shown many times; nothing of anybody is kept for it."""

from __future__ import annotations

from functools import partial
from html import escape as html_escaped
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from laereplads.once import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.template.base import Parser, Token

register = template.Library()


class UnchangingNode(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self.made: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        if language not in self.made:
            own = template.Context({"portal": settings.PORTAL_TEXTS})
            with own.bind_template(context.template):  # type: ignore[arg-type]  # bound while it renders
                self.made[language] = self.nodelist.render(own)
        return self.made[language]


@register.tag
def unchanging(parser: Parser, token: Token) -> UnchangingNode:
    """What a page says to everybody alike: made once for each language, and kept.

    It knows no variable of the page but what the portal is called, so that nothing of one person can get into
    another's.
    """
    nodelist = parser.parse(("endunchanging",))
    parser.delete_first_token()
    return UnchangingNode(nodelist)


class Stencil(NamedTuple):
    """What a template says with `%s` for each text, and what gives the texts: those of a line, and the form's token."""

    text: str
    texts: Callable[[list[Any]], tuple[Any, ...]]


# Stands behind a line's values where the token of a form goes.
TOKEN = "csrf_token"  # noqa: S105  # its name


class StencilNode(template.Node):
    def __init__(self, names: list[str], lines: str, nodelist: template.NodeList) -> None:
        self.names = names
        self.lines = lines
        self.nodelist = nodelist
        self.cut: dict[tuple[object, ...], Stencil] = {}

    def render(self, context: template.Context) -> SafeString:
        language, token = get_language(), context.get(TOKEN, "")
        lines = list(context[self.lines]) if self.lines else [tuple([context[name] for name in self.names])]
        if self.lines and len(self.names) == 1:
            lines = [(line,) for line in lines]
        keys = [list(chain(*given)) for given in lines]
        values = [[value for each in given for value in each.values()] for given in lines]
        # Which parts of the template show depends on which texts there are, and on what is no text.
        patterns = [[value == "" if isinstance(value, str) else value for value in line] for line in values]
        escaped = iter(all_escaped([value for line in values for value in line if value.__class__ is str]))
        written = []
        for given, names, pattern, line in zip(lines, keys, patterns, values, strict=True):
            texts = [next(escaped) if value.__class__ is str else value for value in line]
            stencil = once(self.cut, (language, *names, *pattern), partial(self.made, given, context))
            written.append(stencil.text % stencil.texts([*texts, token]))
        return mark_safe("".join(written))  # noqa: S308  # escaped above

    def made(self, given: tuple[dict[str, Any], ...], context: template.Context) -> Stencil:
        """Write the template out once, with a mark wherever a text goes."""
        marks = count()
        blank: dict[str, Any] = {}
        for name, each in zip(self.names, given, strict=True):
            blank[name] = {
                key: mark_safe(f"\0{number}\0") if isinstance(value, str) and value else value  # noqa: S308
                for (key, value), number in zip(each.items(), marks, strict=False)
            }
        own = template.Context({"portal": settings.PORTAL_TEXTS, TOKEN: mark_safe("\0-1\0"), **blank})
        with own.bind_template(context.template):  # type: ignore[arg-type]  # bound while it renders
            pieces = self.nodelist.render(own).split("\0")
        places = [int(place) for place in pieces[1::2]]
        return Stencil(
            "%s".join(piece.replace("%", "%%") for piece in pieces[::2]),
            lambda texts: tuple([texts[place] for place in places]),
        )


def all_escaped(texts: list[str]) -> list[str]:
    """The texts as they stand in HTML: escaped together, as one by one takes most of the time."""
    together = html_escaped("\0".join(texts)).split("\0")
    return together if len(together) == len(texts) else [html_escaped(text) for text in texts]


@register.tag
def stencil(parser: Parser, token: Token) -> StencilNode:
    """`{% stencil row %}`: a part of pages that is repeated, made of dicts of texts and of what decides how it looks.

    `{% stencil row in rows %}` writes it for each, `{% stencil student star in students %}` for each of several dicts.
    It is cut once for each language and each way of looking, and then only filled in. It knows no other variable but
    what the portal is called and the token of forms. Texts are shown and asked for as they are, without filters.
    """
    names, _in, lines = " ".join(token.split_contents()[1:]).partition(" in ")
    nodelist = parser.parse(("endstencil",))
    parser.delete_first_token()
    return StencilNode(names.split(), lines, nodelist)
