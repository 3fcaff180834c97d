"""What one chooses is what one gets: the kind's own word until then, and nobody else's choice."""

import pytest
from django.db import IntegrityError, transaction

from laereplads.access.models import Membership
from laereplads.notifications.choices import kinds_for, wanting
from laereplads.notifications.forms import MailsForm
from laereplads.notifications.models import MailChoice
from laereplads.notifications.operations import choose_mails
from laereplads.notifications.sending import as_jobs
from tests.factories import MembershipFactory
from tests.notifications.kinds import DAILY, KINDS, MORNING, NEWS, OF_MUNICIPALITIES, PLAIN, QUIET, WEEKLY

pytestmark = pytest.mark.django_db


def names(kinds):
    return {kind.name for kind in kinds if kind in KINDS}


def test_a_membership_is_offered_what_is_for_its_role_and_meets_the_condition():
    municipality = MembershipFactory(company_staff=True)
    firm = MembershipFactory(company_staff=True, company__kind="private")
    for_all = {kind.name for kind in (NEWS, QUIET, DAILY, WEEKLY, MORNING)}

    assert names(kinds_for(municipality)) == for_all | {OF_MUNICIPALITIES.name}
    for other in (firm, MembershipFactory(school_staff=True), MembershipFactory(of_student=True)):
        with transaction.atomic(), other.with_row_policies():
            assert names(kinds_for(other)) == for_all
    assert kinds_for(MembershipFactory(administrator=True)) == []


def test_who_has_chosen_nothing_gets_what_the_kind_says():
    own = MembershipFactory(company_staff=True)

    assert wanting(NEWS, Membership.objects).get() == own
    assert not wanting(QUIET, Membership.objects).exists()
    assert not MailChoice.objects.exists()


@pytest.mark.parametrize("role", ["company_staff", "school_staff", "of_student"])
def test_each_membership_chooses_for_itself(role):
    own, other = (MembershipFactory(**{role: True}) for _number in range(2))
    elsewhere = MembershipFactory(school_staff=True, user=own.user)
    with transaction.atomic(), own.with_row_policies():
        choose_mails(own, {NEWS.name: False, QUIET.name: True})

    with as_jobs():
        assert {each.pk for each in wanting(NEWS, Membership.objects.only("pk"))} == {other.pk, elsewhere.pk}
        assert [each.pk for each in wanting(QUIET, Membership.objects.only("pk"))] == [own.pk]


def test_only_what_differs_from_the_kinds_word_is_kept():
    own = MembershipFactory(company_staff=True)
    choose_mails(own, {NEWS.name: False, QUIET.name: False, DAILY.name: True})
    assert list(MailChoice.objects.values_list("kind", "is_on")) == [(NEWS.name, False)]

    choose_mails(own, {QUIET.name: True})
    assert set(MailChoice.objects.values_list("kind", "is_on")) == {(NEWS.name, False), (QUIET.name, True)}

    choose_mails(own, {NEWS.name: True, QUIET.name: False})
    assert not MailChoice.objects.exists()


def test_those_for_whom_a_kind_is_not_do_not_want_it():
    own = MembershipFactory(company_staff=True)
    for other in ("school_staff", "of_student", "administrator"):
        MembershipFactory(**{other: True})
    MembershipFactory(company_staff=True, company__kind="private")

    assert wanting(OF_MUNICIPALITIES, Membership.objects).get() == own


@pytest.mark.parametrize("name", [PLAIN.name, "test_invitation", "access_ends", "nothing", OF_MUNICIPALITIES.name])
def test_what_is_not_offered_is_not_chosen(name):
    own = MembershipFactory(school_staff=True)

    with pytest.raises(ValueError, match=name):
        choose_mails(own, {NEWS.name: False, name: False})
    assert not MailChoice.objects.exists()


def test_the_database_keeps_one_choice_for_a_kind():
    own = MembershipFactory(school_staff=True)
    MailChoice.objects.create(membership=own, kind=NEWS.name, is_on=False)

    with pytest.raises(IntegrityError, match="mail_choice_is_one_for_a_kind"):
        MailChoice.objects.create(membership=own, kind=NEWS.name, is_on=True)


def test_a_page_may_be_about_some_kinds_only():
    own = MembershipFactory(company_staff=True)
    choose_mails(own, {NEWS.name: False, QUIET.name: True})
    form = MailsForm({"shown": f"{QUIET.name} {DAILY.name}"}, membership=own, among=(QUIET, DAILY))

    assert list(form.kinds) == [QUIET.name, DAILY.name]
    assert form.is_valid()
    form.save()

    assert set(MailChoice.objects.values_list("kind", "is_on")) == {(NEWS.name, False), (DAILY.name, False)}
    assert MailsForm(membership=own, among=(QUIET, DAILY)).initial == {
        QUIET.name: False,
        DAILY.name: False,
        "shown": f"{QUIET.name} {DAILY.name}",
    }
