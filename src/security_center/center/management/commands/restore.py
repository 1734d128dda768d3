"""`./ssc restore ARCHIVE --kit FILE --data NEW`: fill a new data folder from a backup, and destroy again what
was destroyed since."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from security_center.case_records.actions.destruction import expunge_again
from security_center.case_records.tasks import end_cases
from security_center.center.backup import archive, database, destroyed, kit
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.organizations.actions.breach import end_every_way_in
from security_center.foundation.refusals import Refusal
from security_center.reporting.actions import retention
from security_center.reporting.tasks import shred_due


class Command(BaseCommand):
    help = "Restore a backup into a new, empty data folder (--data)."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own name. What it starts with is looked at by the start; here it would frighten

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", help="the backup: ssc-backup-….age")
        parser.add_argument("--kit", required=True, metavar="FILE", help="the recovery kit")
        parser.add_argument(
            "--unsealed",
            action="store_true",
            help="take a backup that was written while the key file was away",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        stored, place = (Path(options[name]).expanduser().absolute() for name in ("archive", "kit"))
        if not stored.is_file():
            raise CommandError(f"There is no backup at {stored}.")
        try:
            archive.unpack(stored, place, unsealed=options["unsealed"])
        except kit.KitMissing as error:
            raise CommandError(
                f"There is no recovery kit at {place}. Without it a backup cannot be opened by anybody."
            ) from error
        except kit.KitUnreadable as error:
            raise CommandError(f"{place} is not a whole recovery kit. Use another copy of it.") from error
        except database.DatabaseNotCopied as error:
            raise CommandError(
                f"The database could not be restored: {error}. Try again with a new folder and an "
                "empty database."
            ) from error
        except database.DatabaseToolMissing as error:
            raise CommandError(
                "pg_restore is not on this machine. Install PostgreSQL's client programs, then restore again "
                "into a new folder."
            ) from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        call_command("migrate", interactive=False, verbosity=0)
        ledger.write_heads_file()
        again = self.destroy_again(stored.parent)
        # What the backup holds may have ended since: a session on a computer that was stolen, a link that was
        # used.
        end_every_way_in(actor="system", because="restore")
        archive.finished()
        self.stdout.write(
            f"ssc: restored from {stored.name}. Start it with the same --data, and with PostgreSQL "
            "the same DATABASE_URL."
        )
        self.stdout.write("ssc: Everybody signs in again; links that were sent work no more.")
        if again:
            self.stdout.write(
                f"ssc: destroyed again, as they were after this backup: {again} reports and cases."
            )

    def destroy_again(self, folder: Path) -> int:
        """What was destroyed since, and what has outlived its plan meanwhile."""
        try:
            numbers = destroyed.numbers(folder)
        except destroyed.ListChanged:
            numbers = []
            self.stderr.write(
                f"ssc: WARNING: {folder / destroyed.LIST} was changed by somebody and is not used. "
                "What its plan has destroyed is destroyed again by itself; look for reports that "
                "were destroyed for another reason."
            )
        cases = [
            number.removeprefix(destroyed.CASE) for number in numbers if number.startswith(destroyed.CASE)
        ]
        done = retention.shred_again(
            numbers=[number for number in numbers if not number.startswith(destroyed.CASE)]
        )
        done += expunge_again(numbers=cases) + end_cases()
        while shredded := shred_due():
            done += shredded
        return done
