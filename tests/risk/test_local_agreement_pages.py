"""Both parties' pages of local agreements: what they say, refuse and keep, and how many questions they ask."""

import datetime
import html
import re
import uuid

import pytest
from django.urls import reverse

from laereplads.people.models import Agreement
from risk.local_agreement_words import sentences, unusual
from risk.local_agreements import accept, end
from risk.models import LocalAgreement
from risk.operations import record_assessment
from tests.factories import (
    AgreementFactory,
    EducationFactory,
    LocalAgreementFactory,
    MembershipFactory,
    SchoolPeriodFactory,
    StudentFactory,
    WorkplaceFactory,
    days_from_today,
)
from tests.risk.test_local_agreements import RULES, Two

pytestmark = [pytest.mark.django_db, pytest.mark.today("2026-11-30")]
BOTH = pytest.mark.parametrize("side", ["company", "school"])
# With those that find out who asks.
QUERIES_OF_A_LIST = QUERIES_OF_A_PAIR = 8
FORM = {**RULES, "weeks": "6", "education": "alle", "valid_from": "30.11.2026"}


class Side:
    """One of the two, logged in, and the addresses of its pages."""

    def __init__(self, name, two, logged_in):
        self.two = two
        self.membership = two.employer if name == "company" else two.teacher
        self.other = two.teacher if name == "company" else two.employer
        self.app = "companies" if name == "company" else "schools"
        self.number = two.school.institution_number if name == "company" else two.company.cvr
        self.client = logged_in(self.membership)

    def address(self, page, *args):
        return reverse(f"{self.app}:local_agreement_{page}", args=args or ([] if page == "list" else [self.number]))

    def get(self, page, *args, status=200):
        answer = self.client.get(self.address(page, *args))
        assert answer.status_code == status
        return text_of(answer)

    def post(self, page, form, *args, query=""):
        return self.client.post(self.address(page, *args) + query, form)


def text_of(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def sides(two, logged_in):
    return lambda name: Side(name, two, logged_in)


@BOTH
def test_the_list_tells_whose_turn_it_is(sides, two, side):
    own = sides(side)
    assert "Ingen aftale: standard" in own.get("list")
    proposal = two.propose(by=own.other)
    assert "Afventer jeres svar" in own.get("list")
    assert "1 forslag til en lokal aftale venter på jeres svar." in text_of(own.client.get("/"))
    two.propose(by=own.membership, answers=proposal, weeks=8)
    assert "Afventer modparten" in own.get("list")
    assert "venter på jeres svar" not in text_of(own.client.get("/"))


@BOTH
def test_what_differs_from_the_usual_is_told(sides, two, side):
    LocalAgreementFactory(school=two.school, company=two.company, grace_days=0, passed_on_to=["contact_teacher"])
    own = sides(side)
    listed = own.get("list")
    assert "Gældende" in listed
    assert "Vurderingen bør være registreret på dagen." in listed
    assert "Midt i hver oplæringsperiode." not in listed
    assert "Midt i hver oplæringsperiode." in own.get("detail")


@BOTH
def test_propose_and_say_yes(sides, two, side):
    other = sides("school" if side == "company" else "company")
    assert sides(side).post("propose", FORM).url == sides(side).address("detail")
    proposal = LocalAgreement.objects.get()
    page = other.get("detail")
    assert "Forslag, der venter på jeres svar" in page
    assert "Hver 6. uge i oplæringen." in page
    assert "Skolen giver beskeden videre til elevens mentor." in page
    answer = other.post("answer", {"forslag": proposal.public_id, "svar": "ja"})
    assert answer.url == other.address("detail")
    assert "Det gælder nu" in other.get("detail")
    assert f"af {two.teacher.user.name}" in other.get("detail")


@BOTH
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"weeks": ""}, "Skriv et helt tal mellem 4 og 26."),
        ({"weeks": "3"}, "Skriv et helt tal mellem 4 og 26."),
        ({"timing": "after_start", "weeks": "27"}, "Skriv et helt tal mellem 1 og 26."),
        ({"timing": "x"}, "Vælg en af mulighederne."),
        ({"grace_days": "61"}, "Skriv et helt tal mellem 0 og 60."),
        ({"shortest_days": "fjorten"}, "Skriv et helt tal mellem 14 og 90."),
        ({"valid_from": "32.12.2026"}, "Skriv datoen som dag, måned og år, fx 24.12.2026."),
        ({"valid_from": "29.11.2026"}, "Vælg i dag eller en senere dag."),
        ({"passed_on_to": ["rektor"]}, "Vælg en af mulighederne."),
        ({"assessor": ""}, "Vælg en af mulighederne."),
        ({"follow_up_within": "7"}, "Vælg en af mulighederne."),
        ({"education": "pau"}, "Vælg en af mulighederne."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(sides, side, wrong, words):
    EducationFactory(other=True)
    typed = FORM | {"student_told": "talk_after"} | wrong
    answer = sides(side).post("propose", typed)
    assert answer.status_code == 422
    assert words in text_of(answer)
    page = answer.content.decode()
    assert re.search(r'value="talk_after"[^>]* checked', page)
    for name in ("valid_from", "weeks", "grace_days", "shortest_days"):
        if typed[name]:
            assert re.search(rf'name="{name}" value="{typed[name]}"', page)
    assert not LocalAgreement.objects.exists()


@BOTH
def test_a_change_begins_with_what_is_agreed_and_keeps_its_education(sides, two, side):
    agreement = LocalAgreementFactory(
        school=two.school, company=two.company, education=two.agreement.education, timing="every", weeks=9
    )
    own = sides(side)
    query = f"?fra={agreement.public_id}"
    page = own.client.get(own.address("propose") + query).content.decode()
    assert re.search(r'name="weeks" value="9"', page)
    assert 'name="education"' not in page
    assert own.post("propose", FORM, query=query).status_code == 302
    assert LocalAgreement.objects.awaiting().get().education == two.agreement.education


@BOTH
def test_a_second_proposal_is_told_of_the_first_and_keeps_what_was_typed(sides, two, side):
    own = sides(side)
    two.propose(by=own.other)
    answer = own.post("propose", FORM | {"grace_days": "33"})
    assert answer.status_code == 409
    assert "Der er allerede et forslag, der venter på svar." in text_of(answer)
    assert 'name="grace_days" value="33"' in answer.content.decode()


@BOTH
def test_an_answer_to_what_is_gone_shows_what_there_is(sides, two, side):
    own = sides(side)
    proposal = two.propose(by=own.other)
    colleague = MembershipFactory(
        **(
            {"company_staff": True, "company": two.company}
            if side == "company"
            else {"school_staff": True, "school": two.school}
        )
    )
    accept(proposal, by=colleague)
    for answer in ("ja", "nej"):
        response = own.post("answer", {"forslag": proposal.public_id, "svar": answer})
        assert response.status_code == 409
        assert "Det gælder nu" in text_of(response)


@BOTH
def test_nobody_says_yes_to_their_own(sides, two, side):
    own = sides(side)
    proposal = two.propose(by=own.membership)
    assert "Sig ja" not in own.get("detail")
    assert own.post("answer", {"forslag": proposal.public_id, "svar": "ja"}).status_code == 403
    assert own.post("answer", {"forslag": proposal.public_id, "svar": "nej"}).status_code == 302
    assert not LocalAgreement.objects.exists()


@BOTH
def test_ending_is_confirmed_with_a_day(sides, two, side):
    agreement = LocalAgreementFactory(school=two.school, company=two.company)
    own = sides(side)
    assert "Lad aftalen ophøre" in own.get("end", agreement.public_id)
    assert own.post("end", {"last_day": "29.11.2026"}, agreement.public_id).status_code == 422
    assert own.post("end", {"last_day": "31.12.2026"}, agreement.public_id).status_code == 302
    assert "til og med den 31. december 2026" in own.get("detail")
    end(agreement, days_from_today(0), by=own.membership)
    agreement.refresh_from_db()
    assert agreement.valid_to == days_from_today(0)


@BOTH
def test_others_pairs_and_nonsense_are_not_found(sides, two, side):
    own = sides(side)
    foreign = LocalAgreementFactory()
    number = foreign.school.institution_number if side == "company" else foreign.company.cvr
    own.get("detail", number, status=404)
    own.get("propose", number, status=404)
    own.get("end", foreign.public_id, status=404)
    for nonsense in (foreign.public_id, "x", ""):
        assert own.client.get(own.address("propose") + f"?fra={nonsense}").status_code == 404
    for nonsense in ("x", ""):
        assert own.post("answer", {"forslag": nonsense, "svar": "ja"}).status_code == 404
    # What was taken back and what was never theirs look alike.
    answers = [own.post("answer", {"forslag": str(key), "svar": "ja"}) for key in (foreign.public_id, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "venter ikke længere på svar" in text_of(answers[0])


@pytest.mark.parametrize("side", ["company", "school"])
def test_no_to_what_is_gone_already_is_done(sides, two, side):
    own = sides(side)
    assert own.post("answer", {"forslag": str(uuid.uuid4()), "svar": "nej"}).status_code == 302


@pytest.mark.parametrize("side", ["company", "school"])
def test_a_counter_proposal_to_what_is_gone_loses_nothing_typed(sides, two, side):
    own = sides(side)
    form = {"valid_from": "24.12.2030", "timing": "middle", "grace_days": "33"}
    answer = own.client.post(own.address("propose") + f"?fra={uuid.uuid4()}", form)
    assert answer.status_code == 409
    assert 'value="33"' in answer.text
    assert "24.12.2030" in answer.text


def test_whoever_is_limited_to_a_workplace_reads_only(two, logged_in):
    workplace = two.agreement.workplace
    LocalAgreementFactory(school=two.school, company=two.company)
    client = logged_in(MembershipFactory(company_staff=True, company=two.company, workplace=workplace))
    page = text_of(client.get(reverse("companies:local_agreement_detail", args=[two.school.institution_number])))
    assert "Det gælder nu" in page
    assert "Aftalen gælder hele virksomheden." in page
    assert "Foreslå en" not in page
    assert "ophøre" not in page
    elsewhere = MembershipFactory(
        company_staff=True, company=two.company, workplace=WorkplaceFactory(company=two.company)
    )
    assert text_of(logged_in(elsewhere).get(reverse("companies:local_agreement_list"))).count("Gældende") == 1


def assessed(two, number, *, on_time):
    """So many students whose training period was due on 15 October 2026, assessed in time or later."""
    by = two.employer
    for _each in range(number):
        agreement = AgreementFactory(
            student=StudentFactory(school=two.school),
            company=two.company,
            starts_on=datetime.date(2026, 6, 1),
            ends_on=datetime.date(2027, 6, 1),
        )
        for first, last in (("2026-06-01", "2026-08-16"), ("2026-12-14", "2027-06-01")):
            SchoolPeriodFactory(student=agreement.student, starts_on=first, ends_on=last)
        at = datetime.datetime(2026, 10, 29 if on_time else 30, 12, tzinfo=datetime.UTC)
        record_assessment(agreement, "low", by=by, at=at)


def test_both_read_the_same_share_and_nobody_of_few(sides, two, logged_in):
    two.agreement.delete()
    assessed(two, 4, on_time=True)
    assessed(two, 1, on_time=False)
    assert "til tiden (" not in sides("company").get("list")
    assessed(two, 10, on_time=False)
    # Out of the school's sight, and out of the company's.
    student = two.company.agreements.order_by("id").last().student
    student.signed_off_on = days_from_today(0)
    student.save()
    for side in ("company", "school"):
        assert "4 af 14 til tiden (28,6 %)" in sides(side).get("list")
        assert "4 af 14 til tiden (28,6 %)" in sides(side).get("detail")
    limited = MembershipFactory(company_staff=True, company=two.company, workplace=student.agreements.get().workplace)
    assert (
        "til tiden (" not in text_of(sides("company").client.get(reverse("companies:local_agreement_list"))) or limited
    )


@BOTH
@pytest.mark.parametrize("pairs", [1, 30])
def test_the_list_asks_the_same_however_long(sides, two, side, pairs, django_assert_num_queries):
    for _number in range(pairs - 1):
        if side == "company":
            AgreementFactory(company=two.company)
        else:
            AgreementFactory(student__school=two.school)
    for agreement in Agreement.objects.all():
        LocalAgreementFactory(school=agreement.student.school, company=agreement.company)
    own = sides(side)
    own.get("list")
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        page = own.get("list")
    assert page.count("Gældende") == min(pairs, 25)
    assert ("1–25 af 30" in page) == (pairs == 30)


@BOTH
@pytest.mark.parametrize("versions", [1, 10])
def test_a_pair_asks_the_same_however_many_versions(sides, two, side, versions, django_assert_num_queries):
    first = datetime.date(2025, 1, 1)
    for number in range(versions):
        LocalAgreementFactory(
            school=two.school,
            company=two.company,
            valid_from=first + datetime.timedelta(days=30 * number),
            valid_to=first + datetime.timedelta(days=30 * number + 29),
        )
    own = sides(side)
    own.get("detail")
    with django_assert_num_queries(QUERIES_OF_A_PAIR):
        own.get("detail")


def test_a_company_without_students_is_told_why_there_is_nobody(logged_in):
    page = text_of(logged_in(MembershipFactory(company_staff=True)).get(reverse("companies:local_agreement_list")))
    assert "Ingen at aftale med endnu" in page


def test_each_rule_has_its_sentence():
    usual = LocalAgreement(passed_on_to=["contact_teacher"])
    assert unusual(usual) == []
    for name, words in {
        "timing": {"after_start": "1 uge inde i", "before_end": "1 uge før"},
        "student_told": {"talk_after": "er registreret", "own_page": "Eleven ser selv"},
        "change_told": {"when_risen": "når niveauet stiger", "own_page": "Eleven ser selv en ændring"},
        "school_told": {"all_now": "ved hver registrering", "weekly": "hver uge", "next_period": "næste skoleophold"},
    }.items():
        for choice, part in words.items():
            agreement = LocalAgreement(passed_on_to=["contact_teacher"], weeks=1, **{name: choice})
            (said,) = unusual(agreement)
            assert part in said
    assert len(sentences(usual)) == 9
