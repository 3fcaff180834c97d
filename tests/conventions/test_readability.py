"""Every page is easy to read: LIX at most 35 for its running text, as each role meets it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.urls import reverse

from tests.conventions.test_permission_matrix import INVALID, OK, PAGES, admin_pages, url
from tests.translations import texts_in

HIGHEST = 35
BLOCKS = {"p", "li", "dd", "dt", "div", "h1", "h2", "h3", "td", "th", "label", "legend", "option", "main", "body"}
UNREAD = {"script", "style", "nav", "header", "footer", "option", "svg", "dialog"}
# Fewer words make no measure of a page; they are read together with those of all short pages.
FEW_WORDS = 40
FILES = ("_xlsx", "_csv", "_file", "health_live", "health_ready")


class Sentences(HTMLParser):
    """The sentences of a page's blocks of running text, which end as sentences do: data and labels do not."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.blocks = [""]
        self.unread = 0
        self.feed(page.partition("<main")[2] or page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD
        if tag in BLOCKS or tag == "br":
            self.blocks.append("")
        self.blocks[-1] += " "

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in UNREAD
        if tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.blocks[-1] += data

    @property
    def found(self) -> set[str]:
        texts = [text for block in self.blocks if (text := " ".join(block.split())).endswith((".", "?", "!", ":"))]
        return {sentence for text in texts for sentence in re.findall(r"[A-ZÆØÅ][^.?!:]*(?:\.\d[^.?!:]*)*[.?!:]", text)}


def lix(sentences: set[str]) -> float:
    """Words to a sentence, and how many in a hundred have more than six letters (Björnsson 1968)."""
    words = [word for sentence in sentences for word in re.findall(r"[^\W\d_]+", sentence)]
    return len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


def test_lix_is_what_it_is_defined_as():
    assert lix({"Du kan se det her.", "Portalen sletter det."}) == 8 / 2 + 100 * 2 / 8


ROLES = ("nobody", "company", "company users", "school", "school users", "student", "administrator")


def texts_of(world, role):
    """Each page that the role may read and each form that comes back to it, by name."""
    for page in PAGES:
        if page.get[role] == OK and not page.name.endswith(FILES):
            yield page.name, world.clients[role].get(url(world, page))
        if page.post[role] == INVALID:
            yield f"{page.name}, sent empty", world.clients[role].post(url(world, page), {})
    if role == "administrator":
        yield from ((name, world.clients[role].get(reverse(name))) for name in admin_pages())


@pytest.mark.parametrize("role", ROLES)
def test_pages_are_easy_to_read(world, role):
    sentences = {name: Sentences(response.text).found for name, response in texts_of(world, role)}
    short = {name for name, found in sentences.items() if len(" ".join(found).split()) < FEW_WORDS}
    measured = {name: lix(found) for name, found in sentences.items() if name not in short}
    if together := {sentence for name in short for sentence in sentences[name]}:
        measured["short pages"] = lix(together)

    assert {name: value for name, value in measured.items() if value > HIGHEST} == {}


# What one meets on the way in and by mail, in states that no single request shows.
ON_THE_WAY = sorted(
    path
    for pattern in ("templates/sign_in/*.html", "templates/delegation/*.html", "laereplads/delegation/*.py")
    for path in settings.BASE_DIR.glob(pattern)
)


def test_every_state_of_who_is_let_in_is_easy_to_read():
    """Word by word as it is written; what is filled in counts as a short word."""
    written = {path.name: [re.sub(r"%\(\w+\)[sd]", "Ord", text) for text in texts_in(path)] for path in ON_THE_WAY}
    sentences = {name: Sentences("".join(f"<p>{text}</p>" for text in texts)).found for name, texts in written.items()}
    short = {name for name, found in sentences.items() if len(" ".join(found).split()) < FEW_WORDS}
    measured = {name: lix(found) for name, found in sentences.items() if name not in short}
    measured["short files"] = lix({sentence for name in short for sentence in sentences[name]})

    assert {name: value for name, value in measured.items() if value > HIGHEST} == {}
