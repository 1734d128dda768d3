"""Prints a fresh one-time code for somebody of the sample district."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sample_district import sign_in


class Command(BaseCommand):
    help = "A fresh one-time code for a person of the sample district."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="a part of the sign-in name, such as rosa.ortiz")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SSC_DEMO or not sign_in.file().is_file():
            raise CommandError(
                "There is no sample district in this data folder. Start it with ./ssc demo, and "
                "give the same --data here."
            )
        line = sign_in.code_for(options["name"])
        if line is None:
            raise CommandError(f"Nobody in the sample district is called {options['name']}.")
        self.stdout.write(line)
