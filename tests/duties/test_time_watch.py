"""The worker's watch over a clock that jumps: what it writes down, whose ladders it moves, and whom it
tells."""

from __future__ import annotations

from datetime import timedelta

from tests.attacks.wrong_clock import AHEAD, Machine, machine

from security_center.foundation.duties import time_watch
from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.models import Role, RoleAssignment
from security_center.foundation.timekeeping.models import ClockWatch

from .conftest import House, minutes

__all__ = ["machine"]


def row() -> ClockWatch:
    return ClockWatch.objects.get()


def clock_entries() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="clock.").order_by("pk").values_list("verb", flat=True))


def test_a_jump_is_written_down_at_once_and_everything_else_each_ten_seconds(machine: Machine) -> None:
    second = timedelta(seconds=1)
    machine.look()
    kept = row().elapsed
    machine.wait(9 * second, every=second)
    assert row().elapsed == kept
    machine.wait(second, every=second)
    assert row().elapsed == kept + 10
    machine.off = AHEAD
    machine.wait(second, every=second)
    assert row().distrusted_since is not None
    machine.off = timedelta(0)
    machine.wait(second, every=second)
    assert row().distrusted_since is None
    assert clock_entries() == ["clock.distrusted", "clock.trusted"]


def test_a_worker_that_begins_while_the_clock_is_wrong_leaves_older_duties_where_they_are(
    machine: Machine, house: House
) -> None:
    duty = house.raised()
    machine.look()
    machine.off = timedelta(hours=1)
    machine.wait(timedelta(minutes=3))
    before = (duty.raised_at, duty.due_at)
    machine.watch = None
    machine.look()
    duty = Duty.objects.get(pk=duty.pk)
    assert (duty.raised_at, duty.due_at) == before


def test_administrators_and_desks_are_told_that_the_clock_jumped_and_nobody_else(
    machine: Machine, house: House
) -> None:
    for person, role in (
        (house.ben, Role.ADMINISTRATOR),
        (house.rosa, Role.READER),
        (house.omar, Role.AUDITOR),
    ):
        RoleAssignment.objects.create(
            person=person, organization=house.district, role=role, starts_at=minutes(-60)
        )
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(minutes=1))
    told = Message.objects.filter(kind=time_watch.CLOCK_JUMPED)
    assert sorted(message.person.name for message in told) == ["Ben", "Rosa"]
