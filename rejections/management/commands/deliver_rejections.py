"""Hand rejections over to the data warehouse, and confirm what it has received."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from rejections.delivery import NotWritten, WrongChecksum, confirm, deliver, file_name, write
from rejections.models import Delivery


class Command(BaseCommand):
    help = (
        "Skriver afslag, som ikke er leveret før, i en fil til datavarehuset. Når modtageren har kvitteret, "
        "slettes ansøgernes oplysninger med --confirm. Se docs/rejections.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--to", type=Path, metavar="MAPPE", help="Mappen, som modtageren henter filer fra.")
        what.add_argument("--confirm", type=UUID, metavar="LEVERANCE", help="Modtageren har kvitteret for leverancen.")
        parser.add_argument("--again", type=UUID, metavar="LEVERANCE", help="Skriv en fil, som er gået tabt, igen.")
        parser.add_argument("--checksum", metavar="SHA256", help="Kontrolsummen af den fil, modtageren fik.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["confirm"]:
                self.confirm(options["confirm"], options["checksum"])
            else:
                self.deliver(options["to"], options["again"])
        except Delivery.DoesNotExist:
            raise CommandError("Der er ingen åben leverance med det nummer.") from None
        except NotWritten:
            raise CommandError("Leverancen er ikke skrevet endnu. Kør kommandoen med --to først.") from None
        except WrongChecksum:
            raise CommandError("Kontrolsummen passer ikke: Modtageren har ikke fået hele filen.") from None

    def deliver(self, directory: Path, again: UUID | None) -> None:
        if not directory.is_dir():
            raise CommandError(f"Mappen {directory} findes ikke.")
        written = [write(again, directory, again=True)] if again else deliver(directory)
        for delivery in written:
            checksum = bytes(delivery.checksum or b"").hex()
            self.stdout.write(f"{file_name(delivery)}: {delivery.contents.count()} afslag, SHA-256 {checksum}")
        if not written:
            self.stdout.write("Der er ingen nye afslag.")
        waiting = Delivery.objects.filter(confirmed_at=None).count()
        if waiting:
            self.stdout.write(f"{waiting} leverancer venter på kvittering.")

    def confirm(self, delivery_id: UUID, checksum: str | None) -> None:
        try:
            expected = bytes.fromhex(checksum) if checksum else None
        except ValueError:
            raise CommandError("Kontrolsummen skal være 64 hexadecimale tegn.") from None
        deleted = confirm(delivery_id, checksum=expected)
        self.stdout.write(f"Leverancen er bekræftet. {deleted} ansøgeres oplysninger er slettet.")
