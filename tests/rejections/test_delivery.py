"""Handing rejections over to the data warehouse: each once, whole, and the applicant forgotten when it is confirmed."""

import csv
import datetime
import hashlib
import io
import stat
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from laereplads.audit.models import Event
from rejections import delivery
from rejections.applicants import Identity
from rejections.auditing import APPLICANTS_DELETED, REJECTIONS_DELIVERED
from rejections.delivery import CONTRACT, Handling, file_columns
from rejections.models import Applicant, Delivery, Fingerprint, Rejection
from rejections.operations import register_rejection
from tests.factories import EducationFactory, MembershipFactory, RejectionReasonFactory, days_from_today

pytestmark = pytest.mark.django_db


def register(name="Bo Markør", **changes):
    given = {
        "education": EducationFactory(),
        "applicant": Identity(name, "Prøvevej 3, 9999 Prøveby", "bo@markoer.example", "20304050"),
        "primary_reason": RejectionReasonFactory(),
        "given_on": timezone.localdate(),
        "form_token": uuid4(),
        "by": MembershipFactory(company_staff=True),
    }
    return register_rejection(**given | changes)


def deliver(directory, *arguments):
    out = io.StringIO()
    call_command("deliver_rejections", "--to", str(directory), *arguments, stdout=out)
    return out.getvalue()


def confirm(batch, *arguments):
    out = io.StringIO()
    call_command("deliver_rejections", "--confirm", str(batch), *arguments, stdout=out)
    return out.getvalue()


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text()), delimiter=";"))


@pytest.mark.today("2026-03-02")
def test_the_file_holds_what_the_contract_says(tmp_path):
    rejection = register(
        second_reason=RejectionReasonFactory(motivation=True), given_on=days_from_today(-20), name='Bo "=1+1" Markør; A'
    )
    deliver(tmp_path)

    [path] = tmp_path.iterdir()
    [row] = rows(path)
    assert list(row) == list(file_columns())
    assert len(row.pop("afslag")) == 64
    assert row == {
        "leverance": str(Delivery.objects.get().public_id),
        "cvr": rejection.company.cvr,
        "uddannelse": "ssa",
        "primaer_begrundelse": "ingen_pladser",
        "sekundaer_begrundelse": "motivation",
        "givet": "2026-02-10",
        "registreret": "2026-03-02",
        "for_sent": "ja",
        "ansoeger_navn": 'Bo "=1+1" Markør; A',
        "ansoeger_adresse": "Prøvevej 3, 9999 Prøveby",
        "ansoeger_email": "bo@markoer.example",
        "ansoeger_mobil": "20304050",
    }
    text = path.read_text()
    assert str(rejection.public_id) not in text
    assert rejection.recorder.name not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_column_is_declared_sent_hashed_or_never_sent():
    """A new column fails here until somebody has decided what the receiver gets of it."""
    declared = {model: {column.field for column in columns} for model, columns in CONTRACT.items()}
    existing = {
        model.__name__: {field.name for field in model._meta.concrete_fields}
        for model in apps.get_app_config("rejections").get_models()
    }
    assert declared == existing


def test_what_is_never_sent_becomes_no_column_and_all_else_does():
    for columns in CONTRACT.values():
        for column in columns:
            assert bool(column.becomes) is (column.handling is not Handling.NEVER), column.field
            assert column.why


def test_the_documented_contract_is_the_one_in_the_code():
    text = (Path(settings.BASE_DIR) / "docs" / "rejections.md").read_text()
    cells = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    documented = [(name.strip(" `"), words.strip()) for _edge, name, words, *_rest in cells]
    words = {Handling.SENT: "sendt", Handling.HASHED: "hashet"}
    declared = [
        (name, words[column.handling]) for columns in CONTRACT.values() for column in columns for name in column.becomes
    ]
    assert [pair for pair in documented if pair[1] in words.values()] == declared


def test_running_again_delivers_nothing_twice(tmp_path):
    register()
    assert "1 afslag" in deliver(tmp_path)
    [first] = tmp_path.iterdir()
    first.unlink()

    assert "Der er ingen nye afslag." in deliver(tmp_path)
    assert list(tmp_path.iterdir()) == []

    register(name="Ida Markør")
    deliver(tmp_path)
    [second] = tmp_path.iterdir()
    assert [row["ansoeger_navn"] for row in rows(second)] == ["Ida Markør"]
    assert Event.objects.filter(action=REJECTIONS_DELIVERED).count() == 2


def test_the_applicant_is_deleted_only_when_the_delivery_is_confirmed(tmp_path):
    register()
    deliver(tmp_path)
    later = register(name="Ida Markør")
    assert Applicant.objects.count() == 2

    batch = Delivery.objects.get().public_id
    assert "1 ansøgeres oplysninger er slettet" in confirm(batch)
    assert [applicant.rejection for applicant in Applicant.objects.all()] == [later]
    assert Rejection.objects.count() == 2
    assert "0 ansøgeres oplysninger er slettet" in confirm(batch)
    assert Event.objects.filter(action=APPLICANTS_DELETED).count() == 1


def test_a_confirmation_must_be_of_the_file_that_was_written(tmp_path):
    register()
    deliver(tmp_path)
    batch = Delivery.objects.get().public_id
    [path] = tmp_path.iterdir()

    with pytest.raises(CommandError, match="passer ikke"):
        confirm(batch, "--checksum", "00" * 32)
    with pytest.raises(CommandError, match="64 hexadecimale"):
        confirm(batch, "--checksum", "x")
    assert Applicant.objects.count() == 1
    confirm(batch, "--checksum", hashlib.sha256(path.read_bytes()).hexdigest())
    assert Applicant.objects.count() == 0


def test_what_was_never_written_cannot_be_confirmed(tmp_path):
    register()
    batch = delivery.make_up()
    with pytest.raises(CommandError, match="ikke skrevet"):
        confirm(batch.public_id)
    with pytest.raises(CommandError, match="ingen åben leverance"):
        confirm(uuid4())


def test_a_lost_file_is_written_again_the_same_until_it_is_confirmed(tmp_path):
    register()
    deliver(tmp_path)
    [path] = tmp_path.iterdir()
    batch, content = str(Delivery.objects.get().public_id), path.read_bytes()
    path.unlink()

    deliver(tmp_path, "--again", batch)
    assert path.read_bytes() == content
    confirm(batch)
    with pytest.raises(CommandError, match="ingen åben leverance"):
        deliver(tmp_path, "--again", batch)


class Killed(BaseException):
    """What the process dies of."""


@pytest.mark.parametrize("step", ["line_of", "write_file", "timezone.now", "record"])
def test_a_run_that_dies_anywhere_is_finished_by_the_next(tmp_path, monkeypatch, step):
    for name in ("Bo Markør", "Ida Markør"):
        register(name=name)
    delivery.make_up()
    owner = delivery
    *modules, name = step.split(".")
    for module in modules:
        owner = getattr(owner, module)

    def die(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as context:
        context.setattr(owner, name, die)
        with pytest.raises(Killed):
            deliver(tmp_path)
    assert Delivery.objects.get().written_at is None
    half = [path for path in tmp_path.iterdir() if path.name.startswith("afslag-") and len(rows(path)) != 2]
    assert half == []

    deliver(tmp_path)
    [path] = tmp_path.iterdir()
    assert [row["ansoeger_navn"] for row in rows(path)] == ["Bo Markør", "Ida Markør"]
    assert Delivery.objects.get().written_at


def test_a_confirmation_that_dies_deletes_nothing(tmp_path, monkeypatch):
    register()
    deliver(tmp_path)
    batch = Delivery.objects.get()

    def die(*_args, **_kwargs):
        raise Killed

    monkeypatch.setattr(delivery, "record", die)
    with pytest.raises(Killed):
        confirm(batch.public_id)
    batch.refresh_from_db()
    assert batch.confirmed_at is None
    assert Applicant.objects.count() == 1


def test_fingerprints_are_forgotten_after_30_days(tmp_path):
    register()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=29)):
        deliver(tmp_path)
        assert Fingerprint.objects.count() == 3
    with time_machine.travel(timezone.now() + datetime.timedelta(days=31)):
        deliver(tmp_path)
        assert Fingerprint.objects.count() == 0


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="findes ikke"):
        deliver(tmp_path / "mangler")
