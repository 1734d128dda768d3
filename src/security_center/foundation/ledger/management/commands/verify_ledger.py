"""`./ssc verify-ledger`: check the whole chain. Writes nothing; ends with 1 when something is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from security_center.foundation.ledger import actions
from security_center.foundation.ledger.queries import verify


class Command(BaseCommand):
    help = "Check that no entry of the ledger was changed, removed or moved, and that its signed heads agree."
    # What a start refuses, a folder that others can read, is no reason to refuse this: a thief would only
    # need to open one.
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own name

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sign-on",
            action="store_true",
            help=(
                "after a break that you have looked at: let the worker sign again from here on. The "
                "break stays named by every later check"
            ),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        found = verify()
        signed = f"{found.head_signed_at:%Y-%m-%d %H:%M:%S} UTC" if found.head_signed_at else "never"
        self.stdout.write(
            f"Entries: {found.entries}. Signed heads: {found.signed_heads}, the newest of {signed}."
        )
        if found.signed_heads and found.key_source != "provider":
            self.stdout.write(
                "Without the key file, signatures were checked with the key that the signed heads "
                f"name ({found.key_source}): "
                "someone who rewrote all of them could have put another key there."
            )
        for sentence in found.unproved:
            self.stdout.write(sentence)
        if found.ok:
            self.stdout.write("The ledger is whole.")
            return
        for problem in found.problems:
            self.stderr.write(problem.sentence)
        if found.problem_count > len(found.problems):
            self.stderr.write(f"… and {found.problem_count - len(found.problems)} more.")
        if options["sign_on"]:
            head = actions.sign_on(actor="system")
            self.stdout.write(
                f"Signed again from entry {head.sequence} on. Each later check names the break before it."
            )
            return
        self.stderr.write("The ledger was changed. Keep a copy of the data folder as it is now.")
        raise SystemExit(1)
