"""./ssc manage translations --update | --check | --compile"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from security_center.project import translations


class Command(BaseCommand):
    help = "Reads every marked string of the code into the catalogues, says what they lack, or compiles them."
    requires_system_checks: list[str] = []  # noqa: RUF012 (Django's own declaration)

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument(
            "--update", action="store_true", help="merge the strings of the code into the .po files"
        )
        choice.add_argument(
            "--check",
            action="store_true",
            help="say what is missing, no longer used or fuzzy; fails when anything is",
        )
        choice.add_argument("--compile", action="store_true", help="compile the .po files that changed")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["update"]:
            for sentence in translations.update():
                self.stdout.write(sentence)
        elif options["compile"]:
            for path in translations.compile_stale():
                self.stdout.write(f"compiled {path}")
        else:
            found = translations.faults()
            for sentence in found:
                self.stdout.write(sentence)
            if found:
                raise CommandError(
                    f"{len(found)} faults. Mend with ./ssc manage translations --update, then "
                    "translate what is new."
                )
