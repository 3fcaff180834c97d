"""What an administrator can do in the administration, and what is not there at all."""

from __future__ import annotations

import datetime
import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils.html import strip_tags

from laereplads.access.models import Membership
from laereplads.access.roles import MAINTAINED, PERMISSIONS, SEARCHED, Role
from laereplads.accounts.models import User
from laereplads.audit.actions import RECORD_ADDED
from laereplads.audit.models import Event
from laereplads.people.auditing import STUDENT_CHANGED
from laereplads.people.models import Agreement, School, Student
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    EducationFactory,
    MembershipFactory,
    SchoolFactory,
    StudentFactory,
    UserFactory,
    WorkplaceFactory,
)
from tests.second_factor import app_of


@pytest.fixture
def administrator(db) -> Membership:
    return MembershipFactory(administrator=True, user__name="Anders Administrator")


@pytest.fixture
def client(logged_in, administrator):
    return logged_in(administrator)


def add(label: str) -> str:
    return reverse(f"admin:{label}_add")


def change(record) -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def found(client, label: str, words: str) -> list[str]:
    changelist = client.get(reverse(f"admin:{label}_changelist"), {"q": words}).context["cl"]
    return sorted(str(record) for record in changelist.result_list)


def errors(response) -> str:
    assert response.status_code == 200
    return str(response.context["errors"])


ENGLISH = r"\b(Add|Change|Delete|Search|Save|Home|Welcome|View|Log out|password|Select|Yes|No|Unknown|Show|Skip)\b"
MEMBERSHIP = {
    "role": "school_staff",
    "company": "",
    "school": "",
    "student": "",
    "starts_on": "01.03.2026",
    "ends_on": "",
}


def test_it_holds_what_the_policy_says_and_nothing_else():
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == {*MAINTAINED, *SEARCHED}


@pytest.mark.parametrize("label", [name.replace(".", "_") for name in MAINTAINED])
def test_every_kind_of_record_has_a_list_and_a_form_in_danish(client, label):
    AgreementFactory()
    MembershipFactory(school_staff=True)

    for page in (reverse(f"admin:{label}_changelist"), add(label)):
        response = client.get(page)
        assert response.status_code == 200
        text = " ".join(strip_tags(response.text).split())
        assert not re.search(ENGLISH, text)


def test_nothing_is_viewed_on_a_site_where_administrators_have_no_page(client):
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])


def test_nothing_can_be_deleted(client):
    student = StudentFactory()

    assert "Slet" not in client.get(change(student)).text
    assert client.get(reverse("admin:people_student_delete", args=[student.pk])).status_code == 403
    assert client.post(reverse("admin:people_student_delete", args=[student.pk]), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(reverse("admin:people_student_changelist")).text


def test_pages_about_students_show_no_risk(client):
    agreement = AgreementFactory()

    for page in (reverse("admin:index"), change(agreement), change(agreement.student)):
        assert not re.search("risiko|vurdering", client.get(page).text, re.IGNORECASE)


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student"])
def test_other_roles_are_refused(logged_in, role):
    client = logged_in(MembershipFactory(**{role: True}))

    for page in (reverse("admin:people_student_changelist"), reverse("admin:people_student_import")):
        assert client.get(page).status_code == 403


def test_who_has_several_roles_is_asked_to_choose_first(logged_in, administrator):
    MembershipFactory(school_staff=True, user=administrator.user)
    client = logged_in(administrator)
    session = client.session
    del session["membership"]
    session.save()

    assert client.get(reverse("admin:index")).url == reverse("choose_membership")


def test_the_header_says_who_is_logged_in_and_leads_back(client):
    text = client.get(reverse("admin:index")).text

    assert "Anders Administrator" in text
    assert f'href="{reverse("front_page")}"' in text


def test_the_admins_own_pages_for_logins_lead_to_the_portals(client):
    assert client.get("/admin/login/").url == reverse("admin:index")
    assert client.get("/admin/logout/").url == reverse("account_logout")
    assert client.get("/admin/password_change/").url == reverse("account_change_password")
    assert client.get("/admin/password_change/done/").url == reverse("account_change_password")


def test_who_is_not_logged_in_is_led_from_the_admins_login_to_the_portals(db):
    deep = reverse("admin:people_student_changelist")

    for page, wanted in (("", "/admin/"), ("login/", "/admin/"), (f"login/?next={deep}", deep)):
        assert Client().get(f"/admin/{page}", follow=True).redirect_chain[-1][0] == f"/log-ind/?next={wanted}"


def test_another_role_is_refused_at_the_admins_login_too(logged_in):
    assert logged_in(MembershipFactory(company_staff=True)).get("/admin/login/").status_code == 403


@pytest.mark.parametrize("words", ["ÆRØ", "aeroe", "ole aer", "77", "Ærø-Ølg"])
def test_students_are_found_by_any_part_of_name_or_number(client, words):
    StudentFactory(name="Ole Ærø-Ølgaard", student_number="X77")
    StudentFactory(name="Bente Bro", student_number="X1")

    assert found(client, "people_student", words) == ["Ole Ærø-Ølgaard"]


def test_the_others_are_found_too(client, administrator):
    agreement = AgreementFactory(student__name="Åse Bro", number="AFT-1", company__name="Ølby Kommune")
    membership = MembershipFactory(school_staff=True, school__name="Næstby SOSU", user__name="Pia Pæn")

    assert found(client, "people_agreement", "aase oelby") == ["AFT-1"]
    assert found(client, "people_company", agreement.company.cvr) == ["Ølby Kommune"]
    assert found(client, "people_workplace", "ølby") == [agreement.workplace.name]
    assert found(client, "people_school", "naest") == ["Næstby SOSU"]
    assert found(client, "accounts_user", "paen") == ["Pia Pæn"]
    assert found(client, "access_membership", "pia") == [str(membership)]


def test_autocomplete_finds_the_same_and_bears_any_text(client):
    student = StudentFactory(name="Åse Bro")
    question = {"app_label": "people", "model_name": "agreement", "field_name": "student"}

    def answer(term: str) -> list[str]:
        return [
            row["text"]
            for row in client.get(reverse("admin:autocomplete"), {**question, "term": term}).json()["results"]
        ]

    with CaptureQueriesContext(connection) as queries:
        assert answer("aase") == [student.name]
    assert len([query for query in queries if re.search('FROM "people_student".* LIMIT', query["sql"])]) == 1
    assert answer("\x00%") == []


@pytest.mark.parametrize("query", ["q=%00", "udmeldt=x", "p=x", "o=99", "status__exact=%00", "education__id__exact=x"])
def test_lists_bear_any_query(client, query):
    assert client.get(f"{reverse('admin:people_student_changelist')}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("label", ["people_student", "people_agreement", "people_workplace", "access_membership"])
def test_lists_take_few_statements_however_long(client, django_assert_max_num_queries, count, label):
    AgreementFactory.create_batch(count)
    MembershipFactory.create_batch(count, school_staff=True)

    with django_assert_max_num_queries(12):
        client.get(reverse(f"admin:{label}_changelist"))


@pytest.mark.today("2026-03-02")
def test_filters(client):
    StudentFactory(name="Meldt Ud", signed_off_on=datetime.date(2026, 1, 1))
    running = AgreementFactory(student__name="Stadig Her", number="NU")
    AgreementFactory(
        student=running.student,
        number="FØR",
        company=running.company,
        starts_on=datetime.date(2023, 1, 1),
        ends_on=datetime.date(2024, 1, 1),
    )
    ended = MembershipFactory(school_staff=True, school__name="Før", ends_on=datetime.date(2026, 1, 1))
    to_come = MembershipFactory(school_staff=True, school__name="Siden", starts_on=datetime.date(2026, 3, 3))
    last_day = MembershipFactory(school_staff=True, school__name="I dag", ends_on=datetime.date(2026, 3, 2))

    def shown(label: str, **query: str) -> set[str]:
        return {str(one) for one in client.get(reverse(f"admin:{label}_changelist"), query).context["cl"].result_list}

    assert shown("people_student", udmeldt="ja") == {"Meldt Ud"}
    assert shown("people_student", udmeldt="nej") == {"Stadig Her"}
    assert shown("people_agreement", igang="ja") == {"NU"}
    assert shown("people_agreement", igang="nej") == {"FØR"}
    assert shown("access_membership", gaelder="nej") == {str(ended), str(to_come)}
    assert shown("access_membership", gaelder="ja") == {"Administrator, Administrator", str(last_day)}
    assert len(shown("access_membership")) == 4
    page = client.get(reverse("admin:access_membership_changelist")).text
    assert re.findall(r'href="\?gaelder=(\w+)"', page) == ["ja", "nej"]


def test_a_new_user_chooses_her_own_password_by_mail(client, django_user_model):
    response = client.post(add("accounts_user"), {"name": "Pia Ny", "email": "Pia@Test.example", "send_link": "on"})

    user = User.objects.get(email="pia@test.example")
    assert response.url == change(user)
    assert not user.has_usable_password()
    [message] = mail.outbox
    assert message.to == ["pia@test.example"]
    assert "Hej Pia Ny" in message.body
    link = re.search(r"http://testserver(\S+)", message.body).group(1)
    visitor = type(client)()
    page = visitor.get(link, follow=True)
    assert page.status_code == 200
    password = "solsorte synger om foråret"
    visitor.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
    user.refresh_from_db()
    assert user.check_password(password)


def test_a_new_user_is_sent_a_link_unless_somebody_unticks_it(client):
    assert re.search(r'<input[^>]*name="send_link"[^>]*checked', client.get(add("accounts_user")).text)


def test_a_user_can_be_made_without_a_mail_and_sent_one_later(client):
    client.post(add("accounts_user"), {"name": "Pia Ny", "email": "pia@test.example"})
    assert mail.outbox == []
    user = User.objects.get(name="Pia Ny")

    response = client.post(reverse("admin:accounts_user_send_link", args=[user.pk]), follow=True)

    assert "Linket er sendt til pia@test.example." in response.text
    assert len(mail.outbox) == 1


def test_lists_say_yes_and_no_in_danish(client):
    UserFactory(is_active=False)
    EducationFactory(is_sosu=True)
    EducationFactory(is_sosu=False)

    for page in ("accounts_user", "people_education"):
        shown = client.get(reverse(f"admin:{page}_changelist")).text
        said = re.findall(r'<td class="field-(?:may_log_in|is_of_sosu)">(.*?)</td>', shown)
        assert set(said) == {"Ja", "Nej"}
        assert 'alt="True"' not in shown


@pytest.mark.today("2026-03-02")
def test_times_are_written_as_everywhere_else(client):
    UserFactory(last_login=datetime.datetime.fromisoformat("2026-03-01T22:05:00+01:00"))
    assert "1. marts 2026 22.05" in client.get(reverse("admin:accounts_user_changelist")).text


def test_columns_have_danish_names(client):
    AgreementFactory()
    assert "Sidste dag" in client.get(reverse("admin:people_agreement_changelist")).text


def test_a_student_who_is_not_saved_yet_has_no_id_for_the_log(client):
    assert "Portal-id" not in client.get(add("people_student")).text
    assert "Portal-id" in client.get(change(StudentFactory())).text


def test_a_link_is_not_sent_to_a_user_who_may_not_log_in(client):
    user = UserFactory(is_active=False)

    assert "Send link" not in client.get(change(user)).text
    assert client.post(reverse("admin:accounts_user_send_link", args=[user.pk])).status_code == 404
    assert client.get(reverse("admin:accounts_user_send_link", args=[user.pk])).status_code == 405


def test_a_user_is_made_though_the_mail_cannot_be_sent(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    response = client.post(
        add("accounts_user"), {"name": "Pia Ny", "email": "pia@test.example", "send_link": "on"}, follow=True
    )

    assert "kunne ikke sendes" in response.text
    assert User.objects.filter(name="Pia Ny").exists()


def test_the_next_user_can_be_made_at_once(client):
    form = {"name": "Pia Ny", "email": "pia@test.example"}
    another = client.post(add("accounts_user"), form | {"_addanother": "1"})
    assert another.url == add("accounts_user")

    page = client.post(add("accounts_user"), {"name": "Per Ny", "email": "per@test.example"}, follow=True).text
    assert "Per Ny er oprettet. Tilføj nu en tilknytning; uden den kan brugeren ingenting se." in page


@pytest.mark.parametrize("act", ["send_link", "remove_second_factor", "end_sessions"])
def test_what_is_done_to_a_user_takes_a_user_and_the_right_to_change_her(client, monkeypatch, act):
    address = f"admin:accounts_user_{act}"
    assert client.post(reverse(address, args=[0])).status_code == 404

    fewer = PERMISSIONS[Role.ADMINISTRATOR] - {"accounts.change_user"}
    monkeypatch.setitem(PERMISSIONS, Role.ADMINISTRATOR, fewer)
    assert client.post(reverse(address, args=[UserFactory().pk])).status_code == 403
    assert mail.outbox == []


def test_no_two_users_have_the_same_address(client):
    UserFactory(email="pia@test.example")

    response = client.post(add("accounts_user"), {"name": "Pia", "email": "PIA@test.example"})
    assert "E-mailadressen bruges af en anden bruger." in errors(response)


def test_a_users_page_lists_her_memberships_and_leads_to_a_new_one(client):
    membership = MembershipFactory(school_staff=True, school__name="Næstby SOSU")
    page = client.get(change(membership.user)).text

    assert "Medarbejder på en skole, Næstby SOSU" in page
    new = f"{add('access_membership')}?user={membership.user.pk}"
    assert new in page
    assert membership.user.name in client.get(new).text


def memberships_on_page(client, user: User) -> list[str]:
    listed = client.get(change(user)).text.partition('<ul class="plain">')[2].partition("</ul>")[0]
    return [" ".join(strip_tags(entry).split()) for entry in listed.split("</li>")[:-1]]


@pytest.mark.today("2026-03-02")
def test_a_users_page_says_of_each_membership_whose_and_when(client):
    user = UserFactory()
    period = {"user": user, "starts_on": datetime.date(2026, 1, 2)}
    MembershipFactory(company_staff=True, company__name="Ølby Kommune", **period, ends_on=datetime.date(2026, 2, 3))
    MembershipFactory(of_student=True, student__name="Åse Bro", **period)
    MembershipFactory(administrator=True, user=user, starts_on=datetime.date(2026, 1, 9))
    MembershipFactory(school_staff=True)

    assert memberships_on_page(client, user) == [
        "Administrator (fra 09.01.2026)",
        "Elev, Åse Bro (fra 02.01.2026)",
        "Medarbejder i en virksomhed, Ølby Kommune (02.01.2026–03.02.2026)",
        "Tilføj tilknytning",
    ]


@pytest.mark.parametrize("count", [1, 9])
def test_a_users_page_takes_few_statements_however_many_memberships(client, django_assert_max_num_queries, count):
    user = UserFactory()
    MembershipFactory.create_batch(count, company_staff=True, user=user)

    with django_assert_max_num_queries(11):
        client.get(change(user))


def test_a_users_page_says_whether_she_has_a_second_factor(client):
    with_app, without = UserFactory(), UserFactory()
    app_of(with_app)

    def said(user: User) -> str:
        row = client.get(change(user)).text.partition("field-second_factor")[2]
        return re.search(r'class="readonly">(\w+)<', row).group(1)

    assert (said(with_app), said(without)) == ("Ja", "Nej")
    assert labels(client.get(change(without))) == [
        "Navn", "E-mailadresse", "Aktiv", "Tilknytninger", "Sidst logget ind", "Oprettet", "Login i to trin",
    ]  # fmt: skip


def labels(response) -> list[str]:
    """What the fields of a form are called."""
    found = re.findall(r"<label[^>]*>([^<]+)</label>", response.text.partition("<fieldset")[2])
    return [" ".join(label.split()).removesuffix(":") for label in found]


def test_a_users_history_is_hers_and_that_of_her_memberships(client):
    own, _somebody_elses = MembershipFactory.create_batch(2, school_staff=True)
    for number in {own.pk, own.user_id}:
        # Something else of the same number.
        CompanyFactory(pk=number)

    page = client.get(reverse("admin:accounts_user_history", args=[own.user_id]))

    about = [(event.object_type, event.object_id) for event in page.context_data["events"]]
    assert sorted(about) == [("access.membership", own.pk), ("accounts.user", own.user_id)]


def test_the_list_of_memberships_says_for_whom(client):
    MembershipFactory(school_staff=True, school__name="Næstby SOSU")
    MembershipFactory(company_staff=True, company__name="Ølby Kommune")
    MembershipFactory(of_student=True, student__name="Åse Bro")

    page = client.get(reverse("admin:access_membership_changelist")).text
    assert "Gælder for" in strip_tags(page.partition("column-party")[2].partition("</th>")[0])
    shown = re.findall(r'<td class="field-party[^"]*">(.*?)</td>', page)
    assert sorted(shown) == ["Næstby SOSU", "Åse Bro", "Ølby Kommune", "–"]


def test_a_membership_names_the_party_of_its_role(client):
    user, company = UserFactory(), CompanyFactory()

    response = client.post(add("access_membership"), {**MEMBERSHIP, "user": user.pk, "company": company.pk})
    assert "Vælg netop den virksomhed, skole eller elev, som rollen gælder for." in errors(response)


def test_a_membership_is_held_once(client):
    held = MembershipFactory(school_staff=True)

    response = client.post(add("access_membership"), {**MEMBERSHIP, "user": held.user.pk, "school": held.school.pk})
    assert "Brugeren har allerede denne tilknytning." in errors(response)


def test_administrators_do_not_let_themselves_in(client, administrator):
    school = SchoolFactory()
    response = client.post(add("access_membership"), {**MEMBERSHIP, "user": administrator.user.pk, "school": school.pk})

    assert "Du kan ikke give dig selv en tilknytning." in errors(response)
    assert not Membership.objects.filter(school=school).exists()


def test_an_agreement_stays_whose_it_is(client):
    agreement, other = AgreementFactory(), StudentFactory()

    client.post(change(agreement), {**agreement_data(agreement), "student": other.pk, "company": CompanyFactory().pk})

    changed = Agreement.objects.get(pk=agreement.pk)
    assert (changed.student_id, changed.company_id) == (agreement.student_id, agreement.company_id)


def test_a_link_into_the_administration_leads_there_after_the_login(db):
    deep = reverse("admin:people_student_changelist")
    response = Client().get(deep, follow=True)

    assert response.redirect_chain[-1][0] == f"/log-ind/?next={deep}"


@pytest.mark.today("2026-03-02")
def test_a_membership_ends_by_its_date(client, logged_in):
    membership = MembershipFactory(school_staff=True)
    own = logged_in(membership)
    assert own.get(reverse("front_page")).status_code == 200

    client.post(change(membership), {"starts_on": "01.01.2026", "ends_on": "01.03.2026"})

    # The session has ended with the right.
    assert own.get(reverse("front_page")).headers["Location"].startswith(reverse("account_login"))
    early = client.post(change(membership), {"starts_on": "01.01.2026", "ends_on": "31.12.2025"})
    assert "Tilknytningen skal slutte efter, at den er begyndt." in errors(early)


@pytest.mark.today("2026-03-02")
def test_a_membership_stays_whose_and_where_it_is(client):
    membership, other = MembershipFactory(school_staff=True), UserFactory()
    school = membership.school

    client.post(
        change(membership),
        {
            "user": other.pk,
            "school": SchoolFactory().pk,
            "company": CompanyFactory().pk,
            "role": "administrator",
            "starts_on": "01.01.2026",
        },
    )

    membership.refresh_from_db()
    assert (membership.user == other, membership.school, membership.role) == (False, school, "school_staff")
    assert membership.company is None
    assert membership.starts_on == datetime.date(2026, 1, 1)


def agreement_data(agreement: Agreement, **changes) -> dict:
    return {
        "number": agreement.number,
        "student": agreement.student.pk,
        "education": agreement.education.pk,
        "school": agreement.school.pk,
        "company": agreement.company.pk,
        "workplace": agreement.workplace.pk,
        "type": agreement.type,
        "starts_on": f"{agreement.starts_on:%d.%m.%Y}",
        "ends_on": f"{agreement.ends_on:%d.%m.%Y}",
        "ended_early_on": "",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ends_on": "01.01.2020"}, "Aftalen skal slutte efter, at den er begyndt."),
        ({"ended_early_on": "01.01.2020"}, "En ophævet aftale skal slutte inden for sin periode."),
        ({"workplace": "other"}, "Vælg et arbejdssted, der hører til virksomheden."),
        ({"number": "TAGET"}, "bruges allerede et andet sted"),
        ({"starts_on": "i går"}, "Indtast en gyldig dato."),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(client, changes, message):
    agreement = AgreementFactory()
    AgreementFactory(number="TAGET")
    if "workplace" in changes:
        changes = {"workplace": WorkplaceFactory().pk}

    response = client.post(change(agreement), agreement_data(agreement, **changes))
    assert message in errors(response)


def test_agreements_of_a_student_do_not_overlap(client):
    agreement = AgreementFactory()

    response = client.post(add("people_agreement"), agreement_data(agreement, number="NY"))
    assert "Eleven har allerede en aftale i en del af perioden." in errors(response)


@pytest.mark.today("2026-03-02")
def test_what_only_the_database_refuses_is_said(client):
    ended = MembershipFactory(school_staff=True, ends_on=datetime.date(2026, 1, 1))
    MembershipFactory(school_staff=True, user=ended.user, school=ended.school)

    response = client.post(change(ended), {"starts_on": "01.01.2020", "ends_on": ""}, follow=True)
    assert "Intet er gemt" in response.text


def test_a_workplace_stays_its_companys(client):
    workplace = WorkplaceFactory()
    company = workplace.company

    client.post(
        change(workplace),
        {"name": "Nyt Navn", "company": CompanyFactory().pk, "p_number": workplace.p_number, "street": "Ny Vej 1",
         "postal_code": "1234", "town": "Testby"},
    )  # fmt: skip

    workplace.refresh_from_db()
    assert (workplace.name, workplace.company) == ("Nyt Navn", company)


def test_an_addition_is_an_event(client, administrator):
    client.post(add("people_school"), {"name": "Næstby SOSU", "institution_number": "280099", "email": "", "phone": ""})

    school = School.objects.get(name="Næstby SOSU")
    event = Event.objects.get(object_type="people.school", object_id=school.pk)
    assert (event.action, event.actor, event.acting_for) == (RECORD_ADDED, administrator.user, "Administrator")
    assert (event.object_type, event.object_id, event.student) == ("people.school", school.pk, None)


def student_data(student: Student, **changes) -> dict:
    return {
        "name": student.name,
        "birth_date": "09.09.2004",
        "school": student.school.pk,
        "student_number": student.student_number,
        "relation": student.relation,
        "education": student.education.pk,
        "student_type": student.student_type,
        "status": student.status,
        "basic_programme": student.basic_programme,
        "visibility": student.visibility,
        **changes,
    }


def test_a_change_is_an_event_that_names_the_fields_and_holds_nothing_typed(client):
    student = StudentFactory(name="Åse Før")

    response = client.post(change(student), student_data(student, name="Åse Efter", status="dropped_out"))

    assert response.status_code == 302
    _added, event = Event.objects.filter(object_type="people.student", object_id=student.pk).order_by("id")
    assert (event.action, event.student) == (STUDENT_CHANGED, student.public_id)
    assert event.changes == {"name": [None, None], "status": ["main_programme", "dropped_out"]}
    assert not LogEntry.objects.exists()


def test_saving_without_changes_is_no_event(client):
    student = StudentFactory()
    count = Event.objects.count()

    client.post(change(student), student_data(student))

    assert Event.objects.count() == count


@pytest.mark.today("2026-03-02")
def test_events_about_agreements_and_memberships_name_the_student(client):
    agreement, membership = AgreementFactory(), MembershipFactory(of_student=True)
    before = list(Event.objects.values_list("pk", flat=True))

    client.post(change(agreement), agreement_data(agreement, type="short"))
    client.post(change(membership), {"starts_on": "01.01.2026", "ends_on": ""})

    assert list(Event.objects.exclude(pk__in=before).order_by("id").values_list("student", flat=True)) == [
        agreement.student.public_id,
        membership.student.public_id,
    ]


@pytest.mark.today("2026-03-02")
def test_the_history_says_who_changed_which_fields(client):
    student = StudentFactory()
    client.post(change(student), student_data(student, name="Åse Efter", status="dropped_out"))

    text = client.get(reverse("admin:people_student_history", args=[student.pk])).text
    for words in (
        *("Anders Administrator", "Elevens oplysninger er ændret", "navn, uddannelsesstatus", "2. marts 2026"),
        *("Systemet", "Eleven er registreret"),
    ):
        assert words in text


def test_the_history_of_something_new_is_empty_and_of_nothing_leads_away(client):
    school = SchoolFactory()
    with connection.cursor() as cursor:
        # One that was there before events were kept.
        cursor.execute("set local session_replication_role = replica; delete from audit_event")

    assert (
        "Der er ikke registreret noget endnu."
        in client.get(reverse("admin:people_school_history", args=[school.pk])).text
    )
    assert client.get(reverse("admin:people_school_history", args=[0])).url == reverse("admin:index")


@pytest.mark.parametrize("junk", ["abc", "1 or 1=1", "9" * 30, "²"])
def test_a_search_field_filled_with_junk_is_refused_and_not_a_crash(client, junk):
    assert errors(client.post(add("access_membership"), {**MEMBERSHIP, "user": junk, "school": junk}))


def test_a_page_can_be_asked_for_without_its_text(client):
    assert client.head(reverse("admin:people_student_changelist")).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_taken_for_a_reading(client, method):
    assert getattr(client, method)(reverse("admin:people_student_changelist")).status_code == 405
