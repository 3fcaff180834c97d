"""English is for students and for those who are not logged in; it is whole, and everybody else's pages are Danish."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import purposes
from risk.models import Level
from risk.operations import record_assessment
from tests.factories import (
    AbsenceDayFactory,
    AbsenceNoticeFactory,
    AgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    days_from_today,
)
from tests.translations import MODULES, SHARED_WORDS, TEMPLATES, catalogue, compiled, files, texts_in

STUDENT_PAGES = [
    "mfa_index",
    "account_reauthenticate",
    "front_page",
    "students:own_page",
    "students:own_agreement",
    "students:own_school_periods",
    "students:own_absence",
    "students:own_access_log",
    "students:own_data",
    "students:own_viewers",
    "mail_settings",
    "accessibility",
    "cookies",
    "privacy",
    "retention",
    "account_change_password",
    "account_logout",
    "account_sessions",
    "choose_membership",
]
PUBLIC_PAGES = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "accessibility",
    "cookies",
    "privacy",
    "retention",
    "invitation",
]


@pytest.mark.parametrize("name", [*files(TEMPLATES), *files(MODULES)])
def test_every_text_a_student_can_meet_is_in_the_catalogue(name):
    translated = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue()}
    assert set(texts_in(settings.BASE_DIR / name)) <= translated


@pytest.mark.parametrize("name", SHARED_WORDS)
def test_the_words_that_students_share_with_others_are_in_the_catalogue(name):
    written = set(texts_in(settings.BASE_DIR / name))
    shared = set(SHARED_WORDS[name] or written)

    assert shared <= written
    assert all(text in catalogue() for text in shared)


def test_nothing_in_the_catalogue_is_left_blank_or_uncertain():
    for message in catalogue():
        texts = message.string if not isinstance(message.string, str) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy, message.id


def test_translations_keep_the_places_that_are_filled_in():
    def places(text):
        return sorted(re.findall(r"%\(\w+\)[sd]", text))

    for message in catalogue():
        ids = message.id if not isinstance(message.id, str) else (message.id,)
        strings = message.string if not isinstance(message.string, str) else (message.string,)
        if message.id:
            assert [places(text) for text in ids] == [places(text) for text in strings]


def test_the_compiled_catalogue_is_the_written_one():
    """After a change: uv run pybabel compile -D django -d laereplads/locale."""

    def texts(of):
        return {tuple(message.id): tuple(message.string) for message in of if message.id}

    assert texts(compiled()) == texts(catalogue())


@pytest.fixture
def student(db):
    """A student with everything the pages can show."""
    membership = MembershipFactory(of_student=True)
    membership.user.set_password("noget hemmeligt")
    membership.user.save()
    agreement = AgreementFactory(student=membership.student)
    AgreementFactory(student=membership.student, starts_on=days_from_today(-600), ends_on=days_from_today(-300))
    AgreementFactory(student=membership.student, starts_on=days_from_today(500), ends_on=days_from_today(600))
    staff = MembershipFactory(company_staff=True, company=agreement.company)
    for level in (Level.HIGH, None, Level.LOW):
        record_assessment(agreement, level, by=staff)
    for purpose in purposes().values():
        log_access(staff, purpose, [membership.student_id])
    told = {"starts_on": days_from_today(-90), "ends_on": days_from_today(-40), "name": "X1"}
    over = SchoolPeriodFactory(student=membership.student, **told)
    for sequence in (1, 2):
        AbsenceNoticeFactory(period=over, agreement=agreement, sequence=sequence, told_lawful=sequence)
    running = SchoolPeriodFactory(student=membership.student, name="X2")
    for days in (14, 8, 7, 6, 1, 0):
        AbsenceDayFactory(period=running, day=days_from_today(-days), lawful=75, unlawful=60)
    for cancelled in (None, days_from_today(-1)):
        SchoolPeriodFactory(
            student=membership.student,
            starts_on=days_from_today(50),
            ends_on=days_from_today(60),
            cancelled_on=cancelled,
            name="X3",
        )
    return membership


def in_english(client):
    client.post(reverse("choose_language"), {"language": "en"})
    return client


def words_of(response):
    body = response.content.decode()
    in_danish = re.compile(r'<(\w+)[^>]* lang="da"[^>]*>.*?</\1>', re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", in_danish.sub(" ", body)))


def danish_left_in(words):
    """Danish texts of the catalogue that stand in `words` whole."""
    left = []
    for message in catalogue():
        for text in message.id if not isinstance(message.id, str) else (message.id,):
            plain = re.sub(r"\s+", " ", text)
            pattern = re.sub(r"%\\\(\w+\\\)s", ".{1,80}", re.sub(r"%\\\(\w+\\\)d", r"\\d+", re.escape(plain)))
            if text and text not in {message.string, "E-mail"} and re.search(rf"\b{pattern}(?!\w)", words):
                left.append(text)
    return left


@pytest.mark.parametrize("name", STUDENT_PAGES)
def test_a_students_page_holds_no_danish(logged_in, student, name):
    response = in_english(logged_in(student)).get(reverse(name))

    assert response.status_code == 200
    assert '<html lang="en">' in response.content.decode()
    assert response.headers["Content-Language"] == "en"
    assert danish_left_in(words_of(response)) == []
    assert (
        re.search(
            r"[æøåÆØÅ]", words_of(response).replace(settings.PORTAL_NAME, "").replace(settings.AUTHORITY_NAME, "")
        )
        is None
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_a_page_before_login_holds_no_danish(name):
    response = in_english(Client()).get(reverse(name))
    with_errors = in_english(Client()).post(reverse("account_login"), {"login": "x"})

    for answer in (response, with_errors):
        main = words_of(answer).partition("Choose a test person")[0].partition("Vælg en testperson")[0]
        assert '<html lang="en">' in answer.content.decode()
        assert danish_left_in(main) == []


@pytest.mark.today("2026-03-02")
def test_dates_are_written_the_way_of_the_language(logged_in, student):
    client = logged_in(student)

    assert "Registreret 2. marts 2026 af" in client.get(reverse("students:own_agreement")).content.decode()
    in_english(client)
    assert "Registered on 2 March 2026 by" in client.get(reverse("students:own_agreement")).content.decode()


@pytest.mark.today("2026-03-02")
def test_danish_that_is_left_would_be_found():
    assert danish_left_in("Registreret 2. marts 2026 af Kirsten, Testkøbing Log af") != []
    assert danish_left_in("Registered on 2 March 2026 Log out") == []


def test_danish_without_a_choice_whatever_the_browser_asks_for(logged_in, student):
    response = logged_in(student).get("/", headers={"Accept-Language": "en"})

    assert '<html lang="da">' in response.content.decode()
    assert response.headers["Content-Language"] == "da"


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "administrator"])
def test_the_other_roles_stay_danish(logged_in, role):
    client = in_english(logged_in(MembershipFactory(**{role: True})))

    page = client.get(reverse("front_page")).content.decode()

    assert '<html lang="da">' in page
    assert ">English<" not in page


def test_the_choice_leads_back_to_the_page(logged_in, student):
    page = reverse("students:own_absence")
    client = logged_in(student)

    response = client.post(reverse("choose_language"), {"language": "en", "next": page})

    assert response.headers["Location"] == page
    assert "Absence" in words_of(client.get(page))


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_choice_never_leads_off_the_site(elsewhere):
    response = Client().post(reverse("choose_language"), {"language": "en", "next": elsewhere})
    assert response.headers["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "", "en\r\nSet-Cookie: a=b"])
def test_only_known_languages_are_remembered(language):
    assert Client().post(reverse("choose_language"), {"language": language}).cookies == {}


@pytest.mark.django_db
def test_a_forged_cookie_is_no_language():
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    assert '<html lang="da">' in client.get(reverse("account_login")).content.decode()
