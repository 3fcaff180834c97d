"""The lists of the administration answer what their filters and search ask, and nothing else; no address is a 5xx."""

import itertools
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib import admin, messages
from django.urls import reverse

from laereplads.access.roles import MAINTAINED
from tests.factories import AgreementFactory, MembershipFactory, RejectionFactory, UserFactory

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
LOOKUPS = [
    "",
    "exact",
    "startswith",
    "icontains",
    "regex",
    "in",
    "isnull",
    "gte",
    "range",
    "year",
    "len",
    "nonsense",
    "id",
]
VALUES = ["", "x(", "9" * 30, "2026-01-01", "1,[", "\x00", "a" * 3000]


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def paths(model, depth=2):
    """Every field and every relation of the model, either way, and theirs."""
    for field in model._meta.get_fields(include_hidden=True):
        name = field.name
        yield name
        if depth > 1 and field.is_relation and field.related_model:
            yield from (f"{name}__{path}" for path in paths(field.related_model, depth - 1))


@pytest.fixture
def client(logged_in):
    agreement = AgreementFactory()
    MembershipFactory(of_student=True, student=agreement.student)
    RejectionFactory()
    return logged_in(MembershipFactory(administrator=True))


def filters_of(client, model):
    """What the filters beside the list say themselves that they understand."""
    answer = client.get(list_of(model))
    return {name for spec in answer.context_data["cl"].filter_specs for name in spec.expected_parameters()}


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_other_lookup_leads_to_the_list_with_a_message(client, model):
    known = admin.site.get_model_admin(model).filter_parameters()
    assert filters_of(client, model) <= known
    asked = [f"{path}__{lookup}".removesuffix("__") for path, lookup in itertools.product(paths(model), LOOKUPS)]
    # Each lookup of some paths, and some lookup of each: all of all would take minutes.
    asked = [*asked[:40], *asked[40::37], "e", "_popup", "_to_field", "pk__in", "x" * 500, "user__password__startswith"]
    for name in asked:
        if name not in known:
            answer = client.get(list_of(model), {name: "1"})
            assert (answer.status_code, answer.headers["Location"]) == (302, list_of(model)), name
    said = {str(message) for message in messages.get_messages(client.get(list_of(model)).wsgi_request)}
    assert said <= {"Listen kan ikke filtreres på den måde. Her er hele listen."}


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_is_asked_may_be_anything(client, model):
    names = [*admin.site.get_model_admin(model).filter_parameters(), "q", "o", "p", "all", "_facets"]
    for name, value in itertools.product(names, VALUES):
        answer = client.get(list_of(model), {name: value}, follow=True)
        assert answer.status_code == 200, (name, value)
        assert all(status == 302 for _path, status in answer.redirect_chain), (name, value)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model in MODELS if model._meta.label_lower in MAINTAINED], ids=str)
def test_forms_take_anything_in_their_address(client, model):
    add = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    change = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=["9" * 30])
    names = [*(field.name for field in model._meta.get_fields()), "password", "_changelist_filters", "pk__regex"]
    for value in VALUES:
        assert client.get(add, dict.fromkeys(names, value)).status_code == 200, value
    for page, name in itertools.product((add, change), ("_popup", "_to_field")):
        for answer in (client.get(page, {name: "password"}), client.post(page, {name: "password"})):
            assert (answer.status_code, answer.headers["Location"]) == (302, list_of(model))


@pytest.mark.django_db
def test_a_message_says_why(client):
    page = client.get(list_of(UserFactory._meta.model), {"password__startswith": "argon2"}, follow=True)

    assert "Listen kan ikke filtreres på den måde. Her er hele listen." in page.text
    assert page.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_link_of_a_list_works(client, model):
    """Filters, headings, pages and counts: none of them is refused."""
    page = client.get(list_of(model))
    for address in {link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]*)"', page.text)}:
        answer = client.get(list_of(model), dict(parse_qsl(urlsplit(address).query, keep_blank_values=True)))
        assert answer.status_code == 200, address


@pytest.mark.parametrize("typed", ["-", ".", "/", ",", ";", "@ .", "'", "…"])
@pytest.mark.parametrize("model", MODELS)
def test_marks_alone_find_nothing(client, model, typed):
    assert not client.get(list_of(model), {"q": typed}).context_data["cl"].result_list


@pytest.mark.django_db
def test_a_mark_that_stands_by_itself_is_no_word(client):
    agreement = AgreementFactory(student__name="Åse Bro", number="AFT-1")

    found = client.get(list_of(type(agreement)), {"q": "Åse – Bro, aft-1 ."}).context_data["cl"].result_list
    assert list(found) == [agreement]
