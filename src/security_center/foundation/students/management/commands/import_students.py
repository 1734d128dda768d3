"""`./ssc manage import_students FILE --district NAME`: check a file of the register at the machine and, with
--apply, put it in force."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django_scopes import scope

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import organizations_called
from security_center.foundation.students import actions, queries, wording
from security_center.foundation.students.actions.checking import check_import
from security_center.foundation.students.models import StudentImport
from security_center.foundation.vault import files
from security_center.foundation.vault.provider import VaultLocked

CHUNK = 1 << 16
TAKEN = (
    "Another command, or after a quarter of an hour the worker, took its place: see the page of the students."
)


def add_shared_arguments(parser: CommandParser) -> None:
    """Those of rosters too."""
    parser.add_argument(
        "--district", required=True, metavar="NAME_OR_SLUG", help="the district, by its name or short address"
    )
    parser.add_argument(
        "--leave-out", action="store_true", help="put it in force without the rows that cannot be used"
    )
    parser.add_argument("--many-left", action="store_true", help="it is meant that many students have left")


def _of_commands(district: Organization) -> QuerySet[StudentImport]:
    """What no person sent in, and is not settled."""
    return StudentImport.objects.filter(
        district=district,
        state__in=[StudentImport.State.CHECKING, StudentImport.State.READY],
        uploaded_by=None,
    )


class Command(BaseCommand):
    help = "Check a CSV file of students and say what it would change; with --apply put it in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a CSV file with a line of headings")
        parser.add_argument(
            "--part",
            action="store_true",
            help="the file is a part of the students: nobody has left for not being in it",
        )
        parser.add_argument("--apply", action="store_true", help="put it in force when every row can be used")
        add_shared_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        district = self._district(options["district"])
        with scope(district=[district.pk]):
            if not options.get("dry_run"):
                self._make_way(district)
            try:
                row = self._checked(district, Path(options["file"]), whole=not options["part"])
            except VaultLocked as error:
                raise CommandError(f"Nothing was read. {error}") from error
            for fault in queries.import_page(row).faults:
                self.stderr.write(
                    f"ssc: row {fault.row}: {wording.sentence(fault)}"
                    if fault.row
                    else f"ssc: {wording.sentence(fault)}"
                )
            if row.state != StudentImport.State.READY:
                raise CommandError("The file cannot be used. The register is as it was.")
            self.stdout.write(
                f"ssc: {row.rows} rows: {row.came} new, {row.changed} changed, {row.moved} in "
                f"another school, {row.back} came back, {row.left} left, "
                f"{row.unchanged} as before; {row.faulty} cannot be used; {row.alike} of the new "
                "share their name with somebody."
            )
            if options.get("dry_run"):
                actions.discard_import(actor=None, student_import=row)
                self.stdout.write("ssc: nothing was changed.")
                return
            if not options["apply"]:
                self.stdout.write(
                    "ssc: it waits on the page of the students, to be put in force or thrown away."
                )
                return
            self._apply(row, options)

    @staticmethod
    def _make_way(district: Organization) -> None:
        """A file that an earlier command left waiting is of yesterday, or that command was killed while it
        checked: this one takes its place. What a person sent in waits for that person."""
        for left in _of_commands(district):
            with suppress(actions.NotReady):
                actions.discard_import(actor=None, student_import=left)

    def _checked(self, district: Organization, path: Path, *, whole: bool) -> StudentImport:
        try:
            with path.open("rb") as handle:
                file_id, file_key, _size = files.write(iter(lambda: handle.read(CHUNK), b""))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        return self._check(district, file_id, file_key, whole=whole)

    @staticmethod
    def _check(district: Organization, file_id: UUID, file_key: bytes, *, whole: bool) -> StudentImport:
        try:
            begun = actions.begin_import(
                actor=None,
                district=district,
                file_id=file_id,
                file_key=file_key,
                whole=whole,
                caller_checks=True,
            )
        except actions.OpenImport:
            files.delete(file_id)
            if _of_commands(district).exists():
                raise CommandError(
                    "A file of another command is being checked, or waits on the page of the "
                    "students with what it would change. Look there, or give "
                    "this command without --dry-run: it takes that one's place."
                ) from None
            raise CommandError(
                "Another file of this district waits: put it in force or throw it away first, on "
                "the page of the students."
            ) from None
        checked = check_import(import_id=begun.pk)
        if checked is None:
            raise CommandError(TAKEN)
        return checked

    def _apply(self, row: StudentImport, options: dict[str, Any]) -> None:
        try:
            actions.apply_import(
                actor=None, student_import=row, leave_out=options["leave_out"], many_left=options["many_left"]
            )
        except actions.RowsWouldBeLeftOut:
            raise CommandError(
                "Some rows cannot be used. Mend them, or give --leave-out to the same command. It "
                "waits on the page of the students."
            ) from None
        except actions.ManyWouldLeave:
            raise CommandError(
                f"{row.left} students would leave. Is it the whole register? If so, give "
                "--many-left; if not, --part."
            ) from None
        except actions.NotReady:
            raise CommandError(TAKEN) from None
        except actions.NothingToChange:
            actions.discard_import(actor=None, student_import=row)
            self.stdout.write("ssc: the register says all this already.")
            return
        self.stdout.write(
            "ssc: it is in force. It can be undone as a whole for a month, on the page of the students."
        )

    @staticmethod
    def _district(text: str) -> Organization:
        found = [one for one in organizations_called(text) if one.kind == Organization.Kind.DISTRICT]
        if len(found) != 1:
            raise CommandError(f"There is no one district with the name or short address “{text}”.")
        return found[0]
