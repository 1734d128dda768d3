"""The clock of duties over the database."""

from __future__ import annotations

import pytest

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import actions, audiences, ringing
from security_center.foundation.duties.actions import Rung, advance_due_steps
from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.duties.queries import counts, late, ringing_for_nobody, steps_of
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.models import Role, RoleAssignment

from .conftest import KIND, START, House, minutes

pytestmark = pytest.mark.django_db


def advance_at(minute: float) -> int:
    with clock_at(minutes(minute)):
        return advance_due_steps()


def log(duty: Duty) -> list[tuple[float, str, list[str], bool, str]]:
    return [
        (
            (step.done_at - START).total_seconds() / 60,
            step.audience,
            sorted(person.name for person in step.told.all()),
            step.late,
            step.note,
        )
        for step in steps_of(duty)
    ]


def test_an_unanswered_urgent_report_climbs_each_step_at_its_minute_and_never_gives_up(house: House) -> None:
    duty = house.raised()
    for minute in range(76):
        advance_at(minute)
    assert log(duty) == [
        (0, "first", ["Rosa"], False, ""),
        (5, "second", ["Ben"], False, ""),
        (15, "district", ["Nia"], False, ""),
        (30, "top", ["Omar"], False, ""),
        (45, "top", ["Omar"], False, ""),
        (60, "top", ["Omar"], False, ""),
        (75, "top", ["Omar"], False, ""),
    ]


def test_each_person_of_an_audience_is_told_with_the_dispatch_number_and_no_content(house: House) -> None:
    house.reachable["top"] = [house.omar, house.nia]
    house.raised()
    advance_at(31)
    messages = Message.objects.filter(kind="tests.dispatch")
    assert {message.person for message in messages} == {house.omar, house.nia}
    for message in messages:
        assert message.extra == {"number": "7F3K2M", "dispatch": "555-0100", "minutes": "31"}
        assert message.line == "Call dispatch: 555-0100 (31 minutes)."
        assert (message.path, message.urgency, message.organization) == (
            "/desk/reports/7F3K2M/",
            "U1",
            house.school,
        )


def test_a_second_look_at_the_same_moment_does_nothing(house: House) -> None:
    house.raised()
    assert advance_at(5) == 2
    assert advance_at(5) == 0
    assert Message.objects.count() == 2


def test_after_an_outage_each_missed_rung_happens_once_and_is_stamped_late(house: House) -> None:
    duty = house.raised()
    assert advance_at(20) == 3
    steps = list(steps_of(duty))
    assert [(step.due_at, step.done_at, step.late) for step in steps] == [
        (minutes(due), minutes(20), True) for due in (0, 5, 15)
    ]
    assert advance_at(30) == 1
    assert list(steps_of(duty))[-1].late is False


def test_repeats_that_were_missed_are_one_repeat_and_not_a_flood(house: House) -> None:
    duty = house.raised()
    advance_at(30)
    assert advance_at(30 + 24 * 60) == 1
    duty.refresh_from_db()
    assert duty.next_step_at == minutes(45 + 24 * 60)


def test_where_nobody_is_available_the_step_is_recorded_and_the_next_rung_taken_at_once(house: House) -> None:
    house.reachable["first"] = []
    house.ben.is_active = False
    house.ben.save()
    duty = house.raised()
    advance_at(0)
    assert log(duty) == [
        (0, "first", [], False, "nobody_available"),
        (0, "second", [], False, "nobody_available"),
        (0, "district", ["Nia"], False, ""),
    ]
    duty.refresh_from_db()
    assert duty.next_step_at == minutes(30)


def test_where_nobody_is_there_at_all_it_keeps_ringing_and_is_counted(house: House) -> None:
    house.reachable = {name: [] for name in house.reachable}
    duty = house.raised()
    assert advance_at(0) == 4
    assert advance_at(14) == 0
    assert advance_at(15) == 1
    assert list(ringing_for_nobody([house.school])) == [duty]
    house.reachable["top"] = [house.omar]
    advance_at(30)
    assert list(ringing_for_nobody([house.school])) == []


def test_who_was_told_as_an_administrator_answers_for_nothing(house: House) -> None:
    RoleAssignment.objects.create(
        person=house.omar, organization=house.district, role=Role.ADMINISTRATOR, starts_at=minutes(-60)
    )
    house.reachable = {name: [] for name in house.reachable}
    duty = house.raised()
    advance_at(31)
    assert house.omar in [person for step in steps_of(duty) for person in step.told.all()]
    assert list(ringing_for_nobody([house.school])) == [duty]


def test_a_resolver_that_breaks_and_an_unknown_audience_do_not_stop_the_clock(house: House) -> None:
    def broken(*_given: object) -> list[object]:
        raise RuntimeError("a marker that must stay out of the log")

    audiences.register("first", broken)  # type: ignore[arg-type]
    duty = house.raised(
        [Rung(minutes(0), "first"), Rung(minutes(5), "nowhere"), Rung(minutes(10), "district")]
    )
    advance_at(0)
    assert [step.note for step in steps_of(duty)] == ["audience_failed", "unknown_audience", ""]


def test_one_broken_duty_does_not_silence_the_others(house: House, caplog: pytest.LogCaptureFixture) -> None:
    broken, whole = house.raised(), house.raised(thing="report:OTHER1")
    Duty.objects.filter(pk=broken.pk).update(ladder=[{"at": "no moment", "audience": "words of a report"}])
    assert advance_at(0) == 1
    assert DutyStep.objects.get().duty == whole
    assert advance_at(0.1) == 0
    assert caplog.text.count("ValueError") == 1
    advance_at(0.6)
    assert caplog.text.count("ValueError") == 2
    assert "words of a report" not in caplog.text


def test_a_kind_that_no_room_registered_still_reaches_the_person(house: House) -> None:
    duty = house.raised()
    Duty.objects.filter(pk=duty.pk).update(kind="gone.room")
    advance_at(0)
    assert Message.objects.get().kind == actions.GENERAL_KIND


def test_an_odd_dispatch_number_does_not_stop_the_alert(house: House) -> None:
    house.district.dispatch_number = "555-0100 / <front desk>"
    house.district.save()
    house.raised()
    advance_at(0)
    assert Message.objects.get().extra["dispatch"] == "555-0100  front desk"


def test_of_two_workers_that_read_the_same_step_one_takes_it(house: House) -> None:
    duty = house.raised()

    def other_worker_is_quicker(*_given: object) -> list[object]:
        audiences.register("first", lambda *_given: [house.rosa])
        assert ringing._advance([duty.pk]) == 1
        return [house.rosa]

    audiences.register("first", other_worker_is_quicker)  # type: ignore[arg-type]
    with clock_at(minutes(0)):
        assert ringing._advance([duty.pk]) == 0
    assert DutyStep.objects.count() == 1
    assert Message.objects.count() == 1


def test_every_step_is_in_the_ledger_with_when_it_was_due_and_who_was_told(house: House) -> None:
    duty = house.raised()
    advance_at(7)
    entries = list(Entry.objects.order_by("sequence"))
    assert [entry.verb for entry in entries] == ["duty.raised", "duty.step", "duty.step"]
    assert all(
        entry.thing == "report:7F3K2M" and entry.organization_id == house.school.pk for entry in entries
    )
    last = entries[-1]
    assert (last.actor, last.at) == ("worker", minutes(7))
    assert last.detail == {
        "duty": duty.pk, "step": 1, "audience": "second", "due": minutes(5).isoformat(), "late": True,
        "told": str(house.ben.pk), "told_count": 1, "note": "",
    }  # fmt: skip


def test_late_is_true_even_while_no_worker_runs(house: House) -> None:
    duty = house.raised()
    with clock_at(minutes(4)):
        assert not duty.is_late()
        assert counts([house.school]).late == 0
    with clock_at(minutes(6)):
        assert duty.is_late()
        assert list(late([house.school])) == [duty]
        assert list(late([house.district])) == []
        found = counts([house.school, house.district])
    assert (found.open, found.late, found.ringing_for_nobody) == (1, 1, 0)


def test_a_role_is_an_audience_that_is_looked_for_upward(house: House) -> None:
    RoleAssignment.objects.create(
        person=house.omar, organization=house.district, role=Role.SUPERINTENDENT, starts_at=minutes(-60)
    )
    duty = house.raised(
        [Rung(minutes(0), "holder"), Rung(minutes(5), "role:superintendent")], holder=house.rosa
    )
    with clock_at(minutes(5)):
        advance_due_steps()
    assert [(audience, told) for _, audience, told, _, _ in log(duty)] == [
        ("holder", ["Rosa"]),
        ("role:superintendent", ["Omar"]),
    ]


def test_a_message_about_a_duty_never_leads_out_of_the_staff_program(house: House) -> None:
    from security_center.foundation.notifications.no_content import ContentInMessage

    with pytest.raises(ContentInMessage), clock_at(START):
        actions.raise_duty(
            kind=KIND,
            thing="report:1",
            organization=house.school,
            ladder=house.u1_ladder(),
            actor="reporter",
            path="//evil.example",
            due_at=minutes(5),
        )
    assert not Duty.objects.exists()
