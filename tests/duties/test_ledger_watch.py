"""Who is told that the ledger was changed, how often, and how often the whole of it is read."""

from __future__ import annotations

from datetime import timedelta

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import ledger_watch, schedule
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.models import Role, RoleAssignment

from .conftest import START, House, minutes


def test_administrators_and_auditors_are_told_once_a_day_while_it_lasts(house: House) -> None:
    for person, role in (
        (house.ben, Role.ADMINISTRATOR),
        (house.omar, Role.AUDITOR),
        (house.rosa, Role.READER),
    ):
        RoleAssignment.objects.create(
            person=person, organization=house.district, role=role, starts_at=minutes(-60)
        )

    def told_after(hours: int) -> list[str]:
        with clock_at(START + timedelta(hours=hours)):
            ledger_watch.ring()
        sent = Message.objects.filter(kind=ledger_watch.BROKEN.name)
        return sorted(message.person.name for message in sent)

    assert told_after(0) == ["Ben", "Omar"]
    assert told_after(23) == ["Ben", "Omar"]
    assert told_after(25) == ["Ben", "Ben", "Omar", "Omar"]


def test_the_ledger_is_signed_each_minute_and_read_as_a_whole_four_times_a_day() -> None:
    jobs = {job.name: job for job in schedule.jobs()}
    assert jobs["ledger.sign_head"].seconds == 60
    assert jobs["ledger.verify_whole"].seconds == 6 * 60 * 60
    assert [name for name, job in jobs.items() if not callable(job.job)] == []
