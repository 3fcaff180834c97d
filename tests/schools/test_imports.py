"""Files that a school reads in itself: sent, looked at, and said yes to, by whom it has made responsible."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from laereplads.access.roles import PERMISSIONS_OF_FLAGS
from laereplads.access_log.models import AccessLogEntry
from laereplads.database.locks import lock
from laereplads.imports.files.command import ImportCommand
from laereplads.imports.files.kinds import FileKind
from laereplads.imports.models import Upload
from schools import imports
from schools.models import FollowedStudent
from tests.factories import MembershipFactory, StudentFactory
from tests.imports.school_kinds import ASKING, FOLLOWED, KINDS, followed_file

URL = "/indlaes/"


@pytest.fixture(autouse=True)
def kinds(monkeypatch) -> tuple[FileKind, ...]:
    monkeypatch.setattr(imports, "KINDS", KINDS)
    return KINDS


@pytest.fixture
def own(db):
    return MembershipFactory(school_staff=True, is_absence_officer=True, school__institution_number="280001")


@pytest.fixture
def client(logged_in, own):
    return logged_in(own)


@pytest.fixture
def students(own):
    return [StudentFactory(school=own.school, student_number=f"E{n}", name=f"Testelev {n}") for n in range(3)]


def upload(client, content: bytes, **options: str):
    return client.post(URL, {"file": SimpleUploadedFile("fil.csv", content, "text/csv"), **options})


def plain(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def followed_by(own) -> set[str]:
    return set(FollowedStudent.objects.filter(membership=own).values_list("student__student_number", flat=True))


def test_a_file_is_looked_at_before_it_is_saved(client, own, students):
    sent = upload(client, followed_file(("280001", "E0"), ("280001", "E1")))
    page = client.get(sent.url)

    assert "Intet er gemt endnu. Det her vil ske:" in plain(page)
    assert "Elever 2 0 0 0" in plain(page)
    assert "E0 Testelev 0 Ny" in plain(page)
    assert not followed_by(own)

    done = client.post(sent.url, follow=True)
    assert done.redirect_chain == [(URL, 302)]
    assert "Filen er indlæst. Elever: 2 nye, 0 ændrede, 0 fjernede." in plain(done)
    assert followed_by(own) == {"E0", "E1"}
    assert not Upload.objects.exists()
    assert "allerede indlæst" in plain(client.post(sent.url, follow=True))


def test_a_file_can_be_dropped(client, own, students):
    sent = upload(client, followed_file(("280001", "E0")))

    assert "Filen er slettet. Intet er ændret." in plain(client.post(sent.url, {"drop": "1"}, follow=True))
    assert not Upload.objects.exists()
    assert not followed_by(own)


def test_the_same_file_again_changes_nothing(client, students):
    client.post(upload(client, followed_file(("280001", "E0"))).url)

    page = client.get(upload(client, followed_file(("280001", "E0"))).url)
    assert "Der er intet at indlæse." in plain(page)
    assert "Indlæs filen" not in plain(page)


def test_what_a_complete_file_lacks_is_removed_and_shown_before(client, own, students):
    client.post(upload(client, followed_file(("280001", "E0"), ("280001", "E1"))).url)

    sent = upload(client, followed_file(("280001", "E1")), covers_from="01012026", covers_to="31-01-2026")
    page = plain(client.get(sent.url))
    assert Upload.objects.get().covers == (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
    assert "Filen er komplet fra 1. januar 2026 til og med 31. januar 2026." in page
    assert "Filen gælder hele perioden." in page
    assert "Hvad Nye Ændrede Uændrede Fjernede Elever 0 0 1 1" in page
    assert "E0 Testelev 0 Fjernet" in page

    client.post(sent.url)
    assert followed_by(own) == {"E1"}


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("01.01.2026", "", "Skriv også den sidste dag, eller slet den første."),
        ("", "01.01.2026", "Skriv også den første dag, eller slet den sidste."),
        ("02.01.2026", "01.01.2026", "Vælg en dag, der ikke ligger før den første."),
        ("i går", "01.01.2026", "dato"),
    ],
)
def test_a_window_has_two_days_in_order(client, students, starts, ends, words):
    answer = upload(client, followed_file(("280001", "E0")), covers_from=starts, covers_to=ends)

    assert answer.status_code == 422
    assert words in plain(answer)
    assert "Intet er gemt." in plain(answer)
    assert f'value="{starts or ends}"' in answer.text
    assert not Upload.objects.exists()


def test_one_day_is_a_window_and_a_kind_without_one_refuses_it(client, students):
    day = {"covers_from": "01.01.2026", "covers_to": "01.01.2026"}

    assert upload(client, followed_file(("280001", "E0")), **day).status_code == 302
    answer = upload(client, b"tekst\nA\n", **day)
    assert answer.status_code == 422
    assert "Filen kan ikke være komplet for en periode. Slet begge datoer." in plain(answer)


def test_wrong_rows_are_told_with_line_and_column_and_left_out(client, own, students):
    sent = upload(client, followed_file(("280001", "E0"), ("280002", "E1"), ("280001", "X9"), ("280001", "")))
    page = plain(client.get(sent.url))

    assert "3 fejl skal rettes 3 rækker bliver udeladt." in page
    assert "Linje 3 institutionsnummer 280002 er ikke jeres skole. Slet rækken, eller ret nummeret." in page
    assert "Linje 4 elevnummer Der er ingen elev med nummer X9. Ret det." in page
    assert "Linje 5 elevnummer Cellen er tom." in page
    assert "3 rækker er udeladt." in plain(client.post(sent.url, follow=True))
    assert followed_by(own) == {"E0"}


def test_many_problems_and_many_lines_are_counted_and_all_are_in_a_file(client, own):
    for number in range(130):
        StudentFactory(school=own.school, student_number=f"E{number}")
    right, wrong = [("280001", f"E{n}") for n in range(130)], [("280001", f"X{n}") for n in range(120)]
    sent = upload(client, followed_file(*right, *wrong))
    page = plain(client.get(sent.url))

    assert "… og 30 linjer mere." in page
    assert "… og 20 fejl mere." in page
    assert page.count("Linje ") == 100 + 1
    file = b"".join(client.get(f"{sent.url}fil/")).decode("utf-8-sig")
    assert file.count("\nNy;") == 130
    assert file.count("\nFejl;") == 120


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Vælg en fil."),
        (b"", "Filen er tom."),
        (b"%PDF-1.7", "Filen er en PDF-fil. Gem den som CSV, og prøv igen."),
        (b"navn;alder\nBo;3\n", "Den første linje skal være overskrifter"),
        (b"institutionsnummer\n280001\n", "Linje 1 elevnummer Kolonnen mangler. Tilføj den."),
        (b'tekst\n"A', "Linje 2 – Et anførselstegn"),
        (b"tekst\nafvist\n", "Linje 2 – Filen er afvist. Send den igen."),
        (b"x" * 20_500 * 1024, "Filen fylder mere end 20 MB. Del den op."),
        (b"x" * 22_000 * 1024, "Filen fylder mere end 20 MB. Del den op."),
    ],
    ids=["none", "empty", "PDF", "another", "a column missing", "open quote", "refused", "large", "very large"],
)
def test_a_file_that_cannot_be_read_is_answered_with_why(client, own, content, words):
    answer = client.post(URL, {}) if content is None else upload(client, content)

    assert answer.status_code == 422
    assert words in plain(answer)
    assert "Intet er gemt." in plain(answer)
    assert not Upload.objects.exists()


def test_what_was_said_of_a_refused_file_is_kept(client, own):
    answer = upload(client, b"%PDF-1.7", covers_from="01-02-2026", covers_to="02-02-2026")

    assert 'value="01.02.2026"' in answer.text
    assert 'value="02.02.2026"' in answer.text


def test_what_is_asked_must_be_answered(client):
    sent = upload(client, b"tekst\nA\nB\n")
    page = client.get(sent.url).text
    names = re.findall(r'name="(svar-[^"]+)" value="ja"', page)

    unanswered = client.post(sent.url, {names[0]: "ja"})
    assert unanswered.status_code == 422
    assert "Intet er gemt" in plain(unanswered)
    assert plain(unanswered).count("Vælg et svar.") == 1
    assert re.search(rf'name="{names[0]}" value="ja" checked', unanswered.text)

    done = plain(client.post(sent.url, {names[0]: "ja", names[1]: "nej"}, follow=True))
    assert "Svar: 1 nye" in done
    assert "1 række er udeladt" in done


def test_a_file_that_became_unreadable_is_told(client, own, monkeypatch):
    sent = upload(client, b"tekst\nA\n")
    Upload.objects.update(content=b"tekst\nafvist\n")

    for answer in (client.get(sent.url), client.post(sent.url, {}), client.get(f"{sent.url}fil/")):
        assert answer.status_code == 422
        assert "Filen er afvist." in plain(answer)


def test_only_whoever_is_responsible_may(logged_in, client, own, students):
    sent = upload(client, followed_file(("280001", "E0")))

    colleague = logged_in(MembershipFactory(school_staff=True, school=own.school, is_leader=True))
    for address in (URL, sent.url, f"{sent.url}fil/"):
        assert colleague.get(address).status_code == 403
    assert colleague.post(sent.url).status_code == 403
    assert PERMISSIONS_OF_FLAGS["is_absence_officer"] == {"absence.import_absence"}


@pytest.mark.parametrize("kind", ["colleague", "other school"])
def test_a_waiting_file_is_its_senders_own(logged_in, client, own, students, kind):
    sent = upload(client, followed_file(("280001", "E0")))
    other = {
        "colleague": lambda: MembershipFactory(school_staff=True, is_absence_officer=True, school=own.school),
        "other school": lambda: MembershipFactory(school_staff=True, is_absence_officer=True),
    }[kind]()
    client = logged_in(other)

    assert client.get(sent.url).status_code == 404
    assert client.get(f"{sent.url}fil/").status_code == 404
    assert "allerede indlæst" in plain(client.post(sent.url, follow=True))
    assert Upload.objects.count() == 1
    assert not FollowedStudent.objects.exists()


def test_an_administrator_reads_no_school_file_in(logged_in):
    assert logged_in(MembershipFactory(administrator=True)).get(URL).status_code == 403


def test_whoever_is_shown_is_told_of_it(client, own, students):
    sent = upload(client, followed_file(("280001", "E0")))
    client.get(sent.url)
    b"".join(client.get(f"{sent.url}fil/"))

    entries = AccessLogEntry.objects.filter(membership=own, purpose="school_import")
    assert [entry.students for entry in entries] == [[students[0].pk]] * 2


def test_files_nobody_answered_are_removed(client, students):
    upload(client, followed_file(("280001", "E0")))
    Upload.objects.update(uploaded_at=timezone.now() - datetime.timedelta(hours=9))

    upload(client, followed_file(("280001", "E1")))
    assert Upload.objects.count() == 1


def test_the_page_tells_of_every_column_of_every_kind(client):
    page = client.get(URL).text

    for kind in KINDS:
        for layout in kind.layouts:
            assert str(layout.name) in page
            for column in layout.columns:
                assert column.header in page
                assert str(column.content) in page


@pytest.mark.parametrize("page", ["import_upload", "import_preview", "import_lines"])
def test_other_methods_are_refused(client, page):
    args = [] if page == "import_upload" else ["0b3a4c1e-0000-4000-8000-000000000000"]
    assert client.put(reverse(f"schools:{page}", args=args)).status_code == 405


@pytest.mark.parametrize("count", [1, 10])
def test_a_preview_takes_the_same_queries_however_long(client, own, count, django_assert_num_queries):
    for number in range(count):
        StudentFactory(school=own.school, student_number=f"E{number}")
    sent = upload(client, followed_file(*(("280001", f"E{n}") for n in range(count))))
    client.get(sent.url)
    with django_assert_num_queries(23):
        client.get(sent.url)


class Command(ImportCommand):
    """What `manage.py` would find under a name of its own."""

    kinds = (FOLLOWED,)


class AskingCommand(ImportCommand):
    kinds = (ASKING,)


@pytest.mark.django_db
def test_the_command_takes_the_window_and_tells_removals(own, students, tmp_path, capsys):
    file = tmp_path / "fil.csv"
    file.write_bytes(followed_file(("280001", "E0")))

    call_command(
        Command(), file, dry_run=True, covers_from=datetime.date(2026, 1, 1), covers_to=datetime.date(2026, 1, 2)
    )
    said = capsys.readouterr().out
    assert "Elever: 1 nye, 0 ændrede, 0 uændrede, 0 fjernede." in said
    assert "Filen gælder hele perioden." in said
    assert "Ny: E0 Testelev 0" in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [
        ["--covers-from", "01-01-2026"],
        ["--covers-to", "01-01-2026"],
        ["--covers-from", "02-01-2026", "--covers-to", "01-01-2026"],
        ["--covers-from", "i går", "--covers-to", "01-01-2026"],
    ],
)
def test_the_command_refuses_half_a_window(tmp_path, options):
    file = tmp_path / "fil.csv"
    file.write_bytes(followed_file(("280001", "E0")))

    with pytest.raises(CommandError):
        call_command(Command(), str(file), *options)


def test_a_command_without_a_window_has_no_such_option(tmp_path):
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command(AskingCommand(), str(tmp_path), "--covers-from", "01-01-2026")


def test_a_file_that_is_sent_again_waits_once_and_another_waits_beside_it(client):
    first = upload(client, followed_file(("280001", "E0")))
    assert upload(client, followed_file(("280001", "E0"))).url == first.url
    assert upload(client, followed_file(("280001", "E0"), ("280001", "E1"))).url != first.url
    assert Upload.objects.count() == 2


def test_two_clicks_at_once_take_turns(client, own):
    """The lock is the sender's own: a colleague does not wait."""
    upload(client, followed_file(("280001", "E0")))
    with connection.cursor() as cursor:
        held = "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
        cursor.execute(held)
        before = cursor.fetchone()[0]
        lock("uploads", own.pk)
        cursor.execute(held)
        # It is held by this transaction already.
        assert cursor.fetchone()[0] == before
        lock("uploads", own.pk + 1)
        cursor.execute(held)
        assert cursor.fetchone()[0] == before + 1
