"""`./ssc breach`: all sessions end, links die, the signing secret is replaced, reporters are told with their
receipt, and the ledger says so."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from security_center.foundation.organizations.actions.breach import end_every_way_in
from security_center.foundation.vault import files as vault_files
from security_center.reporting.actions.breach import announce_breach, withdraw_breach


class Command(BaseCommand):
    help = (
        "After a breach: end all sessions and links, replace the signing secret, and tell reporters on "
        "the page that their receipt opens."
    )
    # What a start refuses, a folder that others can read, is no reason to refuse this: a thief would only
    # need to open one.
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own name

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it; without this word nothing is done")
        parser.add_argument("--silent", action="store_true", help="tell reporters nothing yet")
        parser.add_argument(
            "--withdraw", action="store_true", help="only take the notice off the reporters' pages"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["withdraw"]:
            told = (
                "The notice is taken off the reporters' pages."
                if withdraw_breach(actor="system")
                else "No notice stands on the reporters' pages."
            )
            self.stdout.write(f"ssc: {told}")
            return
        if not options["yes"]:
            raise CommandError(
                "Everybody must sign in again, every link that was sent stops working, and each "
                "reporter who comes back reads that somebody may have "
                "read what is kept here. Say --yes to do it (--silent leaves out the last)."
            )
        with ExitStack() as meanwhile:
            with suppress(OSError):  # nothing keeps this from being done
                # Nor does an exchange of the vault's key begin
                meanwhile.enter_context(vault_files.backups_wait())
            replaced = self._replace_signing_secret()
            ended = end_every_way_in(actor="system")
        if not options["silent"]:
            announce_breach(actor="system")
        self.stdout.write(
            f"ssc: ended: {ended.sign_ins} sessions, {ended.links} invitations, "
            f"{ended.access_sessions} access sessions, all links to set a password."
        )
        if not options["silent"]:
            self.stdout.write(
                "ssc: reporters are told on the page that their receipt opens. --withdraw takes it back."
            )
        if replaced:
            self.stdout.write(
                "ssc: the signing secret is new. Start the system again now: until then running "
                "programs sign with the old one."
            )
        else:
            self.stderr.write(
                "ssc: SSC_SIGNING_SECRET is set: replace it yourself on every machine, and start "
                "the system again now."
            )
        self.stdout.write(
            "     Then see “After a breach” in docs/operations.md: second factors, keys, and whom to tell."
        )

    def _replace_signing_secret(self) -> bool:
        """Before the sessions end: should it fail, nothing has changed yet."""
        if os.environ.get("SSC_SIGNING_SECRET") or os.environ.get("SSC_SIGNING_SECRET_FILE"):
            return False
        place = Path(settings.SECRET_FILE)
        draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(64))
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(place)
        return True
