"""What the tests of reporting's verbs share: a district whose forms are open, reports that came in, and a
clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope
from tests.cast import Cast
from tests.keeping import kept

from security_center.foundation import clock
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.policies import forget
from security_center.prevention import actions as plan_actions
from security_center.reporting.actions import desk
from security_center.reporting.actions.intake import Received, receive_report
from security_center.reporting.content_of_report import ReportContent
from security_center.reporting.models import Report

# A Tuesday, 10:00 in Maple Valley: school is on.
START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def every_hour(*people: Person) -> list[plan_actions.ShiftRow]:
    return [
        plan_actions.ShiftRow(person.pk, weekday, 0, 1440, position)
        for weekday in range(7)
        for position, person in enumerate(people, start=1)
    ]


@dataclass
class Valley:
    """The cast's first district, at work. `at` is the clock; `pass_time` moves it."""

    cast: Cast
    stack: ExitStack
    at: datetime = START

    @property
    def school(self) -> Organization:
        return self.cast.school_a

    def set_clock(self, moment: datetime) -> None:
        self.stack.close()
        self.at = moment
        self.stack.enter_context(clock.clock_at(moment))
        self.stack.enter_context(scope(district=[self.cast.district.pk]))

    def pass_time(self, **span: float) -> None:
        self.set_clock(self.at + timedelta(**span))

    def receive(
        self,
        what: str = "Two boys push a younger one every morning.",
        *,
        at: Organization | None = None,
        **fields: Any,
    ) -> Received:
        given = {
            name: fields.pop(name) for name in list(fields) if name in ReportContent.__dataclass_fields__
        }
        return receive_report(
            actor=fields.pop("actor", None),
            organization=at or self.school,
            content=ReportContent(what, **given),
            **fields,
        )

    def report(self, what: str = "Two boys push a younger one every morning.", **fields: Any) -> Report:
        return self.receive(what, **fields).report

    def taken(
        self,
        by: Person | None = None,
        what: str = "Two boys push a younger one every morning.",
        **fields: Any,
    ) -> Report:
        """A report that `by` has looked at and acknowledged."""
        report, reader = self.report(what, **fields), by or self.cast.rosa
        desk.look(actor=reader, report=report)
        return desk.acknowledge(actor=reader, report=report)

    def ring(self) -> None:
        """What the worker does each second."""
        advance_due_steps()

    def steps(self, report: Report, kind: str = "reporting.acknowledge") -> list[tuple[int, str, list[str]]]:
        """(minutes after the duty was raised, audience, names told) of each step, in order."""
        found = (
            DutyStep.objects.filter(duty__thing=report.thing, duty__kind=kind)
            .select_related("duty")
            .order_by("duty", "number")
        )
        return [
            (
                round((step.done_at - step.duty.raised_at).total_seconds() / 60),
                step.audience,
                sorted(person.name for person in step.told.all()),
            )
            for step in found
        ]

    def duties(self, report: Report) -> dict[str, Duty]:
        return {
            duty.kind.removeprefix("reporting."): duty
            for duty in Duty.objects.open().filter(thing=report.thing)
        }


def fresh(report: Report) -> Report:
    return Report.objects.select_related("desk__parent__parent", "district", "organization").get(pk=report.pk)


def forget_roles(cast: Cast) -> None:
    for person in cast.everyone.values():
        forget(person)


@pytest.fixture
def valley(cast: Cast, settings: Any) -> Iterator[Valley]:
    """Maple Valley and Cedar Ridge with plans, readers at every hour and open forms. (In the demo, where
    readers need not prove their alerts.)"""
    settings.SSC_DEMO = True
    with at_work(cast) as found:
        yield found


@contextmanager
def at_work(cast: Cast) -> Iterator[Valley]:
    with ExitStack() as stack:
        found = Valley(cast, stack)
        found.set_clock(START)
        kept("valley", lambda: _put_to_work(cast))
        yield found


def _put_to_work(cast: Cast) -> None:
    for suffix in ("", "_elsewhere"):
        district, school = (
            getattr(cast, f"{name}{suffix}") for name in ("district", "school_a" if not suffix else "school")
        )
        plan_actions.adopt_plan(actor=None, organization=district)
        readers = [getattr(cast, f"{name}{suffix}") for name in ("rosa", "ben", "tess")]
        plan_actions.set_coverage(actor=None, organization=school, rows=every_hour(*readers))
        plan_actions.set_coverage(
            actor=None, organization=district, rows=every_hour(getattr(cast, f"nia{suffix}"))
        )
    plan_actions.set_coverage(actor=None, organization=cast.school_b, rows=every_hour(cast.lena))


def everything_in_the_database() -> bytes:
    """Every value of every table, as a thief of the file would see it."""
    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
            for row in cursor.fetchall():
                parts += [
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                ]
    return b"\n".join(parts)
