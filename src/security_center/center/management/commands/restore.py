"""`./ssc restore ARCHIVE --kit FILE --data NEW`: fill a new data folder from a backup, and destroy again what was destroyed since."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_scopes import scopes_disabled

from security_center.center.backup import archive, database, kit
from security_center.reporting.actions import retention
from security_center.reporting.models import Report
from security_center.reporting.tasks import shred_due


class Command(BaseCommand):
    help = "Restore a backup into a new, empty data folder (--data)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", help="the backup: ssc-backup-….age")
        parser.add_argument("--kit", required=True, metavar="FILE", help="the recovery kit")

    def handle(self, *_args: Any, **options: Any) -> None:
        stored, place = (Path(options[name]).expanduser().absolute() for name in ("archive", "kit"))
        if not stored.is_file():
            raise CommandError(f"There is no backup at {stored}.")
        try:
            archive.unpack(stored, place)
        except archive.NotEmpty as error:
            raise CommandError("The data folder is not empty. Give a new one with --data: a restore never overwrites anything.") from error
        except kit.KitMissing as error:
            raise CommandError(f"There is no recovery kit at {place}. Without it a backup cannot be opened by anybody.") from error
        except kit.KitUnreadable as error:
            raise CommandError(f"{place} is not a whole recovery kit. Use another copy of it.") from error
        except archive.NoVaultKey as error:
            raise CommandError(
                "This kit holds no vault key. Put the copy of keys/vault.key into the kit after “vault key: ”, then try again."
            ) from error
        except archive.ArchiveUnreadable as error:
            raise CommandError("The backup could not be opened: it is damaged, or it belongs to another recovery kit.") from error
        except database.DatabaseToolMissing as error:
            raise CommandError(f"{error} is not on this machine. Install PostgreSQL's client programs, then restore again.") from error
        call_command("migrate", interactive=False, verbosity=0)
        again = self.shred_again(archive.shredded_numbers(stored))
        self.stdout.write(f"ssc: restored from {stored.name}. Start it with ./ssc up and the same --data.")
        if again:
            self.stdout.write(f"ssc: {again} reports that were destroyed after this backup were destroyed again.")

    def shred_again(self, numbers: list[str]) -> int:
        with scopes_disabled():  # the numbers come from the list beside the archive, of all tenants
            reports = list(Report.objects.filter(number__in=numbers, shredded_at__isnull=True).select_related("desk__parent", "district"))
            done = sum(retention.shred(report=report, actor="system") for report in reports)
        while shredded := shred_due():
            done += shredded
        return done
