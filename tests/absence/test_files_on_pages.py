"""A school reads its own files in on its page, with the database's own rules of who reaches what."""

from __future__ import annotations

import datetime
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from absence.files.apply import import_days, import_periods
from absence.files.kinds import KINDS
from absence.models import AbsenceDay, AbsenceDelivery, SchoolPeriod
from laereplads.access_log.models import AccessLogEntry
from laereplads.audit.models import Event
from laereplads.people.models import Student
from tests.absence.absence_files import NUMBER, days, lessons, minutes, period, periods, school_of, state
from tests.benchmark.absence import Command as MeasureFiles
from tests.factories import EducationFactory, MembershipFactory, SchoolFactory, SchoolPeriodFactory, StudentFactory
from tests.imports.rosters import sample_world

pytestmark = [pytest.mark.django_db, pytest.mark.today("2027-03-01")]
URL = "/indlaes/"
FEBRUARY = (datetime.date(2027, 2, 1), datetime.date(2027, 2, 28))
SAMPLES = [settings.BASE_DIR / "docs" / f"{name}-eksempel.csv" for name in ("skoleophold", "fravaer", "lektioner")]


@pytest.fixture
def own(db):
    return MembershipFactory(school_staff=True, is_absence_officer=True, school=school_of("E1", "E2"))


@pytest.fixture
def client(logged_in, own):
    return logged_in(own)


def upload(client, content: bytes, **options: str):
    return client.post(URL, {"file": SimpleUploadedFile("fil.csv", content, "text/csv"), **options})


def plain(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def read_in(client, content: bytes, **options: str) -> tuple[str, str]:
    """What the preview says, and what is said after the yes."""
    sent = upload(client, content, **options)
    assert sent.status_code == 302, plain(sent)
    return plain(client.get(sent.url)), plain(client.post(sent.url, follow=True))


def test_a_school_reads_its_three_files_in(client, own):
    preview, done = read_in(client, periods(period(), period("P2", student="E2")))
    assert "P1 Testelev E1 Nyt skoleophold Skoleophold Skoleperiode 1A, 01.02.2027–28.02.2027" in preview
    assert "Filen er indlæst. Skoleophold: 2 nye, 0 ændrede." in done
    _preview, done = read_in(client, days("E1;P1;01-02-2027;390;0;0;", "E2;P2;01-02-2027;390;0;45;"))
    assert "Skoledage: 2 nye, 0 ændrede, 0 fjernede." in done
    _preview, done = read_in(client, lessons("E1;P1;02-02-2027;08:00;10:00;lovligt;"))
    assert "Skoledage: 1 nye, 0 ændrede, 0 fjernede." in done
    assert minutes() == [("E1", "01.02", 390, 0, 0), ("E1", "02.02", 120, 120, 0), ("E2", "01.02", 390, 0, 45)]

    preview, done = read_in(
        client, days("E1;P1;01-02-2027;300;0;0;", "E2;P2;01-02-2027;0;0;0;"),
        covers_from="01-02-2027", covers_to="28-02-2027",
    )  # fmt: skip
    assert "Skoledage 0 1 0 2" in preview
    assert preview.index("Fjernet, mangler i filen") < preview.index("Kortere dag")
    assert "Skema 390 min., lovligt 0, ulovligt 0 Skema 300 min., lovligt 0, ulovligt 0" in preview
    assert "Skoledage: 0 nye, 1 ændrede, 2 fjernede." in done
    preview, done = read_in(client, periods(period(ends="27-02-2027"), period("P2", student="E2", aflyst="27-02-2027")))
    assert "Skoleophold: 0 nye, 2 ændrede" in done

    assert list(
        AbsenceDelivery.objects.order_by("id").values_list("school", "rows_new", "rows_changed", "rows_removed")
    )[3] == (own.school_id, 0, 1, 2)
    assert {event.acting_membership for event in Event.objects.filter(action="absence_delivered")} == {own.pk}
    assert AccessLogEntry.objects.filter(membership=own, purpose="school_import").exists()


def test_the_same_file_again_has_nothing_to_read_in(client):
    content = periods(period())
    read_in(client, content)
    before = state()
    assert "Der er intet at indlæse." in plain(client.get(upload(client, content).url))
    assert state() == before


def test_another_schools_rows_are_refused_and_its_days_stay(client):
    there = SchoolPeriodFactory(student=StudentFactory(school=SchoolFactory(institution_number="280002")), number="P1")
    preview, _done = read_in(
        client, periods(period()) + f"\n280002;{there.student.student_number};P1;X;GF1;;01-02-2027;28-02-2027;".encode()
    )
    assert "280002 er ikke jeres skole. Slet rækken, eller ret nummeret." in preview
    assert SchoolPeriod.objects.get(pk=there.pk).name == there.name


def test_who_is_signed_off_is_hidden_from_the_page_and_not_from_the_command(client, own):
    student = Student.objects.get(student_number="E1")
    SchoolPeriodFactory(student=student, number="P1", starts_on=FEBRUARY[0], ends_on=FEBRUARY[1])
    Student.objects.filter(pk=student.pk).update(signed_off_on="2027-02-20")
    content = days("E1;P1;01-02-2027;390;0;0;")
    assert "eller eleven er meldt ud" in read_in(client, content)[0]
    assert not AbsenceDay.objects.exists()
    # The number is not free either, though the page cannot see who has it.
    sent = upload(client, periods(period(student="E2")))
    answer = client.post(sent.url)
    assert answer.status_code == 422
    assert "P1 er brugt af en elev, der er meldt ud. Giv skoleopholdet et andet nummer." in plain(answer)
    import_days(content, by=None)
    assert AbsenceDay.objects.count() == 1


@pytest.mark.parametrize("layout", [kind.layouts[0] for kind in KINDS], ids=lambda layout: layout.one)
def test_the_page_and_the_manual_tell_of_every_column(client, layout):
    page = client.get(URL).text
    manual = (settings.BASE_DIR / "docs" / "absence-files.md").read_text()
    part = manual.partition(f"## {layout.name}\n")[2].partition("\n## ")[0]
    assert str(layout.name) in page
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", part, re.MULTILINE)
    assert rows == [(column.header, "altid" if column.is_required else "må være tom") for column in layout.columns]
    for column in layout.columns:
        assert column.header in page


@pytest.mark.today("2026-12-01")
def test_the_examples_of_the_manual_are_read_in(capsys):
    sample_world()
    call_command("import_roster", str(settings.BASE_DIR / "docs" / "roster-eksempel.csv"))
    call_command("import_absence", *map(str, SAMPLES))
    said = capsys.readouterr().out
    assert "Skoleophold: 4 nye" in said
    assert "Skoledage: 6 nye" in said
    assert "Skoledage: 1 nye" in said
    assert AbsenceDay.objects.filter(day="2026-11-10", scheduled=330, lawful=150, unlawful=90).exists()


@pytest.mark.today("2028-05-10")
def test_the_examples_stay_right_when_they_are_old(capsys):
    sample_world()
    call_command("import_roster", str(settings.BASE_DIR / "docs" / "roster-eksempel.csv"))
    call_command("import_absence", *map(str, SAMPLES))
    assert "6 dage er mere end 13 måneder gamle og er udeladt." in capsys.readouterr().out
    assert not AbsenceDay.objects.exists()


def test_a_file_of_old_days_alone_does_not_say_that_they_are_there(client):
    preview = plain(client.get(upload(client, days("E1;P1;31-01-2026;390;0;0;")).url))
    assert "Der er intet at indlæse. Intet er gemt." in preview
    assert "1 dag er mere end 13 måneder gammel og er udeladt." in preview
    assert "står allerede i portalen" not in preview


def test_an_administrator_sees_deliveries_and_no_absence(logged_in, own):
    import_periods(periods(period()), by=None)
    import_days(days("E1;P1;01-02-2027;390;0;45;"), by=None)
    client = logged_in(MembershipFactory(administrator=True))
    page = client.get(reverse("admin:absence_absencedelivery_changelist"))
    assert page.status_code == 200
    assert "Fravær pr. dag" in page.text
    assert "Testelev" not in page.text
    delivery = AbsenceDelivery.objects.first()
    assert client.get(reverse("admin:absence_absencedelivery_change", args=[delivery.pk])).status_code == 200
    assert client.get(reverse("admin:absence_absencedelivery_add")).status_code == 403
    assert client.get(URL).status_code == 403
    assert NUMBER not in page.text


def test_the_benchmark_measures_and_leaves_nothing_behind(capsys, settings):
    EducationFactory(is_sosu=True)
    call_command(MeasureFiles(), "--students", "20", "--days", "2", "--as-school")
    said = capsys.readouterr().out
    assert "tom tabel: 40 nye, 0 ændrede, 0 uændrede" in said
    assert "4 ændrede, 36 uændrede" in said
    assert "uændret: 0 nye, 0 ændrede, 40 uændrede" in said
    assert not AbsenceDay.objects.exists()

    settings.LOCAL = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command(MeasureFiles())


def test_who_reads_files_in_finds_the_page(logged_in, client, own):
    assert f'href="{URL}"' in client.get("/").text
    assert f'href="{URL}"' not in logged_in(MembershipFactory(school_staff=True, school=own.school)).get("/").text
