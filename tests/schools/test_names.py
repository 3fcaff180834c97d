"""Names are found by any part of them, and counted."""

import itertools

import hypothesis
import pytest
import time_machine
from django.db import connection, transaction
from django.http import QueryDict
from django.utils.http import urlencode
from hypothesis import strategies as st

from laereplads.database.text import parted
from laereplads.people.models import Student
from schools import queries
from schools.models import StudentListEntry
from schools.queries import ORDERS, StudentFilter, overview
from tests.clock import moment_of
from tests.factories import MembershipFactory, StudentFactory

NAMES = (
    *(
        "Anna Hansen",
        "Åse Aagaard",
        "Aase Ågård",
        "Anne-Marie Holm",
        "Marie Anne",
        "Kim O'Brian",
        "O' Brian",
        "René Øst",
    ),
    *(
        "Jörg Müller",
        "Søren Sørensen-Søren",
        "Æ",
        ".",
        "Ann",
        "Nan Nan",
        "Hans-Jørgen L. Bæk",
        "Test 100% a_b",
        "An na",
    ),
    *("Ib \\ Bo", "Kim\u00a0Brian", "İpek Iş", "ΟΔΥΣΣΕΥΣ Ο", "x" * 45 + "yz", "Bo \U0010ffff\U0010ffffa"),
)
# What people type and what nobody should: whole names, parts of them, several, and the signs that part and join.
LETTERS = st.text(alphabet="aneohsrøåæö '.-%_\\xyzİΣ\u00a0\U0010ffff", max_size=8)
PARTS = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(st.integers(0, len(name) - 1), st.integers(1, 40)).map(lambda cut: name[cut[0] : sum(cut)])
)
TYPED = st.lists(st.one_of(LETTERS, PARTS), min_size=1, max_size=3).map(" ".join)


def search_keys(words):
    with connection.cursor() as cursor:
        cursor.execute("select array(select danish_search_key(word) from unnest(%s::text[]) word)", [parted(words)])
        return [key.strip() for key in cursor.fetchone()[0]]


@pytest.fixture(scope="module")
def named(request, django_db_setup, django_db_blocker):
    """A school of all these names, made once for all tests here, and one beside it."""
    with django_db_blocker.unblock(), time_machine.travel(moment_of(request.node)), transaction.atomic():
        membership = MembershipFactory(school_staff=True)
        for name, student_type in zip(NAMES, itertools.cycle(["eud", "eux", "eud"]), strict=False):
            StudentFactory(name=name, school=membership.school, student_type=student_type)
            StudentFactory(name=name)
        yield membership
        transaction.set_rollback(True)


def everybody(membership, wanted, order):
    """All pages, forwards."""
    found, address = [], {}
    while address is not None:
        page = overview(membership, wanted, order).page(QueryDict(urlencode(address)))
        found += [line.student_id for line in page]
        address = page.next
    return found


@pytest.mark.django_db
def test_a_search_finds_exactly_the_names_that_hold_the_words(named, monkeypatch):
    monkeypatch.setattr(queries, "STUDENTS_PER_PAGE", 4)

    @hypothesis.seed(1)
    @hypothesis.settings(
        max_examples=40, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(words=TYPED, order=st.sampled_from(list(ORDERS)), eux_only=st.booleans())
    def check(words, order, eux_only):
        traits = queries.Q(student_type="eux") if eux_only else queries.Q()
        wanted = StudentFilter(traits=traits, words=words)
        held = [
            student
            for student, key in StudentListEntry.objects.visible_to(named)
            .filter(traits)
            .order_by(*ORDERS[order])
            .values_list("student_id", "search_key")
            # Of marks alone no key is left, and nobody is found.
            if all(part and part in key for part in search_keys(words))
        ]

        assert everybody(named, wanted, order) == held
        assert overview(named, wanted, order).hits == len(held)

    with named.with_row_policies():
        check()


def test_what_very_many_bear_is_counted_exactly(school):
    for number in range(60):
        school.student(f"Anna Nummer{number:02}", level="low" if number % 2 else "")

    first = school.page("?navn=anna")
    assert ">60 elever</h2>" in first
    assert 'id="count-low">30<' in first
    assert "<p>1–25 af 60</p>" in first
    assert len(set(itertools.chain(*school.pages("?navn=anna")))) == 60

    # A piece that few bear, a filter that leaves few, and a page that holds them all say how many.
    assert school.counts("?navn=anna+nummer4") == {"high": 0, "medium": 0, "low": 5, "none": 5, "irrelevant": 0}
    assert ">10 elever</h2>" in school.page("?navn=anna+nummer4")
    Student.objects.filter(name__endswith="7").update(student_type="eux")
    assert ">6 elever</h2>" in school.page("?navn=anna&elevtype=eux")


def test_search_follows_names(school):
    student = school.without_agreement("Anna Holm")
    Student.objects.filter(pk=student.pk).update(name="Åse Ny")

    assert school.found("?navn=holm") == []
    assert school.found("?navn=aas") == ["Åse Ny"]


def test_the_longest_name_has_its_place(school):
    """An index holds no key of more than a third of a page."""
    school.without_agreement("\U0001f9d1" * 200)

    assert len(school.found("?navn=" + "\U0001f9d1" * 3)) == 1
