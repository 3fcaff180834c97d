"""The company's own rejections as .xlsx and .csv, read back with another library."""

import csv
import datetime
import html
import io
import re
import sys
import unicodedata
import uuid
import zipfile

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from laereplads.access.models import Membership
from laereplads.accounts.models import User
from laereplads.web.spreadsheets import as_text, could_run
from rejections.models import Rejection, RejectionReason, percentages
from tests.benchmark.rejections import Command as MeasureSpreadsheets
from tests.factories import (
    EducationFactory,
    MembershipFactory,
    RejectionFactory,
    RejectionReasonFactory,
    days_from_today,
)
from tests.other_session import other_session
from tests.rejections.hostile import HOSTILE

pytestmark = pytest.mark.django_db
XLSX, CSV = "/afslag/registrerede/afslag.xlsx", "/afslag/registrerede/afslag.csv"
HEADINGS = [
    *("Afslag givet den", "Registreret den", "Inden for 14 dage", "Uddannelse", "Primær begrundelse for afslag"),
    *("Sekundær begrundelse", "Registreret af"),
]


@pytest.fixture
def membership():
    return MembershipFactory(company_staff=True, user__name="Ane Ansat")


@pytest.fixture
def client(membership, logged_in):
    return logged_in(membership)


def sheet_of(client, query=""):
    return openpyxl.load_workbook(io.BytesIO(client.get(XLSX + query).getvalue())).active


def lines_of(client, query=""):
    return list(csv.reader(io.StringIO(client.get(CSV + query).getvalue().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.today("2026-03-02")
def test_the_sheet_tells_of_each_rejection_newest_first_with_real_dates(client, membership):
    RejectionFactory(registered_by=membership, given_on=days_from_today(-20))
    RejectionFactory(
        registered_by=membership, given_on=days_from_today(-1), second_reason=RejectionReasonFactory(motivation=True)
    )
    RejectionFactory()

    headings, newest, oldest = sheet_of(client).iter_rows()
    assert [cell.value for cell in headings] == HEADINGS
    assert [cell.value for cell in newest] == [
        datetime.datetime(2026, 3, 1),  # noqa: DTZ001  # a sheet's dates have no zone
        datetime.datetime(2026, 3, 2),  # noqa: DTZ001
        "Ja",
        "Social- og sundhedsassistent",
        "Ingen ledige lærepladser",
        "Motivation og kendskab til faget",
        "Ane Ansat",
    ]
    assert (oldest[2].value, oldest[5].value) == ("Nej", None)
    assert newest[0].is_date
    assert newest[0].number_format == "[$-406]d\\. mmmm yyyy"


@pytest.mark.today("2026-03-02")
def test_the_sheet_can_be_read_columns_wide_enough_and_headings_in_view(client, membership):
    RejectionFactory(registered_by=membership)
    response = client.get(XLSX)
    assert response.headers["Content-Disposition"] == 'attachment; filename="afslag-2026-03-02.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    assert sheet.freeze_panes == "A2"
    widths = [(columns.min, columns.max, columns.width) for columns in sheet.column_dimensions.values()]
    assert {column for first, last, width in widths if width >= 18 for column in range(first, last + 1)} == {
        *range(1, 8)
    }


@pytest.mark.today("2026-03-02")
def test_the_csv_file_opens_in_a_danish_excel(client, membership):
    RejectionFactory(registered_by=membership, given_on=days_from_today(-1))
    response = client.get(CSV)
    content = response.getvalue()

    assert content.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Type"] == "text/csv"
    assert content.decode("utf-8-sig").splitlines() == [
        ";".join(HEADINGS),
        "01-03-2026;02-03-2026;Ja;Social- og sundhedsassistent;Ingen ledige lærepladser;;Ane Ansat",
    ]


def test_a_company_gets_its_own_rejections_only_as_many_as_the_button_says(client, membership):
    RejectionFactory.create_batch(3, registered_by=membership)
    RejectionFactory.create_batch(2)
    for page in ("/afslag/", "/afslag/registrerede/"):
        assert "Hent alle afslag i regneark (3)" in client.get(page).content.decode()
    assert sheet_of(client).max_row == len(lines_of(client)) == 1 + 3


@pytest.mark.today("2026-03-02")
@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("?fra=2026-02-20", 2),
        ("?til=20.02.2026", 2),
        ("?fra=2026-02-19&til=2026-02-21", 1),
        ("?uddannelse=ssh", 1),
        ("?begrundelse=motivation", 2),
        ("?begrundelse=motivation&uddannelse=ssa", 1),
        ("?fra=aldrig&uddannelse=pau&begrundelse=%00&side=x", 3),
        ("?side=99", 3),
    ],
)
def test_list_and_downloads_show_the_same_rows(client, membership, query, hits):
    motivation = RejectionReasonFactory(motivation=True)
    EducationFactory(helper=True)
    RejectionFactory(registered_by=membership, given_on=datetime.date(2026, 2, 20), second_reason=motivation)
    RejectionFactory(registered_by=membership, given_on=datetime.date(2026, 1, 1))
    RejectionFactory(registered_by=membership, primary_reason=motivation, education__helper=True)

    page = client.get("/afslag/registrerede/" + query)
    assert page.status_code == 200
    assert re.search(rf'<h2 id="hits">{hits} afslag</h2>', page.content.decode())
    query = page.context["filters"].suffix
    assert sheet_of(client, query).max_row == len(lines_of(client, query)) == 1 + hits


def test_both_ways_lead_past_every_rejection_once(client, membership, monkeypatch):
    monkeypatch.setattr("companies.rejection_views.PAGE_SIZE", 5)
    rejections = RejectionFactory.create_batch(12, registered_by=membership)

    def walk(way, query):
        while query is not None:
            page = client.get("/afslag/registrerede/" + query)
            yield [rejection.pk for rejection in page.context["page"]]
            link = re.search(rf'href="([^"]*)">{way}<', page.content.decode())
            query = html.unescape(link.group(1)) if link else None

    newest_first = [rejection.pk for rejection in rejections[::-1]]
    assert list(walk("Næste", "")) == [newest_first[:5], newest_first[5:10], newest_first[10:]]
    assert list(walk("Forrige", "?side=sidste")) == [newest_first[10:], newest_first[5:10], newest_first[:5]]


@pytest.mark.today("2026-03-02")
def test_unusable_filters_are_explained(client, membership):
    RejectionFactory(registered_by=membership)
    page = client.get("/afslag/registrerede/?fra=2026-03-01&til=2026-02-01&begrundelse=x").content.decode()
    assert "Datoen ligger før den første dato." in page
    assert "Vælg en af begrundelserne." in page


@pytest.mark.today("2026-03-02")
def test_nothing_found_and_nothing_registered_are_said(client, membership):
    assert "I har ikke registreret afslag endnu" in client.get("/afslag/registrerede/").content.decode()
    RejectionFactory(registered_by=membership)
    assert "Ingen afslag passer" in client.get("/afslag/registrerede/?til=2026-01-01").content.decode()


def test_retired_reasons_stay_readable_in_old_rejections(client, membership):
    reason = RejectionReasonFactory(code="gammel", label="Udgået begrundelse")
    RejectionFactory(registered_by=membership, primary_reason=reason)
    RejectionReason.objects.filter(pk=reason.pk).update(valid_until=days_from_today(-1))

    page = client.get("/afslag/registrerede/").content.decode()
    assert page.count("Udgået begrundelse") >= 3
    assert sheet_of(client)["E2"].value == "Udgået begrundelse"
    assert client.get("/afslag/registrerede/?begrundelse=gammel").context["hits"] == 1


def test_the_chart_and_its_table_add_up(client, membership):
    RejectionFactory.create_batch(3, registered_by=membership)
    RejectionFactory(registered_by=membership, primary_reason=RejectionReasonFactory(motivation=True))
    page = client.get("/afslag/registrerede/")
    assert [(reason.label, reason.count, reason.percent) for reason in page.context["reasons"]] == [
        ("Ingen ledige lærepladser", 3, 75),
        ("Motivation og kendskab til faget", 1, 25),
    ]
    assert 'role="img"' in page.content.decode()


@pytest.mark.parametrize(
    ("parts", "shares"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([1, 1, 1], [34, 33, 33]),
        ([4, 2, 2, 1, 1, 1, 1], [34, 17, 17, 8, 8, 8, 8]),
        ([1] * 12, [9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8]),
        ([999, 1], [100, 0]),
    ],
)
def test_shares_add_up_to_100(parts, shares):
    """The largest remainders are rounded up."""
    assert percentages(parts) == shares


def test_there_are_500_hostile_strings():
    assert len(set(HOSTILE)) == 500


INVISIBLE = [chr(code) for code in range(1, sys.maxunicode) if unicodedata.category(chr(code)) in {"Cf", "Cc", "Zs"}]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝", "﹢", "－", "＠", "−"])
def test_nothing_that_nobody_sees_hides_a_formula(sign):
    """Every format, control and blank of Unicode, and what else is drawn as nothing, alone and three times."""
    others = [
        "\u034f",
        "\u115f",
        "\u1160",
        "\u17b4",
        "\u2028",
        "\u2800",
        "\u3164",
        "\uffa0",
        "\ufe0f",
        "\u0301",
        "\ue000",
    ]
    for unseen in ("", *INVISIBLE, *others, "\u200c\u2060\xad", "\u200e \u202e\u180e"):
        for start in (unseen, unseen * 3):
            assert as_text(f"{start}{sign}1+1") == f"'{start}{sign}1+1", ascii(start)


@pytest.mark.parametrize(
    "text", ["", "Åse Holm", "\u200bÅse", "1-2", "e\u0301", " Bo = Ib", "\u202eab", "#=1", "Ø+Å", "\xad"]
)
def test_names_stay_as_they_are(text):
    assert as_text(text) == text


def test_hostile_text_stays_text_in_both_kinds_of_spreadsheet(client, membership):
    """The texts that reach a sheet are the reasons' and the employees' names; both are typed by administrators."""
    stored = [text.replace("\x00", "") for text in HOSTILE]
    users = User.objects.bulk_create(
        User(name=text, email=f"ond{number}@test.example") for number, text in enumerate(stored)
    )
    staff = Membership.objects.bulk_create(
        Membership(user=user, role="company_staff", company=membership.company) for user in users
    )
    reasons = RejectionReason.objects.bulk_create(
        RejectionReason(code=f"ond{number}", label=text) for number, text in enumerate(stored)
    )
    education, day = EducationFactory(), timezone.localdate()
    Rejection.objects.bulk_create(
        Rejection(
            company=membership.company, education=education, primary_reason=reason, registered_by=by, given_on=day
        )
        for reason, by in zip(reasons, staff, strict=True)
    )

    content = client.get(XLSX).getvalue()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert {cell.data_type for cell in cells if cell.column > 2 and cell.value is not None} == {"s"}
    read = [unescaped(sheet.cell(row, 5).value) for row in range(2, 502)]
    assert read == list(reversed(stored))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in text
    assert b"<hyperlink" not in text

    lines = lines_of(client)[1:]
    assert len(lines) == 500
    assert [value for line in lines for value in line if could_run(value)] == []
    assert all(line[4] in {text, f"'{text}"} for line, text in zip(lines, reversed(stored), strict=True))


def unescaped(text):
    """What a spreadsheet program shows for the escapes of characters that XML cannot hold."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found.group(1), 16)), text)


def test_hostile_applicants_are_taken_or_asked_again_and_never_reach_a_sheet(client, membership):
    RejectionReasonFactory()
    EducationFactory()
    for number, text in enumerate(HOSTILE):
        form = {
            "education": "ssa",
            "applicant_name": f"MARKOER {number} {text}",
            "applicant_contact": f"{20304050 + number}",
            "primary_reason": "ingen_pladser",
            "given_on": timezone.localdate().isoformat(),
            "form_token": str(uuid.uuid4()),
        }
        assert client.post("/afslag/", form).status_code in {302, 422}, text
    saved = Rejection.objects.count()
    assert saved > 400

    content = client.get(XLSX).getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        everything = b"".join(parts.read(name) + name.encode() for name in parts.namelist())
    assert b"MARKOER" not in everything + client.get(CSV).getvalue() + client.get("/afslag/registrerede/").content
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == saved + 1


def test_the_benchmark_measures_and_leaves_nothing_behind(membership, capsys, settings):
    RejectionReasonFactory()
    EducationFactory()
    call_command(MeasureSpreadsheets(), "--rows", "50")
    assert re.findall(r"(csv|xlsx): (\d+) afslag", capsys.readouterr().out) == [("csv", "50"), ("xlsx", "50")]
    assert not Rejection.objects.exists()

    settings.LOCAL = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command(MeasureSpreadsheets())


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_user_has_one_made_at_a_time(client, membership, kind):
    """The second is asked to come again at once, and goes back to the list that was filtered."""
    page = reverse(f"companies:rejection_{kind}")
    with other_session() as other:
        other.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"spreadsheet of user:{membership.user_id}"]
        )
        answer = client.get(page, {"uddannelse": "sosuh"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
        assert (
            f'href="{reverse("companies:rejection_list")}?uddannelse=sosuh">Tilbage til registrerede afslag'
            in answer.text
        )

    assert client.get(page).getvalue()
