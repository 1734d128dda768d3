"""Readers, reporters and the worker at once on PostgreSQL, where each row has its own lock: nobody stops
another, and no act is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import connection
from django_scopes import scope
from tests.cast import Cast

from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.ledger.queries import verify
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.actions import desk, groups, thread
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent
from security_center.reporting.models import Report, ThreadMessage

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

REPORTS = 8


def at_once(district: int, bodies: list[Callable[[], object]]) -> list[str]:
    """Run all bodies in threads of their own; returns what failed."""
    faults: list[str] = []
    begin = threading.Barrier(len(bodies))

    def run(body: Callable[[], object]) -> None:
        with ExitStack() as stack:
            stack.callback(connection.close)
            stack.enter_context(scope(district=[district]))
            begin.wait()
            try:
                body()
            except Exception as fault:
                faults.append(f"{type(fault).__name__}: {fault}")

    threads = [threading.Thread(target=run, args=[body]) for body in bodies]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=120)
    return faults


def test_a_group_is_answered_while_its_reporters_write_the_worker_rings_and_people_change(
    cast: Cast, opened_school: Organization
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("threads of one process share SQLite's database in memory")
    with scope(district=[cast.district.pk]):
        received = [
            receive_report(
                actor=None,
                organization=opened_school,
                content=ReportContent(f"A rumor about a fight, heard by {number}."),
            ).report
            for number in range(REPORTS)
        ]
        receipts = {}
        for number in range(REPORTS):
            receipt = Receipt.new()
            content = ReportContent(f"The fight is planned, says {number}.")
            receipts[
                receive_report(
                    actor=None, organization=opened_school, content=content, receipt=receipt
                ).report.pk
            ] = receipt
        # The other way round than the group locks them
        mine = list(Report.objects.filter(pk__in=receipts).order_by("-pk"))
        group = groups.open_group(
            actor=cast.rosa, desk=opened_school, title="The fight", reports=[*received, *mine[:2]]
        )

        def write() -> None:
            for report in mine:
                thread.reporter_writes(receipt=receipts[report.pk], report=report, body="He has a knife now.")

        def answer() -> None:
            groups.add_to_group(
                actor=cast.rosa, group=group, reports=sorted(mine[2:], key=lambda report: report.pk)
            )
            groups.answer_group(actor=cast.rosa, group=group, line="Adults are on it.")

        def take() -> None:
            for report in sorted(mine, key=lambda report: report.pk):
                desk.acknowledge(actor=cast.ben, report=report)

        def ring() -> None:
            for _ in range(10):
                advance_due_steps()

        def change() -> None:
            for number in range(10):
                organizations.change_person(actor=cast.ada, person=cast.ben, name=f"Ben Cole {number}")

        def receive() -> None:
            for number in range(10):
                receive_report(
                    actor=None, organization=opened_school, content=ReportContent(f"Late news {number}.")
                )

    assert at_once(cast.district.pk, [write, answer, take, ring, change, receive]) == []
    with scope(district=[cast.district.pk]):
        assert Report.objects.count() == 2 * REPORTS + 10
        assert ThreadMessage.objects.filter(author="reporter").count() == REPORTS
        assert ThreadMessage.objects.filter(author="desk").count() == 2 * REPORTS
        assert set(Report.objects.filter(pk__in=receipts).values_list("urgency", flat=True)) == {"U1"}
    found = verify()
    assert found.ok, found.problems
