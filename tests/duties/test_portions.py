"""After an outage: thousands are overdue, and they are taken a portion at a time, the most urgent first."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import audiences, ringing
from security_center.foundation.duties.actions import Rung, advance_due_steps
from security_center.foundation.duties.machine import ladder_to_json
from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.notifications.models import Message

from .conftest import KIND, START, House, minutes

pytestmark = pytest.mark.django_db
PAST = START - timedelta(hours=3)
AUDIENCE = "tests.place"


def overdue(house: House, count: int, urgency: str = "U3", since: int = 0) -> list[Duty]:
    """Duties that rest since three hours, each a second younger than the one before it."""
    audiences.register_of_places(
        AUDIENCE, lambda places, _at: {place.pk: [house.rosa, house.ben] for place in places}
    )
    ladder = ladder_to_json([Rung(PAST, AUDIENCE), Rung(minutes(600), AUDIENCE)])
    moments = [PAST + timedelta(seconds=since + number) for number in range(count)]
    return Duty.objects.bulk_create(
        [
            Duty(kind=KIND, thing=f"report:{urgency}N{n}", organization=house.school, urgency=urgency,
                raised_at=at, due_at=at, ladder=ladder,
                 next_step_at=at)
            for n, at in enumerate(moments)
        ]
    )  # fmt: skip


def advance() -> int:
    with clock_at(START):
        return advance_due_steps()


def test_a_portion_costs_the_same_queries_however_many_are_in_it(house: House, settings: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = True

    def cost(count: int) -> int:
        overdue(house, count)
        with CaptureQueriesContext(connection) as asked:
            assert advance() == count
        assert Message.objects.count() == 2 * count
        Message.objects.all().delete()
        Duty.objects.all().delete()
        return len(asked)

    assert cost(25) == cost(5) <= 30


def test_the_most_urgent_come_first_and_of_those_what_is_late_for_longest(house: House) -> None:
    routine, urgent, plain, today = (overdue(house, 2, urgency) for urgency in ("U4", "U1", "", "U2"))
    advance()
    assert [step.duty for step in DutyStep.objects.order_by("pk")] == [*urgent, *today, *plain, *routine]


def test_a_new_urgent_alert_waits_for_one_portion_at_most(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ringing, "PORTION", 5)
    overdue(house, 30)
    take, fresh = ringing._advance, []

    def meanwhile(ids: list[int]) -> int:
        if not fresh:
            fresh.extend(overdue(house, 1, "U1", since=3600))
        return take(ids)

    monkeypatch.setattr(ringing, "_advance", meanwhile)
    assert advance() == 31
    assert [step.duty for step in DutyStep.objects.order_by("pk")].index(fresh[0]) == 5


def test_one_that_fails_does_not_undo_the_others_of_its_portion(house: House) -> None:
    duties = overdue(house, 6)
    Duty.objects.filter(pk=duties[2].pk).update(thing="report:what somebody typed")  # the ledger refuses it
    assert advance() == 5
    assert set(DutyStep.objects.values_list("duty", flat=True)) == {duty.pk for duty in duties} - {
        duties[2].pk
    }


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_two_workers_have_different_portions_at_hand(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ringing, "PORTION", 5)
    overdue(house, 8)
    others: list[list[int]] = []

    def other_worker() -> None:
        with clock_at(START), ringing._portion([]) as ids:
            others.append(ids)
        connection.close()

    with clock_at(START), ringing._portion([]) as mine:
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join()
        assert len(mine) == 5
        assert len(others[0]) == 3
        assert not set(mine) & set(others[0])


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such locks")
@pytest.mark.django_db(transaction=True)
def test_who_holds_the_claims_of_duties_keeps_none_from_ringing(house: House) -> None:
    """The role of the public program may take such locks, of duties to come too: a danger rang nowhere."""
    duties = overdue(house, 3, "U1")
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(%s + id) FROM generate_series(1, %s) AS id",
                [ringing._CLAIM, duties[-1].pk + 100],
            )
        assert advance() == 3
    finally:
        holder.close()
