"""A program of its own: the vault's key is exchanged, and whoever does it is killed after each step, on a
database of its own of either kind.

Prints what was seen in between as JSON. Started by test_key_exchange_killed.py.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


def main() -> None:
    django.setup()
    from django.conf import settings

    settings.SSC_DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    from tests.cast import assembled
    from tests.reporting.acts import at_work

    from security_center.center import key_exchange
    from security_center.foundation.ledger.actions import sign_head
    from security_center.foundation.vault import provider

    key_exchange.SETTLED_AFTER = 0.2
    provider.create_key_file()
    with at_work(assembled()) as valley:
        found = Walk(valley)
        sign_head()
        kept = [provider.key_path().read_bytes()]
        seen: dict[str, Any] = {"before": found.look(), "after": {}, "under way": {}}
        for name, deed in found.deaths():
            found.killed(deed)
            found.report()
            seen["after"][name], seen["under way"][name] = found.look(), provider.exchange_under_way()
        kept.append(provider.key_path().read_bytes())
        seen["meanwhile"] = found.exchange_under_load()
        seen["twice"] = found.look()
        seen["ages"] = found.ages()
        seen["old keys"] = [found.look_with(old) for old in kept]
    sys.stdout.write(json.dumps(seen) + "\n")


class Walk:
    def __init__(self, valley: Any) -> None:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
        from tests.cast import give_totp
        from tests.students.people import Register

        self.valley, self.kit = valley, Path(os.environ["SSC_DATA"]) / "kit.txt"
        self.register = Register(valley)
        self.received: list[Any] = []
        for name in ("Ana García", "Anna Garcia"):
            self.register.enter(name)
        self.first, self.second = (
            valley.taken(what=f"He said he would bring it on {day}.") for day in ("Monday", "Friday")
        )
        for report in (self.first, self.second):
            self.subject(report, "Luis Ortega")
        give_totp(valley.cast.rosa)
        give_totp(valley.cast.ben)
        RecoveryCodes.activate(valley.cast.ben)
        self.report()

    def subject(self, report: Any, name: str) -> None:
        from security_center.reporting.actions.subjects import name_subject

        name_subject(actor=self.valley.cast.rosa, report=report, name=name)

    def report(self) -> None:
        self.received.append(
            self.valley.receive(f"Number {len(self.received)} of those that were sent meanwhile.")
        )

    # --- what is seen ---

    def look(self) -> dict[str, Any]:
        """Everything that hangs on the key, once."""
        from security_center.foundation.ledger.queries import verify
        from security_center.reporting.queries.thread_page import report_of

        assert [report_of(one.receipt).pk for one in self.received] == [
            one.report.pk for one in self.received
        ]
        return {**self.opens(), "ledger": [each.sentence for each in verify().problems]}

    def opens(self) -> dict[str, Any]:
        from allauth.mfa.models import Authenticator
        from tests.reporting.acts import fresh

        from security_center.center.sealed_values import open_every_value
        from security_center.foundation.organizations.adapters import (
            SecondFactorAdapter,
            SecondFactorUnreadable,
        )
        from security_center.foundation.students.queries import look_up, student_of_identifier
        from security_center.foundation.vault import selftest
        from security_center.foundation.vault.checks import SelfTestFailed
        from security_center.reporting.actions import desk
        from security_center.reporting.queries import report_page

        opened, factors = open_every_value(), 0
        for row in Authenticator.objects.all():
            try:
                factors += bool(SecondFactorAdapter().decrypt(row.data.get("secret") or row.data["seed"]))
            except SecondFactorUnreadable:
                continue
        by_number = student_of_identifier(self.valley.cast.district, "70001")
        matches = look_up(self.valley.school, name="García, Ana") if by_number else []
        try:
            selftest()
            fits = True
        except SelfTestFailed:
            fits = False
        likely = (
            report_page(self.valley.cast.rosa, fresh(self.first), desk.unsealed(self.first)).likely
            if fits
            else []
        )
        names = [
            name
            for match in matches
            for name in (match.identity.name, *(other.identity.name for other in match.look_alikes))
        ]
        return {
            "values": opened.values,
            "students": [*(["70001"] if by_number else []), *names],
            "likely": [kind for _subject, _name, _identifiers, kinds in likely for kind in kinds],
            "second factors": factors,
            "fits": fits,
        }

    def look_with(self, old: bytes) -> dict[str, Any]:
        """With an old key file in the place of the one in use."""
        from security_center.foundation.vault import provider

        now = provider.key_path().read_bytes()
        provider.write_key_file(provider.provider_of(old))
        try:
            return self.opens()
        finally:
            provider.write_key_file(provider.provider_of(now))

    def ages(self) -> list[int]:
        """By how many exchanges the stored digests have come."""
        from django.db import connection

        from security_center.foundation.vault.exchange import token_columns

        found = set()
        with connection.cursor() as cursor:
            for model, column in token_columns():
                cursor.execute(f"SELECT {column.column} FROM {model._meta.db_table}")  # noqa: S608 - our own names
                found |= {
                    bytes(value)[0] if len(value) > 32 else 0 for (value,) in cursor.fetchall() if value
                }
        return sorted(found)

    # --- what is done ---

    def command(self, *, yes: bool) -> None:
        from django.core.management import call_command

        call_command("exchange_vault_key", kit=str(self.kit), yes=yes, stdout=sys.stderr, stderr=sys.stderr)

    def deaths(self) -> list[tuple[str, Callable[[], None]]]:
        """Each runs the command to some point and dies there: after the kit, after the key file has both
        keys, in the one large transaction, and after each step."""
        from security_center.center import key_exchange
        from security_center.foundation.vault import exchange

        def after(count: int) -> Callable[[], None]:
            def run() -> None:
                key_exchange.STEPS = (*key_exchange.STEPS[:count], lambda _it: die())
                self.command(yes=True)

            return run

        def in_the_large_transaction() -> None:
            lift = exchange.lift_tokens
            exchange.lift_tokens = lambda **given: (lift(**given), die())[0]
            self.command(yes=True)

        def with_the_kit() -> None:
            self.command(yes=False)
            die()

        steps = [(step.__name__, after(count)) for count, step in enumerate(key_exchange.STEPS, start=1)]
        return [
            ("kit", with_the_kit),
            ("begin", after(0)),
            ("take_up, not committed", in_the_large_transaction),
            *steps,
        ]

    def killed(self, deed: Callable[[], None]) -> None:
        child = forked(deed)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    def exchange_under_load(self) -> dict[str, Any]:
        """The same again and in one go, while reports are sent and people are named and looked for."""
        self.kit = self.kit.with_name("second-kit.txt")
        self.command(yes=False)
        child = forked(lambda: self.command(yes=True))
        failed: list[str] = []
        sent = named = 0
        ended = 0
        while not ended:
            try:
                self.report()
                sent += 1
                self.register.enter(f"Mara Meanwhile {named}", birth_date="2011-03-04")
                named += 1
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}")
            ended, status = os.waitpid(child, os.WNOHANG)
        assert os.waitstatus_to_exitcode(status) == 0
        from security_center.foundation.students.queries import student_of_identifier

        found = sum(
            student_of_identifier(self.valley.cast.district, str(70003 + number)) is not None
            for number in range(named)
        )
        return {"failed": failed, "sent": sent, "named": named, "found": found}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def forked(deed: Callable[[], None]) -> int:
    """A process that does it, with connections of its own; returns its number."""
    from django.db import connection, connections

    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # or both would speak on the same lines
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        deed()
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
