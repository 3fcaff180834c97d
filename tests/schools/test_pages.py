"""Pages of Elevoversigt: every student stands on exactly one, forwards and backwards, while others save."""

import base64
import itertools
import random
import re

import pytest

from laereplads.web.paging import Position
from schools.queries import ORDERS

LEVELS = ["high", "medium", "low", "", "", "-"]
FILTERS = [
    "",
    "&niveau=low",
    "&niveau=none&niveau=high",
    "&elevtype=eux",
    "&aftale=nej",
    "&navn=e",
    "&senest=2026-01-15",
]


@pytest.fixture
def eighty(school):
    """Students at every level, many of them equal in all but their number."""
    chance = random.Random(1)
    for number in range(80):
        name, level = chance.choice(["Anna Beck", "Bo Ek", "Åse Dal"]), LEVELS[number % 6]
        student_type = "eux" if number % 10 == 0 else "eud"
        if level == "-":
            school.without_agreement(name, student_type=student_type)
        else:
            day = chance.randint(1, 28)
            school.student(name, level=level, at=f"2026-01-{day:02}T12:00:00+01:00", student_type=student_type)
    return school


@pytest.mark.parametrize("order", ORDERS)
def test_both_ways_lead_past_everybody_once(eighty, order):
    for chosen in FILTERS:
        query = f"?sortering={order}{chosen}"
        forwards = list(itertools.chain(*eighty.pages(query)))
        backwards = list(itertools.chain(*reversed(eighty.pages(query, way="Forrige", start="&side=sidste"))))

        hits = int(re.search(r'id="hits"[^>]*>(\d+) ', eighty.page(query)).group(1))
        assert len(set(forwards)) == len(forwards) == hits, query
        # Going back, the first page is filled up with what stood on the second.
        assert list(dict.fromkeys(backwards)) == forwards, query


def test_pages_say_where_they_are(eighty):
    def said(page):
        return re.search(r"<p>(\d+–\d+ af \d+)</p>", page).group(1)

    def beside(page, way):
        return eighty.page(re.search(rf'href="([^"]*)"[^>]*>{way}</a>', page).group(1).replace("&amp;", "&"))

    first = eighty.page("?sortering=risk")
    second = beside(first, "Næste")
    last = beside(first, "Sidste")

    assert [said(page) for page in (first, second, last)] == ["1–25 af 80", "26–50 af 80", "76–80 af 80"]
    assert said(beside(last, "Forrige")) == "51–75 af 80"
    assert said(beside(beside(last, "Forrige"), "Forrige")) == "26–50 af 80"
    assert said(beside(second, "Forrige")) == "1–25 af 80"
    assert said(beside(last, "Første")) == "1–25 af 80"


def test_nobody_is_skipped_or_doubled_while_others_save(school):
    """Those on pages already seen change, come and go; whoever stays where she was is still met exactly once."""
    for number in range(60):
        school.student(f"Elev {number:02}", level="medium")
    first = school.page("?sortering=risk")
    seen = re.findall(r'id="elev-([^"]*)"', first)
    school.student("Aaa Ny", level="high")
    school.student("Aab Ny", level="high")
    school.membership.school.students.filter(public_id__in=seen[:3]).update(signed_off_on="2026-03-01")

    rest = itertools.chain(*school.pages(re.search(r'href="([^"]*)"[^>]*>Næste', first).group(1).replace("&amp;", "&")))

    assert sorted([*seen, *rest]) == sorted(
        str(student.public_id) for student in school.membership.school.students.filter(name__startswith="Elev")
    )


def test_a_position_names_nobody(eighty):
    [address] = {
        match.replace("&amp;", "&")
        for match in re.findall(r'href="([^"]*)"[^>]*>Næste', eighty.page("?sortering=risk"))
    }
    sealed = address.split("side=")[1]

    content = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert not any(part in content.lower() for part in (b"anna", b"beck", b"bo ek", b"2026"))
    assert Position.opened(sealed, ORDERS["risk"]).number == 25
    assert Position.opened(sealed, ORDERS["name"]) is None
    # Also not in a list of as many keys: a text would stand where a day belongs.
    assert Position.opened(sealed, ORDERS["risk"][::-1]) is None
    assert Position.opened(("A" if sealed[0] != "A" else "B") + sealed[1:], ORDERS["risk"]) is None


def test_a_page_that_is_no_more_leads_to_the_first(eighty):
    assert eighty.found("?navn=bo&side=aGVq") == eighty.found("?navn=bo")
