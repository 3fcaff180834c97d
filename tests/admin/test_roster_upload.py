"""The import in the administration: upload, preview, confirm."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.models import Event
from laereplads.imports.models import Upload
from laereplads.imports.roster.columns import COLUMNS
from laereplads.imports.roster.sample import SAMPLE_FILE
from laereplads.people.models import School, Student
from tests.factories import MembershipFactory, StudentFactory
from tests.imports.rosters import crowd, roster, row, sample_world, student

URL = reverse("admin:people_student_import")


@pytest.fixture
def school(db) -> School:
    return sample_world()


@pytest.fixture
def administrator(school):
    return MembershipFactory(administrator=True)


@pytest.fixture
def client(logged_in, administrator):
    return logged_in(administrator)


def upload(client, content: bytes, **options: str):
    return client.post(URL, {"file": SimpleUploadedFile("elever.csv", content, "text/csv"), **options})


def test_a_file_is_previewed_before_anything_is_saved(client):
    preview = client.get(upload(client, SAMPLE_FILE.read_bytes()).url)

    assert "Intet er gemt endnu" in preview.text
    assert re.search(r"Elever</th><td>59</td><td>0</td><td>0</td>", preview.text)
    assert "3 elever bliver meldt ud" in preview.text
    assert not Student.objects.exists()


def test_confirming_saves_and_forgets_the_file(client, administrator):
    preview = upload(client, roster(row())).url

    done = client.post(preview, follow=True)

    assert "Filen er indlæst. Elever: 1 nye, 0 ændrede. Uddannelsesaftaler: 1 nye, 0 ændrede." in done.text
    assert Student.objects.count() == 1
    imported = Event.objects.filter(object_type__in=["people.student", "people.agreement"])
    assert [event.actor for event in imported] == [administrator.user] * 2
    assert not Upload.objects.exists()


def test_a_second_click_does_nothing_more(client):
    preview = upload(client, roster(row())).url
    client.post(preview)
    events = Event.objects.count()

    assert "allerede indlæst" in client.post(preview, follow=True).text
    assert Event.objects.count() == events


def test_a_file_can_be_dropped(client):
    preview = upload(client, roster(row())).url

    assert "Intet er ændret" in client.post(preview, {"drop": "1"}, follow=True).text
    assert not Upload.objects.exists()
    assert not Student.objects.exists()


def test_wrong_rows_are_told_in_the_preview(client):
    response = client.get(upload(client, roster(row(foedselsdato="x"), row(elevtype="y"))).url)

    assert "2 fejl skal rettes" in response.text
    assert "1 elev bliver udeladt" in response.text
    assert re.search(r"<td>2</td><td>foedselsdato</td><td>“x” er ikke en dato\.", response.text)
    assert re.search(r"<td>3</td><td>elevtype</td>", response.text)
    assert "Indlæs filen" not in response.text


def test_a_file_that_cannot_be_read_is_answered_with_why(client):
    response = upload(client, b"%PDF-1.7", is_full="on")

    assert response.status_code == 422
    assert "Filen er en PDF-fil" in response.text
    assert "checked" in response.text
    assert not Upload.objects.exists()


def test_many_problems_are_counted(client):
    response = client.get(upload(client, crowd(130, elevtype="x")).url)

    assert response.text.count("<td>elevtype</td>") == 100
    assert "… og 30 fejl mere." in response.text


def test_what_became_wrong_since_the_preview_is_told(client, school):
    preview = upload(client, roster(row())).url
    School.objects.update(institution_number="280002")

    assert "Der er ingen skole med institutionsnummer 280001" in client.get(preview).text
    assert "1 elev er udeladt" in client.post(preview, follow=True).text
    assert not Student.objects.exists()


@pytest.mark.parametrize(("content", "message"), [(None, "Vælg en fil."), (b"", "Filen er tom.")])
def test_there_must_be_a_file(client, content, message):
    response = client.post(URL, {}) if content is None else upload(client, content)

    assert response.status_code == 422
    assert message in response.text


@pytest.mark.parametrize("megabytes", [20.5, 22])
def test_a_file_that_is_too_big_is_refused(client, megabytes):
    response = upload(client, b"x" * int(megabytes * 1024 * 1024))

    assert response.status_code == 422
    assert "Filen fylder mere end 20 MB." in response.text


def test_a_full_delivery_names_those_it_lacks(client, school):
    StudentFactory(school=school, student_number="E77", name="Testelev Syv")

    assert "E77 Testelev Syv" in client.get(upload(client, roster(row()), is_full="on").url).text
    assert "E77" not in client.get(upload(client, roster(row())).url).text


def test_a_file_with_nothing_new_cannot_be_confirmed(client):
    client.post(upload(client, roster(row())).url)

    preview = client.get(upload(client, roster(row())).url).text
    assert "Der er intet at indlæse" in preview
    assert "Indlæs filen" not in preview


def test_a_waiting_file_is_its_uploaders_own(client, logged_in):
    preview = upload(client, roster(row())).url
    other = logged_in(MembershipFactory(administrator=True))

    assert other.get(preview).status_code == 404
    assert "allerede indlæst" in other.post(preview, follow=True).text
    assert not Student.objects.exists()


def test_files_nobody_answered_are_removed(client):
    upload(client, roster(row()))
    Upload.objects.update(uploaded_at=timezone.now() - datetime.timedelta(hours=9))

    upload(client, roster(student()))

    assert Upload.objects.count() == 1


def test_the_page_and_the_manual_tell_of_every_column(client, settings):
    page = client.get(URL).text
    manual = (settings.BASE_DIR / "docs" / "roster.md").read_text()

    for column in COLUMNS:
        assert column.header in page
        assert f"`{column.header}`" in manual


def test_the_student_list_leads_to_the_import(client):
    assert f'href="{URL}"' in client.get(reverse("admin:people_student_changelist")).text


def test_other_methods_are_refused(client):
    assert client.put(URL).status_code == 405


def test_the_preview_tells_who_and_what(client):
    client.post(upload(client, roster(row())).url)

    preview = client.get(upload(client, roster(row(navn="Åse Bro"), student(elevnummer="E2", navn="Bo Ny"))).url).text

    assert re.search(
        r"<td>Ændret</td><th[^>]*>E1 Åse Bro</th><td>Navn</td><td>Åse Ærø-Ølgaard</td><td>Åse Bro</td>", preview
    )
    assert re.search(r"<td>Ny elev</td><th[^>]*>E2 Bo Ny</th>", preview)


def test_a_hundred_lines_are_shown_and_all_are_in_a_file(client):
    preview = upload(client, crowd(130)).url

    assert "… og 160 linjer mere." in client.get(preview).text
    assert b"".join(client.get(f"{preview}fil/")).count(b"Ny elev") == 130


def test_what_is_asked_must_be_answered(client):
    client.post(upload(client, roster(student(udmeldt="01-03-2026"))).url)
    preview = upload(client, roster(student(), student(elevnummer="E2", navn="Bo Ny"))).url

    page = client.get(preview).text
    assert re.search(r"<td>Genindmeldt</td><th[^>]*>E1 ", page)
    [name] = re.findall(r'type="radio" name="(svar-[^"]+)" value="ja"', page)

    unanswered = client.post(preview)
    assert unanswered.status_code == 422
    assert "Svar på alle spørgsmål" in unanswered.text
    assert not Student.objects.get().is_reported

    client.post(preview, {name: "ja"})
    assert Student.objects.get(student_number="E1").is_reported
    assert Student.objects.filter(student_number="E2").exists()


def test_wrong_rows_are_left_out_and_the_rest_is_saved(client):
    preview = upload(client, roster(row(), student(elevnummer="E2", navn="Bo Ny", elevtype="x"))).url

    assert "1 elev er udeladt" in client.post(preview, follow=True).text
    assert Student.objects.get().student_number == "E1"


def test_whoever_is_shown_is_told_of_it(client, administrator):
    client.post(upload(client, roster(row())).url)
    known = Student.objects.get()
    AccessLogEntry.objects.all().delete()

    for content in (roster(row(navn="Åse Bro")), roster(row(navn="Bo", foedselsdato="01-01-1990"))):
        preview = upload(client, content).url
        client.get(preview)
        b"".join(client.get(f"{preview}fil/"))
    assert [reading.students for reading in AccessLogEntry.objects.filter(purpose="roster_import")] == [[known.pk]] * 4
