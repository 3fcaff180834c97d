"""Template tags for what is written once and shown many times; nothing of anybody is kept for it."""

from __future__ import annotations

import re
from functools import partial
from html import escape as html_escaped
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.conf import settings
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from laereplads.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
                self.made[language] = dense(self.nodelist.render(own))
        return self.made[language]


def dense(text: SafeString) -> SafeString:
    """The same without indentation, an eighth of a page: what is written here holds no text that needs its lines."""
    return mark_safe(re.sub(r"[ \t\r\n]+", " ", text))  # noqa: S308  # as safe as it was


@register.tag
def unchanging(parser: Parser, token: Token) -> UnchangingNode:
    """What a page says to everybody alike: made once for each language, and kept.

    It knows no variable of the page but what the portal is called, so that nothing of one person can get into
    another's. Lines are joined and indentation is left out.
    """
    nodelist = parser.parse(("endunchanging",))
    parser.delete_first_token()
    return UnchangingNode(nodelist)


class Stencil(NamedTuple):
    """What a template says with `%s` for each text, and what takes the texts from a line: its own, and the token."""

    text: str
    texts: Callable[[list[Any]], tuple[Any, ...]]


# Stands behind a line's values where the token of a form goes.
TOKEN = "csrf_token"  # noqa: S105  # its name


class StencilNode(template.Node):
    def __init__(self, names: list[str], lines: str, nodelist: template.NodeList) -> None:
        self.names = names
        self.lines = lines
        self.nodelist = nodelist
        # By language, keys, and what decides how a line looks.
        self.cut: dict[tuple[object, ...], Stencil] = {}

    def render(self, context: template.Context) -> SafeString:
        lines = context[self.lines] if self.lines else [tuple([context[name] for name in self.names])]
        if self.lines and len(self.names) == 1:
            lines = [(line,) for line in lines]
        return mark_safe("".join(self.filled(list(lines), context)))  # noqa: S308  # escaped where it is filled in

    def filled(self, lines: list[tuple[dict[str, Any], ...]], context: template.Context) -> Iterator[str]:
        language, token = get_language(), context.get(TOKEN, "")
        values = [[value for each in given for value in each.values()] for given in lines]
        for given, own, texts in zip(lines, values, all_escaped(values), strict=True):
            look = (language, *map(tuple, given), *map(look_of, own))
            stencil = once(self.cut, look, partial(self.made, given, context))
            yield stencil.text % stencil.texts([*texts, token])

    def made(self, given: tuple[dict[str, Any], ...], context: template.Context) -> Stencil:
        """Write the template out once, with a mark wherever a text goes."""
        marks = count()
        blank = {
            name: {key: marked(value, next(marks)) for key, value in each.items()}
            for name, each in zip(self.names, given, strict=True)
        }
        own = template.Context({"portal": settings.PORTAL_TEXTS, TOKEN: mark_safe("\0-1\0"), **blank})
        with own.bind_template(context.template):  # type: ignore[arg-type]  # bound while it renders
            pieces = dense(self.nodelist.render(own)).split("\0")
        places = [int(place) for place in pieces[1::2]]
        text = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        # Of several it takes a tuple, and of one the text alone.
        return Stencil(text, itemgetter(*places) if len(places) > 1 else lambda line: tuple(line[at] for at in places))


def marked(value: object, number: int) -> object:
    """A mark with the number of its column where a text goes; other things and empty texts as they are."""
    return mark_safe(f"\0{number}\0") if isinstance(value, str) and value else value  # noqa: S308


def look_of(value: Any) -> object:
    """What a value says of how the template looks: a text says only whether it is empty."""
    return (value and str) if isinstance(value, str) else (type(value), value)


def all_escaped(lines: list[list[Any]]) -> Iterator[list[Any]]:
    """The values as they stand in HTML: texts are escaped together, as one by one takes most of the time."""
    texts = [value for line in lines for value in line if type(value) is str]
    together = html_escaped("\0".join(texts)).split("\0")
    escaped = iter(together if len(together) == len(texts) else map(html_escaped, texts))
    for line in lines:
        yield [next(escaped) if type(value) is str else as_html(value) for value in line]


def as_html(value: Any) -> Any:
    return conditional_escape(value) if isinstance(value, str) else value


@register.tag
def stencil(parser: Parser, token: Token) -> StencilNode:
    """`{% stencil row %}`: a part of pages that is repeated, made of dicts of texts and of what decides how it looks.

    `{% stencil row in rows %}` writes it for each, `{% stencil student star in students %}` for each of several dicts.
    It is cut once for each language and each way of looking, and then only filled in. It knows no other variable but
    what the portal is called and the token of forms. Texts are shown and asked for as they are, without filters. Other
    things, a list of links say, are kept as they are: nothing of anybody may be among them.
    """
    names, _in, lines = " ".join(token.split_contents()[1:]).partition(" in ")
    nodelist = parser.parse(("endstencil",))
    parser.delete_first_token()
    return StencilNode(names.split(), lines, nodelist)
