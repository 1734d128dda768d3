"""`./ssc manage import_roster FOLDER --district NAME`: take in the roster that a nightly job puts into a
folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import schools_of
from security_center.foundation.students import rosters
from security_center.foundation.students.csv_rows import UnreadableFile, words_of_schools
from security_center.foundation.students.models import StudentImport
from security_center.foundation.students.rosters.tables import in_folder, in_zip
from security_center.foundation.students.wording import FAULTS
from security_center.foundation.vault import files

from . import import_students


class Command(import_students.Command):
    help = (
        "Take in a roster (OneRoster 1.1 or 1.2, School Data Sync v1 or v2.1) from a folder or a zip "
        "file; with --dry-run only say the differences."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FOLDER", help="the folder with the roster's CSV files, or a zip file of them"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        import_students.add_shared_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options, part=False, apply=not options["dry_run"])

    def _checked(self, district: Organization, path: Path, *, whole: bool) -> StudentImport:
        known = words_of_schools(schools_of(district))
        try:
            roster = in_folder(path) if path.is_dir() else in_zip(path.open("rb"))
            file_id, file_key, _size = files.write(
                line.encode() for line in rosters.lines(roster, known, district.today())
            )
        except UnreadableFile as error:
            raise CommandError(str(FAULTS[error.code]) % {"cell": error.cell}) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        return self._check(district, file_id, file_key, whole=whole)
