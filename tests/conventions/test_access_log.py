"""Nobody is shown a named student unseen. The permission matrix asks it of every page; here are the states of pages
that take more to reach than an address, and every page of the administration.
"""

import pytest
from django.contrib import admin
from django.urls import reverse

from laereplads.imports.models import Upload
from laereplads.people.models import Agreement, Student
from tests.access_log.watching import watched
from tests.imports.rosters import roster, student

HTMX = {"HX-Request": "true"}


@pytest.fixture
def window(world):
    return reverse("companies:assessment_update", args=[world.ids["running agreement"]])


def profile(world, tab=""):
    return reverse("schools:student_detail", args=[world.ids["student"]]) + tab


def test_the_matrix_meets_pages_that_name_students(world):
    """Or it would prove nothing."""
    for role, page, named in (
        ("company", reverse("companies:agreement_list"), 5),
        ("company workplace", reverse("companies:agreement_list"), 1),
        ("school", reverse("schools:student_list"), 5),
        ("administrator", reverse("admin:people_student_changelist"), 7),
    ):
        with watched(world.memberships[role]) as answers:
            answers.add(world.clients[role].get(page))
        assert [len(students) for students in answers.named] == [named]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("companies:assessment_list", "?navn=nylig"),
        ("companies:assessment_list", "?navn=ingen"),
        ("companies:agreement_list", "?navn=egen"),
        ("companies:agreement_list", "?slutter=snart"),
        ("companies:absence_list", "?navn=nylig"),
        ("companies:absence_list", "?fravaer=on"),
        ("companies:absence_list", "?igang=on"),
        ("companies:school_period_list", "?navn=egen"),
        ("companies:school_period_list", "?uge=1"),
        ("schools:student_list", "?tekst=afsluttet"),
        ("schools:student_list", "?niveau=high"),
        ("schools:student_list", "?mine=on"),
    ],
)
def test_a_filtered_list_is_logged_for_those_it_shows(world, page, query, headers):
    role = "school" if page.startswith("schools") else "company"
    with watched(world.memberships[role]) as answers:
        answers.add(world.clients[role].get(reverse(page) + query, headers=headers))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("level", ["high", "", "ukendt"])
@pytest.mark.parametrize("seen", ["current", "0"])
def test_saving_names_the_one_saved_and_the_next(world, window, headers, level, seen):
    latest = Agreement.objects.get(public_id=world.ids["running agreement"]).assessments.get()
    data = {"level": level, "seen": latest.pk if seen == "current" else seen}
    following = {"next": world.ids["agreement ended lately"]}
    with watched(world.memberships["company"]) as answers:
        answers.add(world.clients["company"].post(window, {**data, **following}, headers=headers))
        answers.add(world.clients["company"].post(window, data, headers=headers))
    assert answers.named or not headers


@pytest.mark.parametrize("tab", ["", "?fane=fravaer", "?fane=profil", "?fane=soegelog", "?fane=aktivitetslog"])
def test_every_tab_of_a_profile_is_logged(world, tab):
    with watched(world.memberships["school"]) as answers:
        answers.add(world.clients["school"].get(profile(world, tab)))
    assert len(answers.named) == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_a_star_that_comes_back_with_a_name_is_logged(world, headers):
    with watched(world.memberships["school"]) as answers:
        for wants in ("ja", "nej"):
            answers.add(world.clients["school"].post(profile(world, "foelg/"), {"foelg": wants}, headers=headers))
    assert len(answers.named) == (2 if headers else 0)


def models():
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def stem(model):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_every_list_form_and_history_of_the_administration(world, model):
    client, membership = world.clients["administrator"], world.memberships["administrator"]
    for query in ("", "?q=egen", "?q=ingen", "?o=-1"):
        with watched(membership) as answers:
            answers.add(client.get(reverse(f"{stem(model)}_changelist") + query))
    for record in model.objects.all():
        for page in ("change", "history", "delete"):
            with watched(membership) as answers:
                answers.add(client.get(reverse(f"{stem(model)}_{page}", args=[record.pk])))
        with watched(membership) as answers:
            # Refused, and shown again with its errors; or saved as it is, and led back to the list.
            answers.add(client.post(reverse(f"{stem(model)}_change", args=[record.pk]), {}))
            answers.add(client.get(reverse("admin:index")))


def references():
    """Every field of a form that offers names while one types."""
    return [
        (model, name)
        for model, options in admin.site._registry.items()
        for name in options.get_autocomplete_fields(None)
    ]


@pytest.mark.parametrize(("model", "name"), references(), ids=str)
def test_every_look_up_and_every_choice_that_a_form_begins_with(world, model, name):
    client, membership = world.clients["administrator"], world.memberships["administrator"]
    opts = model._meta
    asked = {"app_label": opts.app_label, "model_name": opts.model_name, "field_name": name}
    for term in ("", "egen", "ingen"):
        with watched(membership) as answers:
            answers.add(client.get(reverse("admin:autocomplete"), {**asked, "term": term}))
    for chosen in [*opts.get_field(name).related_model.objects.values_list("pk", flat=True), 0]:
        with watched(membership) as answers:
            answers.add(client.get(reverse(f"{stem(model)}_add"), {name: chosen}))
            answers.add(client.post(reverse(f"{stem(model)}_add"), {name: chosen}))


def test_saving_in_the_administration_leaves_no_name_behind(world):
    """What is said after saving waits in the session, and may be shown on a page that is about others."""
    saved = Student.objects.get(name="Markør Egen")
    client, membership = world.clients["administrator"], world.memberships["administrator"]
    form = client.get(reverse("admin:people_student_change", args=[saved.pk])).context_data["adminform"].form
    data = {name: value if (value := form[name].value()) is not None else "" for name in form.fields}
    with watched(membership) as answers:
        answers.add(client.post(reverse("admin:people_student_change", args=[saved.pk]), {**data, "phone": "1"}))
        answers.add(client.get(reverse("admin:people_company_changelist")))
    assert answers.named == []


@pytest.mark.parametrize("is_full", [True, False])
def test_a_preview_of_a_roster_is_logged_for_the_missing(world, is_full):
    membership = world.memberships["administrator"]
    number = world.memberships["school"].school.institution_number
    content = roster(student(institutionsnummer=number, elevnummer="NY1", navn="Nytilkommen Elev"))
    upload = Upload.objects.create(kind="roster", uploaded_by=membership, content=content, is_full=is_full)
    page = reverse("admin:people_student_import_preview", args=[upload.public_id])
    with watched(membership) as answers:
        answers.add(response := world.clients["administrator"].get(page))
    assert response.status_code == 200
    assert len(answers.named) == is_full
