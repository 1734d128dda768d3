"""Many writers at once on PostgreSQL, where nothing but the ledger's own lock puts them in a row. (SQLite:
tests/duties/test_worker_process.py)"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import (
    AlreadyEnded,
    Rung,
    advance_due_steps,
    discharge,
    raise_duty,
)
from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.ledger.actions import record, sign_head
from security_center.foundation.ledger.models import Entry
from security_center.foundation.ledger.queries import verify
from security_center.foundation.organizations.models import Organization, Person, Role, RoleAssignment

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _on_postgresql(data_folder: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("threads of one process share SQLite's database in memory")


def at_once(bodies: list[Callable[[], None]]) -> None:
    faults: list[BaseException] = []

    def run(body: Callable[[], None]) -> None:
        try:
            body()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert faults == []


def test_many_writers_make_one_chain() -> None:
    def write() -> None:
        for number in range(25):
            with transaction.atomic():
                record(actor="system", verb="test.done", detail={"n": number})

    def sign() -> None:
        for _ in range(20):
            sign_head()

    at_once([write] * 8 + [sign] * 2)
    assert Entry.objects.count() == 200
    found = verify()
    assert found.ok, found.problems


def test_workers_and_people_at_once_take_each_step_once_and_never_stop_each_other() -> None:
    district = Organization.objects.create(kind="district", name="D", slug="d", created_at=now())
    person = Person.objects.create_user(email="a@example.org", name="A")
    RoleAssignment.objects.create(
        person=person, organization=district, role=Role.READER, starts_at=now() - timedelta(days=1)
    )
    raised = now() - timedelta(minutes=40)
    ladder = [Rung(raised + timedelta(minutes=after), "role:reader") for after in (5, 10, 15)] + [
        Rung(now() + timedelta(days=1), "role:reader")
    ]
    due = {"ladder": ladder, "due_at": ladder[0].at}
    duties = [
        raise_duty(kind="tests.any", thing=f"report:{n}", organization=district, actor="reporter", **due)
        for n in range(40)
    ]  # type: ignore[arg-type]
    ended: list[int] = []

    def acknowledge() -> None:
        for duty in duties[::4]:
            try:
                with transaction.atomic():
                    record(actor=f"person:{person.pk}", verb="report.acknowledged", about=duty)
                    discharge(duty=duty, actor=person, outcome="acknowledged")
                ended.append(duty.pk)
            except AlreadyEnded:
                pass

    at_once([lambda: advance_due_steps() and None] * 4 + [acknowledge] * 2)  # type: ignore[func-returns-value]
    assert sorted(ended) == [duty.pk for duty in duties[::4]]
    for duty in Duty.objects.open():
        assert list(
            DutyStep.objects.filter(duty=duty).order_by("number").values_list("number", flat=True)
        ) == [0, 1, 2]
    assert Entry.objects.filter(verb="duty.step").count() == DutyStep.objects.count()
    assert verify().ok
