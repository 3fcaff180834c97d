"""Every form sent twice leaves what it leaves when it is sent once: a double click, a resend, a network that retries.

A new page that takes forms fails `test_every_page_that_takes_forms_is_tried` until it has an entry here.
"""

from __future__ import annotations

import functools
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from laereplads.access.models import ProcessedForm
from laereplads.accounts.models import Session
from laereplads.accounts.operations import password_path
from laereplads.delegation.operations import invite_student
from laereplads.notifications.models import RefusedAddress
from schools.models import StudentGroupMember
from tests.conventions.test_permission_matrix import ELSEWHERE, FORBIDDEN, HIDDEN, LOGIN, NOT_ALLOWED, PAGES
from tests.delegation.test_import_users import SAMPLE as USERS_FILE
from tests.factories import (
    AccessRequestFactory,
    AgreementFactory,
    CompanyFactory,
    EducationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    RejectionReasonFactory,
    SavedFilterFactory,
    SchoolFactory,
    StudentFactory,
    StudentGroupFactory,
    UserFactory,
    WorkplaceFactory,
)
from tests.imports.organisations import company, file_of
from tests.imports.rosters import roster, row, sample_world
from tests.sessions import session_of

# Who is logged in is no record of what was done, and the third is how the portal knows.
NOT_COMPARED = {Session, ProcessedForm}
PASSWORD, NEW_PASSWORD = "et langt gammelt kodeord", "et langt nyt kodeord"


def everything():
    """All rows of all tables."""
    models = [model for model in apps.get_models() if model not in NOT_COMPARED and model._meta.managed]
    return {model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models}


def as_browser(client):
    """The same session in a client that needs the page's token, as a browser does."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    return browser


def staff():
    return as_browser(session_of(MembershipFactory(company_staff=True)))


def company_with_agreement():
    membership = MembershipFactory(company_staff=True)
    return as_browser(session_of(membership)), AgreementFactory(company=membership.company)


def school_with_student():
    membership = MembershipFactory(school_staff=True)
    return as_browser(session_of(membership)), StudentFactory(school=membership.school)


def with_password():
    membership = MembershipFactory(company_staff=True, user=UserFactory(password=PASSWORD))
    return as_browser(session_of(membership))


def assess():
    client, agreement = company_with_agreement()
    address = reverse("companies:assessment_update", args=[agreement.public_id])
    return client, address, address, {"level": "high", "seen": "0"}


def set_to_low():
    client, agreement = company_with_agreement()
    address = reverse("companies:low_for_many")
    form = {"valgt": str(agreement.public_id), f"seen-{agreement.public_id}": "0"}
    return client, f"{address}?valgt={agreement.public_id}", address, form


def pause():
    client, agreement = company_with_agreement()
    page = reverse("companies:assessment_update", args=[agreement.public_id])
    address = reverse("companies:assessment_pause", args=[agreement.public_id])
    return client, page, address, {"until": "31.03.2026"}


def follow():
    client, student = school_with_student()
    page = reverse("schools:student_detail", args=[student.public_id])
    return client, page, reverse("schools:student_follow", args=[student.public_id]), {"foelg": "ja"}


def make_a_group():
    client, _student = school_with_student()
    address = reverse("schools:group_list")
    return client, address, address, {"name": "Studietur"}


def school_with_group():
    client, student = school_with_student()
    group = StudentGroupFactory(school=student.school)
    # So many that no answer tells of one of them.
    for each in [student, *StudentFactory.create_batch(5, school=student.school)]:
        StudentGroupMember.objects.create(group=group, student=each)
    return client, StudentFactory.create_batch(6, school=student.school)[0], group


def put_all_into_a_group():
    client, _student, group = school_with_group()
    address = reverse("schools:group_add")
    return client, address, address, {"group": str(group.public_id), "antal": "12"}


def rename_a_group():
    client, _student, group = school_with_group()
    address = reverse("schools:group_update", args=[group.public_id])
    return client, address, address, {"name": "Elevråd"}


def delete_a_group():
    client, _student, group = school_with_group()
    address = reverse("schools:group_delete", args=[group.public_id])
    return client, address, address, {}


def take_all_out_of_a_group():
    client, _student, group = school_with_group()
    address = reverse("schools:group_remove", args=[group.public_id])
    return client, address, address, {"antal": "6"}


def put_one_into_a_group():
    client, student, group = school_with_group()
    page = reverse("schools:student_detail", args=[student.public_id], query={"fane": "profil"})
    return client, page, reverse("schools:student_groups", args=[student.public_id]), {"gruppe": str(group.public_id)}


def save_a_filter():
    client, _student = school_with_student()
    address = reverse("schools:saved_filter_create", query={"niveau": "high"})
    return client, address, address, {"name": "Høj", "tells_of_new": "on"}


def school_with_filter():
    saved = SavedFilterFactory()
    return (
        as_browser(session_of(saved.membership)),
        reverse("schools:saved_filter_update", args=[saved.public_id]),
        saved,
    )


def change_a_filter():
    client, address, _saved = school_with_filter()
    return client, address, address, {"name": "Et andet navn"}


def delete_a_filter():
    client, page, saved = school_with_filter()
    return client, page, reverse("schools:saved_filter_delete", args=[saved.public_id]), {}


def reject():
    EducationFactory(), RejectionReasonFactory()
    address = reverse("companies:rejection_create")
    form = {
        "education": "ssa",
        "applicant_name": "Kim Prøve",
        "applicant_contact": "20000000",
        "primary_reason": "ingen_pladser",
    }
    return staff(), address, address, {**form, "given_on": "2026-03-02", "form_token": str(uuid.uuid4())}


def choose():
    membership = MembershipFactory(company_staff=True)
    other = MembershipFactory(company_staff=True, user=membership.user)
    address = reverse("choose_membership")
    return as_browser(session_of(membership)), address, address, {"membership": str(other.public_id)}


def speak_english():
    return Client(enforce_csrf_checks=True), reverse("account_login"), reverse("choose_language"), {"language": "en"}


def log_in():
    user = UserFactory(password=PASSWORD)
    address = reverse("account_login")
    return Client(enforce_csrf_checks=True), address, address, {"login": user.email, "password": PASSWORD}


def log_out():
    return staff(), reverse("account_logout"), reverse("account_logout"), {}


def log_out_elsewhere():
    membership = MembershipFactory(company_staff=True)
    session_of(membership)
    address = reverse("account_sessions")
    return as_browser(session_of(membership)), address, address, {}


def stay_logged_in():
    return staff(), reverse("front_page"), reverse("account_time_left"), {}


def change_password():
    address = reverse("account_change_password")
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return with_password(), address, address, form


def confirm_who_one_is():
    address = reverse("account_reauthenticate")
    return with_password(), address, address, {"password": PASSWORD}


def ask_for_a_new_password():
    address = reverse("account_reset_password")
    return Client(enforce_csrf_checks=True), address, address, {"email": UserFactory(password=PASSWORD).email}


def choose_a_new_password():
    client = Client(enforce_csrf_checks=True)
    address = client.get(password_path(UserFactory(password=PASSWORD)), follow=True).redirect_chain[-1][0]
    return client, address, address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


def log_in_as_a_persona():
    return Client(enforce_csrf_checks=True), reverse("account_login"), reverse("demo:log_in_as"), {"persona": "ingen"}


def run_what_is_due():
    return Client(enforce_csrf_checks=True), reverse("demo:mail_list"), reverse("demo:run_jobs"), {}


def of_user_administrator():
    own = MembershipFactory(company_staff=True, is_user_administrator=True)
    return own, as_browser(session_of(own))


def invite_somebody():
    _own, client = of_user_administrator()
    address = reverse("user_invite")
    return client, address, address, {"people": "Ny; ny@test.example", "yes": "1"}


def answer_a_request():
    own, client = of_user_administrator()
    address = reverse("request_detail", args=[AccessRequestFactory(company=own.company).public_id])
    return client, address, address, {"yes": "1"}


def type_a_code():
    student = StudentFactory()
    by = MembershipFactory(school_staff=True, school=student.school, is_user_administrator=True)
    address = reverse("invitation")
    return as_browser(Client()), address, address, {"code": invite_student(student, by=by)[1]}


def send_mails_again():
    own = MembershipFactory(company_staff=True)
    RefusedAddress.objects.create(user=own.user, address=own.user.email)
    address = reverse("mail_settings")
    return as_browser(session_of(own)), address, address, {"turn_on": "1"}


def ask_for_messages_of_absence():
    own, page = MembershipFactory(company_staff=True), reverse("companies:absence_list")
    form = {"shown": "absence_daily", "absence_daily": "on"}
    return as_browser(session_of(own)), page, reverse("companies:absence_mails"), form


def send_school_periods():
    student = StudentFactory()
    own = MembershipFactory(school_staff=True, school=student.school, is_absence_officer=True)
    headings = "institutionsnummer;elevnummer;skoleophold;navn;type;hold;start;slut;aflyst"
    row = f"{student.school.institution_number};{student.student_number};P1;1A;GF1;;01-02-2026;01-05-2026;"
    file = SimpleUploadedFile("skoleophold.csv", f"{headings}\n{row}\n".encode())
    address = reverse("schools:import_upload")
    return as_browser(session_of(own)), address, address, {"file": file}


def pair_of(*, school):
    """Somebody of a school or a company, the other party's number, and a local agreement or none."""
    agreement = AgreementFactory()
    if school:
        own = MembershipFactory(school_staff=True, school=agreement.student.school)
        return own, agreement, agreement.company.cvr
    own = MembershipFactory(company_staff=True, company=agreement.company)
    return own, agreement, agreement.student.school.institution_number


def propose_a_local_agreement(*, school):
    own, _agreement, number = pair_of(school=school)
    rules = {"timing": "middle", "weeks": "", "grace_days": "14", "shortest_days": "28", "assessor": "trainer"}
    told = {"student_told": "talk_before", "student_told_by": "trainer", "change_told": "same"}
    to_school = {"school_told": "high_now", "passed_on_to": "mentor", "follow_up_within": "5"}
    address = reverse(f"{'schools' if school else 'companies'}:local_agreement_propose", args=[number])
    form = {"education": "alle", "valid_from": f"{timezone.localdate():%d.%m.%Y}", **rules, **told, **to_school}
    return as_browser(session_of(own)), address, address, form


def say_yes_to_a_local_agreement(*, school):
    own, agreement, number = pair_of(school=school)
    pair = {"school": agreement.student.school, "company": agreement.company, "awaiting": True}
    if school:
        pair["proposed_by"] = MembershipFactory(company_staff=True, company=agreement.company)
    proposal = LocalAgreementFactory(**pair)
    app = "schools" if school else "companies"
    form = {"forslag": str(proposal.public_id), "svar": "ja"}
    page = reverse(f"{app}:local_agreement_detail", args=[number])
    return as_browser(session_of(own)), page, reverse(f"{app}:local_agreement_answer", args=[number]), form


def end_a_local_agreement(*, school):
    own, agreement, _number = pair_of(school=school)
    made = LocalAgreementFactory(school=agreement.student.school, company=agreement.company)
    address = reverse(f"{'schools' if school else 'companies'}:local_agreement_end", args=[made.public_id])
    return as_browser(session_of(own)), address, address, {"last_day": f"{timezone.localdate():%d.%m.%Y}"}


LOCAL_AGREEMENTS = {
    f"{app}:local_agreement_{page}": functools.partial(send, school=app == "schools")
    for app in ("companies", "schools")
    for page, send in (
        ("propose", propose_a_local_agreement),
        ("answer", say_yes_to_a_local_agreement),
        ("end", end_a_local_agreement),
    )
}

# Page → what sends its form: (browser, page that holds it, address, fields); what it leaves must not be nothing unless
# it stands in LEAVES_NO_ROW.
FORMS = {
    "companies:assessment_update": assess,
    "companies:low_for_many": set_to_low,
    "companies:assessment_pause": pause,
    "schools:student_follow": follow,
    "schools:group_list": make_a_group,
    "schools:group_add": put_all_into_a_group,
    "schools:group_update": rename_a_group,
    "schools:group_delete": delete_a_group,
    "schools:group_remove": take_all_out_of_a_group,
    "schools:student_groups": put_one_into_a_group,
    "schools:saved_filter_create": save_a_filter,
    "schools:saved_filter_update": change_a_filter,
    "schools:saved_filter_delete": delete_a_filter,
    "companies:rejection_create": reject,
    "choose_membership": choose,
    "choose_language": speak_english,
    "account_login": log_in,
    "account_logout": log_out,
    "account_sessions": log_out_elsewhere,
    "account_time_left": stay_logged_in,
    "account_change_password": change_password,
    "account_reauthenticate": confirm_who_one_is,
    "account_reset_password": ask_for_a_new_password,
    "account_reset_password_from_key": choose_a_new_password,
    "user_invite": invite_somebody,
    "request_detail": answer_a_request,
    "invitation": type_a_code,
    "mail_settings": send_mails_again,
    "schools:import_upload": send_school_periods,
    "companies:absence_mails": ask_for_messages_of_absence,
    "demo:log_in_as": log_in_as_a_persona,
    "demo:run_jobs": run_what_is_due,
    **LOCAL_AGREEMENTS,
}
LEAVES_NO_ROW = {
    "invitation",
    "choose_membership",
    "choose_language",
    "account_logout",
    "account_sessions",
    "account_reset_password",
    "account_reauthenticate",
    "account_time_left",
    "demo:log_in_as",
}


def user():
    return {"name": "Ny Bruger", "email": "ny@test.example", "send_link": "on"}


def membership():
    company = CompanyFactory()
    period = {"starts_on": "2026-03-01", "ends_on": "2026-04-01"}
    return {"user": UserFactory().pk, "role": "company_staff", "company": company.pk, **period}


def workplace():
    place = {"street": "Testgade 1", "postal_code": "1234", "town": "Testby"}
    return {"name": "Nyt center", "company": CompanyFactory().pk, "p_number": "1234567890", **place}


def student():
    kind = {
        "student_type": "eud",
        "status": "main_programme",
        "relation": "main_programme",
        "visibility": "none",
        "basic_programme": "none",
    }
    who = {"name": "Ny Elev", "birth_date": "2004-09-09", "student_number": "E999"}
    return {**who, **kind, "school": SchoolFactory().pk, "education": EducationFactory().pk}


def agreement():
    workplace, student = WorkplaceFactory(), StudentFactory()
    bound = {"student": student.pk, "school": student.school_id, "education": student.education_id}
    place = {"company": workplace.company_id, "workplace": workplace.pk}
    return {"number": "A999", "type": "ordinary", "starts_on": "2026-01-01", "ends_on": "2027-01-01", **bound, **place}


ADDED = {
    "accounts_user": user,
    "access_membership": membership,
    "people_education": lambda: {"name": "Ny uddannelse", "code": "ny"},
    "people_school": lambda: {"name": "Ny skole", "institution_number": "999999"},
    "people_company": lambda: {"name": "Nyt firma", "cvr": "10150817", "kind": "private"},
    "people_workplace": workplace,
    "people_merger": lambda: {
        "company": CompanyFactory().pk,
        "successor": CompanyFactory().pk,
        "takes_over_on": "2026-03-01",
    },
    "delegation_invitation": lambda: {
        "company": CompanyFactory().pk,
        "name": "Ny",
        "email": "ny@test.example",
    },
    "people_student": student,
    "people_agreement": agreement,
    "rejections_rejectionreason": lambda: {
        "code": "ny",
        "label": "Ny begrundelse",
        "order": "5",
        "valid_from": "2026-01-01",
    },
}


def token_in(client, page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(page).content.decode()).group(1)


def assert_the_second_leaves_nothing(client, address, form, *, leaves_rows=True):
    """Sends the form twice and compares all tables; returns both answers."""
    before = everything()
    first = client.post(address, form)
    once = everything()
    assert (once != before) == leaves_rows, re.findall(r"errorlist.*", first.content.decode())
    mails = len(mail.outbox)
    for value in form.values():
        if hasattr(value, "seek"):
            value.seek(0)
    second = client.post(address, form)
    assert everything() == once
    assert second.status_code < 500
    assert len(mail.outbox) == mails or address == reverse("account_reset_password")
    return first, second


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_twice_is_saved_once(name):
    client, page, address, form = FORMS[name]()
    form["csrfmiddlewaretoken"] = token_in(client, page)

    assert_the_second_leaves_nothing(client, address, form, leaves_rows=name not in LEAVES_NO_ROW)


@pytest.mark.django_db
@pytest.mark.parametrize("label", ADDED)
def test_what_an_administrator_adds_twice_is_there_once_and_both_answers_say_so(label):
    client = as_browser(session_of(MembershipFactory(administrator=True)))
    address = reverse(f"admin:{label}_add")
    form = {**ADDED[label](), "csrfmiddlewaretoken": token_in(client, address)}
    first, second = assert_the_second_leaves_nothing(client, address, form)

    assert first.status_code == second.status_code == 302
    assert second.url == first.url.split("?")[0]


@pytest.mark.django_db
def test_the_same_page_filled_in_differently_is_another_form():
    client = as_browser(session_of(MembershipFactory(administrator=True)))
    address = reverse("admin:people_school_add")
    form = {"csrfmiddlewaretoken": token_in(client, address), "institution_number": "999999"}

    assert client.post(address, form | {"name": ""}).status_code == 200
    assert client.post(address, form | {"name": "Den ene"}).status_code == 302
    assert client.post(address, form | {"name": "Den anden", "institution_number": "999998"}).status_code == 302
    assert ProcessedForm.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "content"),
    [
        ("admin:people_student_import", roster(row())),
        ("admin:people_company_import", file_of(company())),
        ("admin:accounts_user_import", USERS_FILE.read_bytes()),
    ],
)
def test_a_file_sent_twice_waits_once(page, content):
    sample_world()
    client = as_browser(session_of(MembershipFactory(administrator=True)))
    address = reverse(page)
    form = {"csrfmiddlewaretoken": token_in(client, address), "file": SimpleUploadedFile("fil.csv", content)}
    first, second = assert_the_second_leaves_nothing(client, address, form)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    confirmation = {"csrfmiddlewaretoken": token_in(client, first.url)}
    assert_the_second_leaves_nothing(client, first.url, confirmation)


@pytest.mark.django_db
@pytest.mark.parametrize("changed", ["content", "name"])
def test_another_file_is_another_form(changed):
    sample_world()
    client = as_browser(session_of(MembershipFactory(administrator=True)))
    address = reverse("admin:people_student_import")
    token = token_in(client, address)
    files = [
        SimpleUploadedFile("elever.csv", roster(row())),
        SimpleUploadedFile("flere.csv", roster(row()))
        if changed == "name"
        else SimpleUploadedFile("elever.csv", roster(row()) + b"\n"),
    ]
    answers = [client.post(address, {"csrfmiddlewaretoken": token, "file": file}) for file in files]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert ProcessedForm.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["none", "the cookie's"])
def test_what_names_no_page_is_acted_on_each_time(token):
    """Scripts may send the cookie's own token, or a header: nothing tells two of their forms apart."""
    client = session_of(MembershipFactory(administrator=True))
    form = {} if token == "none" else {"csrfmiddlewaretoken": "x" * (CSRF_TOKEN_LENGTH // 2)}
    somebody = UserFactory()
    for _time in range(2):
        client.post(reverse("admin:accounts_user_send_link", args=[somebody.pk]), form)

    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_until_a_form_is_saved_the_same_one_waits():
    client, _page, address, form = added("people_school")
    client.post(address, form | {"csrfmiddlewaretoken": token_in(client, address)})

    colleague = connection.copy()
    try:
        with colleague.cursor() as cursor:
            lock = f"form:{ProcessedForm.objects.get().digest}"
            cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
            assert cursor.fetchone() == (False,)
    finally:
        colleague.close()


@pytest.mark.django_db
def test_a_link_asked_for_twice_is_sent_once():
    client = as_browser(session_of(MembershipFactory(administrator=True)))
    somebody = UserFactory()
    page = reverse("admin:accounts_user_change", args=[somebody.pk])
    form = {"csrfmiddlewaretoken": token_in(client, page)}
    for _time in range(2):
        client.post(reverse("admin:accounts_user_send_link", args=[somebody.pk]), form)

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "prepare", [assess, follow, reject, lambda: added("access_membership"), lambda: added("people_school")]
)
def test_two_of_a_form_at_once_are_saved_once(prepare):
    client, page, address, form = prepare()
    form["csrfmiddlewaretoken"] = token_in(client, page)
    empty = everything()
    together = threading.Barrier(4)

    def send(_number):
        browser = as_browser(client)
        together.wait(timeout=60)
        status = browser.post(address, form).status_code
        connection.close()
        return status

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(send, range(4))) == [302] * 4
    after = everything()
    grown = {label: len(rows) - len(empty[label]) for label, rows in after.items() if rows != empty[label]}
    # What the database derives of the others has as many rows as it needs.
    derived = ("schools.StudentListEntry", "risk.AgreementListEntry", "risk.DueAssessment")
    assert {number for label, number in grown.items() if not label.startswith(derived)} == {1}


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_at_once_one_saves_and_the_other_is_told():
    company = CompanyFactory()
    agreement = AgreementFactory(company=company)
    address = reverse("companies:assessment_update", args=[agreement.public_id])
    colleagues = [session_of(MembershipFactory(company_staff=True, company=company)) for _number in range(2)]
    together = threading.Barrier(2)

    def send(client, level):
        together.wait(timeout=60)
        answer = client.post(address, {"level": level, "seen": "0"})
        connection.close()
        return answer.status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send, colleagues, ["high", "low"])) == [302, 409]
    assert agreement.assessments.count() == 1


def added(label):
    client = as_browser(session_of(MembershipFactory(administrator=True)))
    address = reverse(f"admin:{label}_add")
    return client, address, address, ADDED[label]()


def test_every_page_that_takes_forms_is_tried():
    refusals = {LOGIN, FORBIDDEN, HIDDEN, NOT_ALLOWED}
    taking = {page.name for page in PAGES if set(page.post.values()) - refusals}
    always = {
        "choose_language",
        "schools:student_follow",
        "schools:group_delete",
        "schools:student_groups",
        "schools:saved_filter_delete",
        "account_logout",
        "account_sessions",
        "demo:log_in_as",
        "demo:run_jobs",
        "choose_membership",
        "mail_settings",
        "companies:absence_mails",
        "companies:local_agreement_answer",
        "schools:local_agreement_answer",
    }
    assert taking | always | (ELSEWHERE & set(FORMS)) == set(FORMS)
    addable = {f"{m._meta.app_label}_{m._meta.model_name}" for m, site in admin.site._registry.items() if can_add(site)}
    assert addable == set(ADDED)


def can_add(site):
    return "has_add_permission" not in vars(type(site))
