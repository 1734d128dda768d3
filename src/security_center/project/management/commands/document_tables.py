"""./ssc manage document_tables [--check]"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from security_center.project import code_checks


class Command(BaseCommand):
    help = "Brings the tables in docs/ that are made from the code up to date."
    requires_system_checks: list[str] = []  # noqa: RUF012 (Django's own declaration)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail when a table is out of date"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        stale = [
            f"{path.relative_to(code_checks.REPOSITORY)}: {maker}"
            for path, maker, fresh in code_checks.tables(write=not options["check"])
            if not fresh
        ]
        for line in stale:
            self.stdout.write(line)
        if stale and options["check"]:
            raise CommandError(f"{len(stale)} tables in docs/ are out of date.")
