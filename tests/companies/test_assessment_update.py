"""The window Rediger: what it shows, saves and refuses, as a page of its own and as a part of the list."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from laereplads.people.operations import merge_companies
from risk.models import CurrentRisk, Level, RiskAssessment
from risk.operations import record_assessment
from tests.factories import AgreementFactory, MembershipFactory, StudentFactory, WorkplaceFactory

LIST = reverse("companies:assessment_list")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def employee(db):
    return MembershipFactory(company_staff=True, user__name="Else Oplærer")


@pytest.fixture
def colleague(employee):
    return MembershipFactory(company_staff=True, company=employee.company, user__name="Kim Kollega")


@pytest.fixture
def client(logged_in, employee):
    return logged_in(employee)


def agreement_of(employee, name="Testelev 3", **details):
    return AgreementFactory(company=employee.company, student__name=name, **details)


def window_of(agreement, query=""):
    return reverse("companies:assessment_update", args=[agreement.public_id]) + query


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def events(response):
    return json.loads(response.headers["HX-Trigger"])


def levels_of(agreement):
    return list(agreement.assessments.order_by("id").values_list("level", flat=True))


def test_a_company_that_took_the_agreement_over_can_remove_what_another_recorded(logged_in):
    agreement = AgreementFactory()
    before = MembershipFactory(company_staff=True, company=agreement.company)
    record_assessment(agreement, Level.HIGH, by=before)
    now = MembershipFactory(company_staff=True)
    merge_companies(agreement.company, now.company, on=timezone.localdate())
    client = logged_in(now)
    address = reverse("companies:assessment_update", args=[agreement.public_id])

    page = client.get(address)
    assert before.user.name in page.text
    client.post(address, {"level": "none", "seen": page.context["seen"]})

    assert not CurrentRisk.objects.exists()


def test_the_page_and_the_window_have_the_guides_title_and_choices(client, employee):
    agreement = agreement_of(employee)

    for headers, heading in (({}, "h1"), (HTMX, "h2")):
        response = client.get(window_of(agreement), headers=headers)
        assert re.search(
            rf"<{heading}[^>]*>Aktuel frafaldsrisiko for Testelev 3</{heading}>", response.content.decode()
        )
        assert "Høj Middel Lav Ikke angivet" in text(response)
        assert ("<html" in response.content.decode()) == (not headers)


def test_the_current_level_is_chosen_beforehand_and_otherwise_none(client, employee):
    agreement = agreement_of(employee)
    assert " checked" not in client.get(window_of(agreement)).content.decode()

    record_assessment(agreement, Level.MEDIUM, by=employee)

    assert re.search(r'value="medium"[^>]* checked', client.get(window_of(agreement)).content.decode())


def test_without_javascript_saving_leads_back_to_the_row_with_the_filters_and_a_message(client, employee):
    agreement = agreement_of(employee)

    response = client.post(window_of(agreement, "?navn=test&niveau=none"), {"level": "low", "seen": "0"}, follow=True)

    back = f"{LIST}?navn=test&niveau=none#agreement-{agreement.public_id}"
    assert response.redirect_chain == [(back, 302)]
    assert "Vurderingen er gemt." in text(response)
    assert levels_of(agreement) == ["low"]


def test_the_way_back_leads_to_the_page_on_which_the_row_stands(client, employee):
    workplace = WorkplaceFactory(company=employee.company)
    for number in range(30):
        agreement_of(employee, f"Testelev {number:02}", workplace=workplace)
    last = agreement_of(employee, "Åse", workplace=workplace)

    response = client.post(window_of(last), {"level": "low", "seen": "0"})

    assert re.fullmatch(rf"{LIST}\?efter=[0-9a-f-]{{36}}&nr=25#agreement-{last.public_id}", response.url)
    assert "26–31 af 31" in text(client.get(response.url.split("#")[0]))


@pytest.mark.parametrize(
    "query", ["?next=https://elsewhere.example/", "?navn=%00&niveau=x&sortering=//elsewhere.example"]
)
def test_the_way_back_never_leaves_the_list(client, employee, query):
    agreement = agreement_of(employee)

    response = client.post(window_of(agreement, query), {"level": "low", "seen": "0"})

    assert response.url == f"{LIST}#agreement-{agreement.public_id}"


@pytest.mark.today("2026-03-02")
def test_htmx_gets_the_row_and_the_count_and_words_for_the_screen_reader(client, employee):
    agreement = agreement_of(employee)

    response = client.post(window_of(agreement), {"level": "low", "seen": "0"}, headers=HTMX)

    assert response.status_code == 200
    assert events(response) == {"portal:saved": {"words": "Gemt: Testelev 3, frafaldsrisiko Lav."}}
    assert f'hx-target="#agreement-{agreement.public_id}"' in response.content.decode()
    assert "Lav 2. marts 2026 Else Oplærer" in text(response)
    assert "1 af 1 lærling har en vurdering" in text(response)


def test_not_stated_removes_the_registration(client, employee):
    agreement = agreement_of(employee)
    seen = record_assessment(agreement, Level.HIGH, by=employee)

    response = client.post(window_of(agreement), {"level": "none", "seen": seen.pk}, headers=HTMX)

    assert events(response) == {"portal:saved": {"words": "Vurderingen af Testelev 3 er fjernet."}}
    assert "Ikke registreret Foreslået:" in text(response)
    assert levels_of(agreement) == ["high", None]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("level", [None, "", "unknown", "HIGH", "\x00"])
def test_without_a_usable_choice_nothing_is_saved(client, employee, headers, level):
    agreement = agreement_of(employee)

    response = client.post(
        window_of(agreement), {"seen": "0"} | ({} if level is None else {"level": level}), headers=headers
    )

    assert response.status_code == 422
    assert text(response).count("Vælg en frafaldsrisiko.") == 2
    assert 'href="#id_level_0"' in response.content.decode()
    assert levels_of(agreement) == []


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_what_a_colleague_saved_meanwhile_is_shown_and_not_overwritten(client, employee, colleague, headers):
    agreement = agreement_of(employee)
    latest = record_assessment(agreement, Level.HIGH, by=colleague)

    response = client.post(window_of(agreement), {"level": "low", "seen": "0"}, headers=headers)

    assert response.status_code == 409
    assert "Kim Kollega registrerede Høj den 2. marts 2026" in text(response)
    assert re.search(r'value="low"[^>]* checked', response.content.decode())
    assert levels_of(agreement) == ["high"]
    again = client.post(window_of(agreement), {"level": "low", "seen": response.context["seen"]}, headers=headers)
    assert again.status_code in {200, 302}
    assert response.context["seen"] == latest.pk
    assert levels_of(agreement) == ["high", "low"]


@pytest.mark.parametrize("seen", ["", "abc", "-1", "9" * 19, "٣", None])
def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(client, employee, colleague, seen):
    agreement = agreement_of(employee)
    record_assessment(agreement, Level.HIGH, by=colleague)

    response = client.post(window_of(agreement), {"level": "low"} | ({} if seen is None else {"seen": seen}))

    assert response.status_code == 409
    assert levels_of(agreement) == ["high"]


@pytest.mark.parametrize("field", [{"seen": "9" * 5000}, {"next": "abc"}, {"next": "\x00"}])
def test_a_form_that_was_tampered_with_is_refused(client, employee, field):
    agreement = agreement_of(employee)

    assert client.post(window_of(agreement), {"level": "low", "seen": "0"} | field).status_code == 422
    assert levels_of(agreement) == []


def test_a_double_click_saves_once(client, employee):
    agreement = agreement_of(employee)

    for _click in range(2):
        assert client.post(window_of(agreement), {"level": "low", "seen": "0"}).status_code == 302

    assert levels_of(agreement) == ["low"]


def test_more_fields_change_nothing_more(client, employee, colleague):
    agreement = agreement_of(employee)

    client.post(
        window_of(agreement),
        {"level": "low", "seen": "0", "recorded_by": colleague.pk, "recorded_at": "2020-01-01", "agreement": "1"},
    )

    saved = RiskAssessment.objects.get()
    assert (saved.recorded_by, saved.recorded_on) == (employee, timezone.localdate())


def test_save_and_next_opens_the_next_of_the_list_in_its_order(client, employee):
    for name, days_ago in (("Anna", 3), ("Bo", 9), ("Carl", 6)):
        record_assessment(
            agreement_of(employee, name),
            Level.LOW,
            by=employee,
            at=timezone.now() - datetime.timedelta(days=days_ago),
        )
    never = agreement_of(employee, "Dorte")
    visited, window = [], never
    while window:
        response = client.get(window_of(window, "?sortering=oldest"), headers=HTMX)
        visited.append(response.context["line"].name)
        window = response.context["following"]

    assert visited == ["Dorte", "Bo", "Carl", "Anna"]


def test_save_and_next_goes_on_as_the_window_said_though_saving_moved_the_student(client, employee):
    first, second, third = (agreement_of(employee, name) for name in ("Anna", "Bo", "Carl"))
    query = "?sortering=oldest&niveau=none"

    response = client.post(
        window_of(first, query), {"level": "low", "seen": "0", "next": second.public_id}, headers=HTMX
    )

    assert events(response) == {"portal:announce": {"words": "Gemt: Anna, frafaldsrisiko Lav. Nu: Bo."}}
    assert "Aktuel frafaldsrisiko for Bo" in text(response)
    assert "Næste på listen: Carl" in text(response)
    assert f'action="{window_of(second)}?niveau=none&amp;sortering=oldest"' in response.content.decode()
    assert "Gem og næste" not in text(client.get(window_of(third, query), headers=HTMX))


def test_save_and_next_opens_the_last_of_the_list_too(client, employee):
    first, last = (agreement_of(employee, name) for name in ("Anna", "Bo"))

    response = client.post(window_of(first), {"level": "low", "seen": "0", "next": last.public_id}, headers=HTMX)

    assert "Aktuel frafaldsrisiko for Bo" in text(response)
    assert "Dette er den sidste på listen." in text(response)


def test_save_and_next_without_javascript(client, employee):
    first, second = (agreement_of(employee, name) for name in ("Anna", "Bo"))

    response = client.post(
        window_of(first, "?navn=n"), {"level": "low", "seen": "0", "next": second.public_id}, follow=True
    )

    assert response.redirect_chain == [(window_of(second, "?navn=n"), 302)]
    assert "Vurderingen af den forrige er gemt. Her er den næste." in text(response)
    assert "Dette er den sidste på listen." in text(response)


def test_save_and_next_never_opens_somebody_elses_student(client, employee):
    own, foreign = agreement_of(employee), AgreementFactory(student__name="Fremmed")

    response = client.post(window_of(own), {"level": "low", "seen": "0", "next": foreign.public_id}, headers=HTMX)

    assert "Fremmed" not in text(response)
    assert "portal:saved" in events(response)
    assert levels_of(own) == ["low"]


@pytest.mark.today("2026-03-02")
def test_earlier_assessments_are_listed_newest_first(client, employee, colleague):
    agreement = agreement_of(employee)
    for level, by, days_ago in (
        (Level.HIGH, colleague, 90),
        (None, employee, 60),
        (Level.MEDIUM, colleague, 30),
        (Level.LOW, employee, 1),
    ):
        record_assessment(agreement, level, by=by, at=timezone.now() - datetime.timedelta(days=days_ago))

    page = text(client.get(window_of(agreement)))

    assert "Seneste vurdering: Lav 1. marts 2026, Else Oplærer" in page
    assert (
        "Tidligere vurderinger (2) Middel 31. januar 2026, Kim Kollega "
        "Vurderingen blev fjernet 1. januar 2026, Else Oplærer" in page
    )
    assert "december 2025" not in page


def test_a_removed_assessment_leaves_not_registered_and_its_history(client, employee):
    agreement = agreement_of(employee)
    record_assessment(agreement, Level.HIGH, by=employee)
    record_assessment(agreement, None, by=employee)

    page = text(client.get(window_of(agreement)))

    assert "Seneste vurdering: Ikke registreret" in page
    assert "Tidligere vurderinger (1) Vurderingen blev fjernet" in page


def statements(client, address):
    """How many statements a reading takes; the savepoints around it are the tests' own."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_the_window_takes_the_same_statements_however_much_history_and_however_long_the_list(client, employee):
    agreement = agreement_of(employee)
    record_assessment(agreement, Level.LOW, by=employee)
    one = statements(client, window_of(agreement, "?niveau=low"))
    for number in range(50):
        record_assessment(agreement, [Level.HIGH, Level.LOW][number % 2], by=employee)
        agreement_of(employee, f"Testelev {number}")

    # The last of them logs the reading.
    assert statements(client, window_of(agreement, "?niveau=low")) == one <= 10


@pytest.mark.parametrize(
    ("before", "level", "number"),
    [
        (Level.LOW, "high", 11),
        # Few have an assessment: who they are, and the reading of them.
        (None, "high", 13),
        # What is removed is looked at.
        (Level.LOW, "none", 14),
    ],
)
def test_saving_takes_few_statements_and_progress_is_counted_where_it_moves(client, employee, before, level, number):
    """Who asks, as whom, the line, the lock, what is known, the assessment, and the reading.

    And what is due next, and how many are, with the few of whom these numbers tell, and the reading of them.
    """
    agreement, other, *_others = [agreement_of(employee, f"Testelev {number}") for number in range(6)]
    opened = {"assessed": "ja"} if before else {}
    for each, given in ((agreement, before), (other, Level.LOW)):
        if given:
            record_assessment(each, given, by=employee)
    seen = max((each.pk for each in agreement.assessments.all()), default=0)
    with CaptureQueriesContext(connection) as captured:
        response = client.post(window_of(agreement), {"level": level, "seen": seen, **opened}, headers=HTMX)

    assert agreement.assessments.count() == (2 if before else 1)
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) == number
    assert (f"{1 + (level != 'none')} af 6 lærlinge har en vurdering" in text(response)) == (number > 11)


@pytest.mark.parametrize(("level", "assessed"), [("low", None), ("none", "ja")])
def test_progress_is_told_anew_where_the_answer_was_lost_and_the_form_comes_again(client, employee, level, assessed):
    agreement = agreement_of(employee)
    if assessed:
        record_assessment(agreement, Level.LOW, by=employee)
    page = client.get(window_of(agreement))
    sent = {"level": level, "seen": page.context["seen"]} | ({"assessed": assessed} if assessed else {})
    assert ('name="assessed" value="ja"' in page.content.decode()) == bool(assessed)

    for _again in range(2):
        assert f"{int(level == 'low')} af 1 lærling" in text(client.post(window_of(agreement), sent, headers=HTMX))


def test_progress_is_told_anew_where_a_colleague_was_first(client, employee, colleague):
    agreement = agreement_of(employee)
    record_assessment(agreement, Level.HIGH, by=colleague)
    refused = client.post(window_of(agreement), {"level": "low", "seen": "0"}, headers=HTMX)
    again = {"level": "low", "seen": refused.context["seen"]}

    assert 'name="assessed"' not in refused.content.decode()
    assert "1 af 1 lærling" in text(client.post(window_of(agreement), again, headers=HTMX))


def test_who_may_open_and_save(client, employee):
    other_education = AgreementFactory(company=employee.company, student=StudentFactory(education__other=True))
    hidden = [
        AgreementFactory(),
        agreement_of(employee, "Forlængst", ended_long_ago=True),
        agreement_of(employee, "Kommende", not_begun=True),
        other_education,
    ]

    for agreement in hidden:
        assert client.get(window_of(agreement)).status_code == 404
        assert client.post(window_of(agreement), {"level": "low", "seen": "0"}).status_code == 404
    lately = agreement_of(employee, "Nylig", ended_lately=True)
    assert client.get(window_of(lately)).status_code == 200
    assert client.post(window_of(lately), {"level": "low", "seen": "0"}).status_code == 302
    assert RiskAssessment.objects.get().agreement == lately


@pytest.mark.parametrize("role", ["school", "student", "administrator"])
def test_other_roles_are_refused(logged_in, employee, role):
    agreement = agreement_of(employee)
    membership = {
        "school": lambda: MembershipFactory(school_staff=True, school=agreement.school),
        "student": lambda: MembershipFactory(of_student=True, student=agreement.student),
        "administrator": lambda: MembershipFactory(administrator=True),
    }[role]()
    client = logged_in(membership)

    assert client.get(window_of(agreement)).status_code == 403
    assert client.post(window_of(agreement), {"level": "low", "seen": "0"}).status_code == 403
    assert not RiskAssessment.objects.exists()
