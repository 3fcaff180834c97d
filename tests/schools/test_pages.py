"""Pages of Elevoversigt: every student stands on exactly one, forwards and backwards, while others save."""

import itertools
import random
import re
import uuid

import pytest

from schools.queries import ORDERS
from tests.factories import StudentFactory

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


@pytest.mark.today("2026-03-02")
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


@pytest.mark.parametrize("order", ORDERS)
def test_the_address_of_a_page_names_its_row_by_its_public_id_alone(eighty, order):
    ids = re.findall(r'id="elev-([^"]*)"', eighty.page(f"?sortering={order}"))
    page = eighty.page(f"?sortering={order}&efter={ids[24]}&nr=25")

    assert f"efter={ids[24]}&amp;nr=25" in eighty.page(f"?sortering={order}")
    following = re.findall(r'id="elev-([^"]*)"', page)
    assert f"foer={following[0]}&amp;nr=26" in page
    assert f"efter={following[-1]}&amp;nr=50" in page


@pytest.mark.parametrize(
    "address",
    [
        *("side=aGVq", "efter=", "efter=x&nr=25", "efter={row}", "efter={row}&nr=", "efter={row}&nr=-1"),
        *("efter={row}&nr=x", "efter={row}&nr=0", "efter={row}&nr=²", "efter={row}&nr=" + "9" * 5000),
        *("efter={nobody}&nr=25", "foer={nobody}&nr=26", "efter={foreign}&nr=25", "foer={foreign}&nr=26"),
    ],
)
def test_what_is_no_page_of_the_list_leads_to_the_first(eighty, address):
    row = eighty.school.students.first().public_id
    foreign = StudentFactory(name="Fremmed").public_id

    asked = address.format(row=row, nobody=uuid.uuid4(), foreign=foreign)

    assert eighty.found(f"?{asked}") == eighty.found()


def test_a_row_that_has_left_the_list_leads_to_the_first_page(eighty):
    first = eighty.page("?niveau=high&niveau=none")
    ids = re.findall(r'id="elev-([^"]*)"', first)
    following = f"?niveau=high&niveau=none&efter={ids[-1]}&nr=25"
    assert eighty.found(following) != eighty.found("?niveau=high&niveau=none")

    eighty.school.students.filter(public_id=ids[-1]).update(signed_off_on="2026-03-01")

    assert eighty.found(following) == eighty.found("?niveau=high&niveau=none")


def test_numbers_of_rows_follow_the_count(eighty):
    row = eighty.school.students.order_by("sort_key", "pk")[24].public_id

    assert "<p>55–79 af 80</p>" in eighty.page(f"?efter={row}&nr=999999999")
    assert "<p>2–26 af 80</p>" in eighty.page(f"?efter={row}&nr=1")
