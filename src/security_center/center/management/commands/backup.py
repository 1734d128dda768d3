"""`./ssc backup`: one encrypted archive, while the system goes on taking reports."""

import os
import pwd
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from security_center.center.backup import archive, database, kit


class Command(BaseCommand):
    help = "Write an encrypted backup. The first one also writes the recovery kit that opens it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            metavar="DIR",
            help="where the archive goes (default: backups in the data folder; better another disk)",
        )
        parser.add_argument(
            "--kit",
            metavar="FILE",
            help="where the first backup writes the recovery kit (default: keys/recovery-kit.txt)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = Path(options["to"] or Path(settings.SSC_DATA) / "backups").expanduser().absolute()
        place = Path(options["kit"]).expanduser().absolute() if options["kit"] else kit.default_place()
        try:
            written = archive.write(folder, place)
        except FileExistsError as error:
            raise CommandError(f"{error.filename} exists already. Name another file with --kit.") from error
        except archive.KeyChanges as error:
            raise CommandError(
                "The vault's key is being exchanged, and no kit would open a backup of now. Run "
                "./ssc exchange-vault-key --yes to its end, then this."
            ) from error
        except database.DatabaseToolMissing as error:
            raise CommandError(
                f"{error} is not on this machine. Install PostgreSQL's client programs, then run "
                "the backup again."
            ) from error
        except database.DatabaseNotCopied as error:
            raise CommandError(
                f"The database could not be copied, so no backup was written: {error}"
            ) from error
        except PermissionError as error:
            whose = f"{folder} has to belong to {pwd.getpwuid(os.geteuid()).pw_name}; else see ./ssc doctor."
            raise CommandError(
                f"{error.filename or folder} cannot be read or written by this user: "
                f"{error.strerror}. {whose}"
            ) from error
        except OSError as error:
            raise CommandError(
                f"The backup could not be written to {folder}: {error.strerror}. Choose another "
                "place with --to."
            ) from error
        self.stdout.write(f"ssc: backup written: {written.archive} ({written.size / 1_000_000:.1f} MB)")
        if not written.sealed:
            self.stderr.write(
                "ssc: WARNING: the key file is away, so this backup carries no seal; its restore "
                "will ask for --unsealed."
            )
        if not written.whole:
            self.stderr.write(
                "ssc: WARNING: the database's file is damaged. It was copied as it is, into an "
                "archive that says so in its name: keep your last good "
                "backup, delete none, and run ./ssc repair."
            )
        if folder.is_relative_to(settings.SSC_DATA):
            self.stdout.write(
                "     It lies on the same disk as the data. Copy it to another machine, or give "
                "another place with --to."
            )
        if written.kit is not None:
            self.stdout.write(
                f"ssc: the recovery kit was written: {written.kit}\n"
                "     It opens every backup. Move it now to a safe place away from this machine and "
                "from the backups, and keep a second copy."
            )
        if not written.whole:
            raise SystemExit(1)  # whoever watches the nightly job must hear of it
