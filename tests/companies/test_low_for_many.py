"""Many set to Lav at once: whom the page names, who gets an assessment of their own, and who is left out and why."""

from __future__ import annotations

import html
import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.models import Event
from risk.auditing import ASSESSMENT_RECORDED
from risk.models import Level, RiskAssessment
from risk.operations import record_assessment, record_low
from risk.queries import assessable_lines
from tests.companies.test_assessment_list import text
from tests.factories import AgreementFactory, MembershipFactory, WorkplaceFactory, days_from_today

pytestmark = pytest.mark.django_db
LIST, LOW = reverse("companies:assessment_list"), reverse("companies:low_for_many")


@pytest.fixture
def employee():
    return MembershipFactory(company_staff=True, user__name="Else Oplærer")


@pytest.fixture
def colleague(employee):
    return MembershipFactory(company_staff=True, company=employee.company, user__name="Kim Kollega")


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


def agreements_of(employee, *names, **details):
    return [AgreementFactory(company=employee.company, student__name=name, **details) for name in names]


def ask(client, agreements, **filters):
    return client.get(LOW, {"valgt": [each.public_id for each in agreements], **filters})


def fields(page):
    """What the page's form sends, and where to."""
    form = re.search(r'<form class="mt-5[^"]*" method="post" action="([^"]*)">(.*?)</form>', page.text, re.DOTALL)
    sent = {}
    for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form[2]):
        sent.setdefault(name, []).append(value)
    return html.unescape(form[1]), sent


def yes(client, page, **options):
    return client.post(*fields(page), **options)


def levels():
    found = RiskAssessment.objects.order_by("id").values_list("agreement__student__name", "level")
    return [f"{name}: {level}" for name, level in found]


def logged():
    return [set(students) for students in AccessLogEntry.objects.order_by("id").values_list("students", flat=True)]


def test_the_page_names_them_and_saves_nothing(client, employee):
    first, second, other = agreements_of(employee, "Anna", "Birk", "Cilla")

    page = ask(client, [first, second])

    assert "2 lærlinge får vurderingen Lav" in text(page)
    assert "Sæt 2 lærlinge til Lav" in text(page)
    assert "Anna" in page.text
    assert "Cilla" not in page.text
    assert levels() == []
    assert logged() == [{first.student_id, second.student_id}]
    assert other.student_id not in logged()[0]


def test_yes_gives_each_an_assessment_of_their_own(client, employee):
    agreements = agreements_of(employee, "Anna", "Birk")
    record_assessment(agreements[1], Level.LOW, by=employee)
    before = Event.objects.filter(action=ASSESSMENT_RECORDED).count()

    page = yes(client, ask(client, agreements), follow=True)

    assert page.redirect_chain == [(LIST, 302)]
    assert "2 lærlinge er vurderet til Lav." in text(page)
    assert levels() == ["Birk: low", "Anna: low", "Birk: low"]
    assert set(RiskAssessment.objects.values_list("recorded_by", flat=True)) == {employee.pk}
    assert Event.objects.filter(action=ASSESSMENT_RECORDED).count() == before + 2


def test_filters_and_the_tab_come_along(client, employee):
    page = ask(client, agreements_of(employee, "Anna"), vis="aldrig", navn="an")
    answer = yes(client, page)
    assert answer.url == f"{LIST}?vis=aldrig&navn=an"
    assert "I er færdige. Der er ikke flere på listen." in text(client.get(answer.url))


@pytest.mark.parametrize("level", [Level.HIGH, Level.MEDIUM])
def test_higher_levels_are_left_out_and_named(client, employee, level):
    high, other = agreements_of(employee, "Anna", "Birk")
    record_assessment(high, level, by=employee)

    page = ask(client, [high, other])

    assert "1 lærling bliver ikke ændret" in text(page)
    assert f"Anna: Har frafaldsrisiko {level.label}. Vurder eleven alene." in text(page)
    assert "1 lærling får vurderingen Lav" in text(page)
    yes(client, page)
    assert levels() == [f"Anna: {level}", "Birk: low"]


def test_where_all_have_a_higher_level_there_is_nothing_to_say_yes_to(client, employee):
    (high,) = agreements_of(employee, "Anna")
    record_assessment(high, Level.HIGH, by=employee)
    assert "<button" not in re.search(r"<main.*</main>", ask(client, [high]).text, re.DOTALL)[0]


def test_a_form_that_is_made_up_does_not_set_a_higher_level_to_low(client, employee):
    (high,) = agreements_of(employee, "Anna")
    made = record_assessment(high, Level.HIGH, by=employee)
    form = {"valgt": [str(high.public_id)], f"seen-{high.public_id}": [str(made.pk)]}

    page = client.post(LOW, form)

    assert page.status_code == 409
    assert "1 lærling er ikke ændret" in text(page)
    assert levels() == ["Anna: high"]


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        (Level.HIGH, "Har frafaldsrisiko Høj. Vurder eleven alene."),
        (Level.LOW, "Vurderingen er ændret, mens du havde siden åben."),
    ],
)
def test_what_a_colleague_did_meanwhile_stands_and_is_told(client, employee, colleague, level, reason):
    first, second = agreements_of(employee, "Anna", "Birk")
    page = ask(client, [first, second])
    record_assessment(first, level, by=colleague)

    answer = yes(client, page)

    assert answer.status_code == 409
    assert "1 lærling er vurderet til Lav." in text(answer)
    assert f"Anna: {reason}" in text(answer)
    assert "Birk" not in re.search(r"<main.*</main>", answer.text, re.DOTALL)[0]
    assert levels() == [f"Anna: {level}", "Birk: low"]
    assert logged()[-1] == {first.student_id}


def test_a_removal_meanwhile_stands(client, employee, colleague):
    (agreement,) = agreements_of(employee, "Anna")
    record_assessment(agreement, Level.LOW, by=employee)
    page = ask(client, [agreement])
    record_assessment(agreement, None, by=colleague)

    assert yes(client, page).status_code == 409
    assert levels() == ["Anna: low", "Anna: None"]


def test_a_double_click_saves_once_and_both_answers_say_so(client, employee):
    page = ask(client, agreements_of(employee, "Anna", "Birk"))
    answers = [yes(client, page, follow=True) for _click in range(2)]
    assert all("2 lærlinge er vurderet til Lav." in text(answer) for answer in answers)
    assert levels() == ["Anna: low", "Birk: low"]


def test_nobody_and_too_many_are_sent_back(client, employee):
    workplace = WorkplaceFactory(company=employee.company)
    many = agreements_of(employee, *(f"Elev {number:02}" for number in range(26)), workplace=workplace)
    for page, words in (
        (client.get(LOW), "Sæt mindst ét flueben"),
        (client.post(LOW), "Sæt mindst ét flueben"),
        (ask(client, many), "Vælg højst 25 lærlinge ad gangen."),
    ):
        assert page.status_code == 422
        assert words in text(page)
    assert ask(client, many[:25]).status_code == 200


def test_foreign_ones_are_not_there(client, employee):
    (own,) = agreements_of(employee, "Anna")
    foreign = AgreementFactory()
    for value in (foreign.public_id, uuid.uuid4(), "x", "\x00"):
        chosen = {"valgt": [str(own.public_id), str(value)]}
        assert client.get(LOW, chosen).status_code == client.post(LOW, chosen).status_code == 404
    assert levels() == []


def test_another_workplaces_are_not_there(logged_in, employee):
    place = WorkplaceFactory(company=employee.company)
    leader = MembershipFactory(company_staff=True, company=employee.company, workplace=place)
    assert ask(logged_in(leader), agreements_of(employee, "Anna")).status_code == 404


def test_who_was_signed_off_is_left_out(client, employee):
    (agreement,) = agreements_of(employee, "Anna")
    agreement.student.signed_off_on = days_from_today(-1)
    agreement.student.save()
    page = ask(client, [agreement])
    assert "Anna: Er meldt ud af skolen og kan ikke vurderes." in text(page)
    answer = client.post(LOW, {"valgt": [str(agreement.public_id)]})
    assert (answer.status_code, levels()) == (409, [])


def test_one_is_not_set_alone_where_another_cannot_be_asked_for(employee):
    """All or nothing: what fails takes everything back."""
    own, other = agreements_of(employee, "Anna"), [AgreementFactory()]
    lines = assessable_lines(employee, [own[0].public_id])
    foreign = lines[0]._replace(agreement_id=other[0].pk)
    with pytest.raises(PermissionDenied):
        record_low([(lines[0], 0), (foreign, 0)], by=employee)
    assert levels() == []


def test_boxes_are_there_for_whom_they_can_be_used(client, employee):
    high, low, never = agreements_of(employee, "Anna", "Birk", "Cilla")
    record_assessment(high, Level.HIGH, by=employee)
    record_assessment(low, Level.LOW, by=employee)
    page = client.get(LIST)
    boxes = re.findall(r'name="valgt" value="([^"]*)" id="[^"]*"( checked)?', page.text)
    assert boxes == [(str(low.public_id), ""), (str(never.public_id), "")]
    assert 'href="?valg=alle">Vælg alle på siden' in page.text

    page = client.get(f"{LIST}?valg=alle&vis=x")
    assert page.text.count(" checked>") == 2
    assert 'href="?">Fravælg alle' in page.text


def test_where_nobody_can_be_set_to_low_there_is_no_button(client, employee):
    (high,) = agreements_of(employee, "Anna")
    record_assessment(high, Level.HIGH, by=employee)
    assert "Sæt til Lav" not in client.get(LIST).text


def test_the_page_reads_the_same_however_many(client, employee):
    def statements(agreements):
        with CaptureQueriesContext(connection) as captured:
            assert ask(client, agreements).status_code == 200
        return len(captured)

    agreements = agreements_of(employee, *(f"Elev {number}" for number in range(10)))
    statements(agreements[:1])
    assert statements(agreements) == statements(agreements[:1])
