"""The pages that read organisations in: the shared pages, with another kind of file."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from laereplads.access.roles import PERMISSIONS, Role
from laereplads.audit.models import Event
from laereplads.imports.models import Upload
from laereplads.imports.organisations.columns import COMPANIES, SCHOOLS, WORKPLACES
from laereplads.people.models import Company, School, Workplace
from tests.factories import CompanyFactory, MembershipFactory, cvr_number
from tests.imports.organisations import company, file_of, many_companies, school, workplace
from tests.imports.rosters import roster, row, sample_world

URL = reverse("admin:people_company_import")


@pytest.fixture
def administrator(db):
    return MembershipFactory(administrator=True)


@pytest.fixture
def client(logged_in, administrator):
    return logged_in(administrator)


def upload(client, content: bytes):
    return client.post(URL, {"file": SimpleUploadedFile("fil.csv", content, "text/csv")})


@pytest.mark.parametrize(
    ("content", "label", "model"),
    [
        (file_of(company()), "Virksomheder", Company),
        (file_of(workplace(cvr="99000007")), "Arbejdssteder", Workplace),
        (file_of(school()), "Skoler", School),
    ],
    ids=["company", "workplace", "school"],
)
def test_a_file_is_previewed_and_saved_after_a_yes(client, administrator, content, label, model):
    sample_world()
    before, events = model.objects.count(), Event.objects.count()
    preview = upload(client, content).url

    assert re.search(rf"{label}</th><td>1</td><td>0</td><td>0</td>", client.get(preview).text)
    assert model.objects.count() == before

    done = client.post(preview, follow=True)
    assert f"Filen er indlæst. {label}: 1 nye, 0 ændrede." in done.text
    assert model.objects.count() == before + 1
    assert [event.actor for event in Event.objects.order_by("id")[events:]] == [administrator.user]
    assert not Upload.objects.exists()
    assert "allerede indlæst" in client.post(preview, follow=True).text


def test_a_changed_name_is_shown_before_and_after(client):
    CompanyFactory(cvr="10000009", name="Gammel Kommune")
    preview = client.get(upload(client, file_of(company())).url).text

    assert re.search(
        r"<td>Ændret</td><th[^>]*>10000009 Åby Kommune</th><td>Navn</td><td>Gammel Kommune</td><td>Åby Kommune</td>",
        preview,
    )


def test_wrong_rows_are_told_and_left_out(client):
    content = file_of(company(), company(cvr=cvr_number(1), type="y"))
    preview = upload(client, content).url

    assert re.search(r"<td>3</td><td>type</td><td>“y” kan ikke bruges", client.get(preview).text)
    assert "1 række bliver udeladt." in client.get(preview).text
    assert "1 række er udeladt. Ret dem i filen." in client.post(preview, follow=True).text
    assert Company.objects.get().cvr == "10000009"


def test_a_file_that_cannot_be_read_is_answered_with_why(client):
    response = upload(client, b"%PDF-1.7")

    assert response.status_code == 422
    assert "Filen er en PDF-fil" in response.text
    assert "Filen har alle" not in response.text


def test_a_roster_is_no_file_of_organisations_and_the_other_way_round(client):
    sample_world()
    assert upload(client, roster(row())).status_code == 422
    roster_page = reverse("admin:people_student_import")
    file = SimpleUploadedFile("elever.csv", file_of(company()), "text/csv")
    assert client.post(roster_page, {"file": file}).status_code == 422

    waiting = client.post(roster_page, {"file": SimpleUploadedFile("elever.csv", roster(row()), "text/csv")}).url
    [public_id] = Upload.objects.values_list("public_id", flat=True)
    assert client.get(waiting).status_code == 200
    for page in ("import_preview", "import_file"):
        assert client.get(reverse(f"admin:people_company_{page}", args=[public_id])).status_code == 404


def test_a_hundred_lines_are_shown_and_all_are_in_a_file(client):
    preview = upload(client, many_companies(130)).url

    assert "… og 30 linjer mere." in client.get(preview).text
    assert b"".join(client.get(f"{preview}fil/")).count(b"Ny virksomhed") == 130


@pytest.mark.parametrize("count", [2, 200])
def test_a_preview_takes_the_same_queries_however_long(client, count, django_assert_num_queries):
    preview = upload(client, many_companies(count, region="Midtjylland")).url
    with django_assert_num_queries(8):
        client.get(preview)


def test_whoever_may_not_is_refused(client, monkeypatch):
    preview = upload(client, file_of(company())).url
    others = PERMISSIONS[Role.ADMINISTRATOR] - {"people.import_organisations"}
    monkeypatch.setitem(PERMISSIONS, Role.ADMINISTRATOR, others)

    for page in (URL, preview, f"{preview}fil/"):
        assert client.get(page).status_code == 403
    assert client.post(preview).status_code == 403
    assert not Company.objects.exists()


@pytest.mark.parametrize("layout", [COMPANIES, WORKPLACES, SCHOOLS], ids=["company", "workplace", "school"])
def test_the_page_and_the_manual_tell_of_every_column(client, settings, layout):
    page = client.get(URL).text
    manual = (settings.BASE_DIR / "docs" / "organisations-files.md").read_text()

    assert f"## {layout.name}" in manual
    for column in layout.columns:
        assert column.header in page
        assert f"`{column.header}`" in manual


@pytest.mark.parametrize("model", ["company", "workplace", "school"])
def test_the_lists_lead_to_the_import(client, model):
    assert f'href="{URL}"' in client.get(reverse(f"admin:people_{model}_changelist")).text
