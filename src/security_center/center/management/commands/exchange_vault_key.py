"""`./ssc exchange-vault-key`: the vault gets a new key, while everything runs. Cut off, the same command goes
on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from security_center.center import key_exchange
from security_center.center.backup import kit
from security_center.foundation.duties.heartbeat import machines_with_another_key_file
from security_center.foundation.vault.provider import VaultLocked


class Command(BaseCommand):
    help = (
        "Exchange the vault's key while everything runs. The first time it only writes the new recovery "
        "kit; with --yes it does it, or goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--kit", metavar="FILE", help="where the new recovery kit goes; with --yes, where it is kept"
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help="the new kit is kept: exchange the key, or go on with an exchange that was cut off",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        place = Path(options["kit"]).expanduser().absolute() if options["kit"] else None
        try:
            if options["yes"]:
                self._exchange(place)
            else:
                self._write_kit(place)
        except key_exchange.CannotExchange as refusal:
            raise CommandError(str(refusal)) from refusal
        except kit.KitMissing as error:
            raise CommandError(
                f"There is no recovery kit at {place}. Run the same command without --yes: it writes one."
            ) from error
        except kit.KitUnreadable as error:
            raise CommandError(
                f"{place} is not a whole recovery kit. Have a new one written, without --yes."
            ) from error
        except VaultLocked as locked:
            raise CommandError(f"No key was exchanged. {locked}") from locked
        except OSError as error:
            where = error.filename or settings.SSC_DATA
            raise CommandError(
                f"{where} could not be written ({error.strerror}). Mend that, then run the same "
                "command again."
            ) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database did not do it ({type(error).__name__}). Run the same command again: "
                "it goes on where it stopped."
            ) from error

    def _write_kit(self, place: Path | None) -> None:
        if place is None:
            raise CommandError(
                "Give --kit FILE: the new recovery kit is written there first, and nothing else is done."
            )
        try:
            key_exchange.write_kit(place)
        except FileExistsError as error:
            raise CommandError(
                f"{place} exists already. If it is the new kit, and two copies of it are kept, give --yes."
            ) from error
        except OSError as error:
            raise CommandError(f"The kit could not be written to {place}: {error.strerror}.") from error
        self.stdout.write(
            f"ssc: the new recovery kit was written: {place}\n"
            "     Nothing else was changed. It opens every backup that is made after the exchange: "
            "keep two copies away from this machine and from\n"
            "     the backups, and keep the old kit as long as there are backups from before. Then "
            "give the same command with --yes."
        )

    def _exchange(self, place: Path | None) -> None:
        done = key_exchange.run(place, lambda sentence: self.stdout.write(f"ssc: {sentence}"))
        if done is None:
            self.stdout.write(
                "ssc: the key in this kit is in use. If it is the new kit, the exchange has ended; "
                "else have one written, without --yes."
            )
            return
        for name in sorted(done.lost):
            self.stderr.write(f"ssc: WARNING: {name} opened with neither key, and was left as it is.")
        hosts = machines_with_another_key_file()
        copy = f" Copy {settings.SSC_DATA}/keys/vault.key to {', '.join(hosts)} once more." if hosts else ""
        self.stdout.write(
            "ssc: the vault's key is exchanged, and a copy of the old key file opens nothing of "
            f"this database any more.{copy}\n"
            "     Nothing needs a restart, and nobody signs in again. Make a backup now: it opens "
            "with the new kit, those from before with the old.\n"
            "     If the old key was stolen: ./ssc manage rotate_desk_key --all, and see “Exchange "
            "a key” in docs/operations.md."
        )
