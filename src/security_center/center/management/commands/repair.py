"""`./ssc repair`: write a copy of a damaged database with all that can be read, and say what was lost. What
is there is not touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from security_center.center.backup import repair
from security_center.center.queries.backup import last_backup
from security_center.foundation.clock import now
from security_center.foundation.ledger.queries import verify
from security_center.foundation.sqlite import damage


class Command(BaseCommand):
    help = (
        "Write a copy of a damaged database with all that can be read, and say what was lost. Nothing "
        "that is there is changed."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own name

    def handle(self, *_args: Any, **_options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(
                "Only the embedded database is repaired here. For PostgreSQL, restore the last backup."
            )
        source = Path(str(settings.DATABASES["default"]["NAME"]))
        if not source.is_file():
            raise CommandError(f"There is no database at {source}. Give the right folder with --data.")
        folder = source.parent / f"repaired-{now():%Y%m%d-%H%M%S}"
        folder.mkdir(mode=0o700)
        target = folder / source.name
        try:
            done = repair.repair(source, target)
        except repair.NothingReadable as error:
            raise CommandError(
                f"Not even the list of tables can be read. Restore the last backup: {self._backup()}"
            ) from error
        words = [*self._words(done), self._ledger(target)]
        (folder / "what-was-lost.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
        for line in words:
            self.stdout.write(line)
        self.stdout.write(
            f"\nThe copy is {target}; what was lost stands beside it too. Last whole backup: "
            f"{self._backup()}\n"
            "To take the copy: stop the system, then\n"
            f"    mkdir {folder}/damaged && mv {source} {source}-wal {source}-shm {folder}/damaged/\n"
            f"    mv {target} {source} && rm -f {source.parent / damage.FILE_NAME}\n"
            "and start it again. Keep the damaged file, and replace the disk that it lay on."
        )

    def _words(self, done: repair.Repaired) -> list[str]:
        names = {model._meta.db_table: str(model._meta.verbose_name_plural) for model in apps.get_models()}
        words = [f"{done.kept} rows were read."]
        for table, count in sorted(done.lost.items()):
            numbers = ", ".join(map(str, done.numbers[table])) + (
                " …" if count > len(done.numbers[table]) else ""
            )
            words.append(f"Lost, at most {count} {names.get(table, table)} ({table}), numbers {numbers}")
        words += [
            f"Left out with them, {count} {names.get(table, table)} ({table})"
            for table, count in sorted(done.orphans.items())
        ]
        words += [f"Could not be built anew: {name}. The next start tries again." for name in done.unfinished]
        return words if len(words) > 1 else [*words, "No row is lost."]

    def _ledger(self, target: Path) -> str:
        """The ledger is verified in the copy."""
        connection.close()
        connection.settings_dict["NAME"] = str(target)
        try:
            found = verify()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = str(settings.DATABASES["default"]["NAME"])
        if found.ok:
            return "The ledger is whole."
        more = f" and {found.problem_count - 1} more" if found.problem_count > 1 else ""
        return (
            f"The ledger is not whole: {found.problems[0].sentence}{more}. After taking the copy: ./ssc "
            "verify-ledger --sign-on"
        )

    def _backup(self) -> str:
        at = last_backup()
        return f"{at:%Y-%m-%d %H:%M} UTC." if at is not None else "none was ever made."
