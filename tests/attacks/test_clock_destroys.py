"""B2: what is destroyed or published by the clock waits for a time that has surely come, and is announced a
week before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django_scopes import scope
from tests.attacks.wrong_clock import AHEAD, Machine
from tests.reporting.acts import Valley, fresh

from security_center.case_records import tasks as records
from security_center.equity.actions import publishing
from security_center.equity.tasks import periods_over
from security_center.foundation import clock
from security_center.foundation.clock import clock_at
from security_center.foundation.notifications.models import Message
from security_center.foundation.vault import files
from security_center.prevention import actions as plan_actions
from security_center.reporting import tasks as reporting
from security_center.reporting.actions import decisions, desk, thread
from security_center.reporting.models import Report
from security_center.reporting.queries.ends import destroyed_on
from security_center.team_meetings import tasks as meetings
from security_center.training import tasks as trainings

SignIn = Callable[..., Client]


def closed(valley: Valley) -> Report:
    report = valley.taken()
    decisions.decide(
        actor=valley.cast.rosa,
        report=fresh(report),
        actions=["counseling"],
        validity="plausible",
        considered="We talked.",
    )
    decisions.close(actor=valley.cast.rosa, report=fresh(report))
    return fresh(report)


def destroy(machine: Machine) -> int:
    with clock_at(machine.wall):
        return (
            reporting.shred_due() + records.end_cases() + meetings.end_meetings() + trainings.end_trainings()
        )


def test_a_clock_400_days_ahead_destroys_nothing_nor_does_it_after_it_came_back(
    machine: Machine, valley: Valley
) -> None:
    report = closed(valley)
    machine.true = valley.at
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(minutes=4), every=timedelta(seconds=60))
    assert destroy(machine) == 0
    machine.off = timedelta(0)
    machine.wait(timedelta(minutes=4), every=timedelta(seconds=60))
    assert destroy(machine) == 0
    assert (fresh(report).shredded_at, fresh(report).end_told_at) == (None, None)


def test_a_clock_that_is_ahead_from_the_start_on_destroys_nothing(machine: Machine, valley: Valley) -> None:
    report = closed(valley)
    machine.true = valley.at
    machine.look()
    machine.off = AHEAD
    machine.lie_still(timedelta(minutes=1))
    assert destroy(machine) == 0
    machine.wait(timedelta(days=8), every=timedelta(hours=6))
    assert destroy(machine) == 0
    assert fresh(report).shredded_at is None


def test_a_report_is_marked_and_its_desk_told_a_week_before_it_is_destroyed(
    valley: Valley, signed_in: SignIn
) -> None:
    plan_actions.adopt_plan(
        actor=None, organization=valley.cast.district, retention_days=60, retention_days_unfounded=40
    )
    one, other = closed(valley), closed(valley)
    valley.pass_time(days=53)
    assert reporting.shred_due() == 0
    assert fresh(one).end_told_at == valley.at
    told_of = Message.objects.filter(kind="reporting.end_near")
    assert {message.person_id for message in told_of} >= {valley.cast.ivy.pk}
    assert told_of.filter(person=valley.cast.ivy).count() == 1, "two reports of a desk are one message"
    page = signed_in(valley.cast.ivy).get(one.path).content.decode()
    assert "Will be destroyed on" in page
    desk.set_hold(actor=valley.cast.ivy, report=other, on=True)
    valley.pass_time(days=6, hours=23)
    assert reporting.shred_due() == 0
    valley.pass_time(hours=1)
    assert reporting.shred_due() == 1
    assert fresh(other).shredded_at is None


def test_what_is_past_its_day_at_an_upgrade_is_marked_first(valley: Valley) -> None:
    report = closed(valley)
    valley.pass_time(days=500)
    assert reporting.shred_due() == 0
    assert retention_days_left(report) == timedelta(days=7)
    valley.pass_time(days=7)
    assert reporting.shred_due() == 1


def retention_days_left(report: Report) -> timedelta:
    on = destroyed_on(fresh(report))
    assert on is not None
    return on - clock.now()


def test_a_report_that_opens_and_closes_again_is_marked_anew(valley: Valley) -> None:
    received = valley.receive()
    report = received.report
    for _time in range(2):
        desk.look(actor=valley.cast.rosa, report=fresh(report))
        decisions.decide(
            actor=valley.cast.rosa,
            report=fresh(report),
            actions=["counseling"],
            validity="plausible",
            considered="We talked.",
        )
        decisions.close(actor=valley.cast.rosa, report=fresh(report))
        assert fresh(report).end_told_at is None
        valley.pass_time(days=360)
        assert reporting.shred_due() == 0
        assert fresh(report).end_told_at is not None
        thread.reporter_writes(receipt=received.receipt, report=fresh(report), body="It goes on.")
    valley.pass_time(days=30)
    assert reporting.shred_due() == 0


def test_a_report_that_was_closed_while_the_clock_was_years_behind_is_kept_as_long_as_any(
    machine: Machine, valley: Valley
) -> None:
    machine.true = valley.at
    machine.look()
    machine.off = -AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.wall), scope(district=[valley.cast.district.pk]):
        report = closed(valley)
    assert abs(fresh(report).closed_at - machine.true) < timedelta(seconds=30)  # type: ignore[operator]


def test_figures_are_not_published_while_the_clock_is_not_believed(machine: Machine, valley: Valley) -> None:
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.wall), scope(district=[valley.cast.district.pk]):
        period = periods_over(valley.cast.district)[-1]
        assert publishing.publish(district=valley.cast.district, period=period) == []
    machine.off = timedelta(0)
    machine.wait(timedelta(seconds=1))


def test_a_clock_ahead_sweeps_no_file_whose_row_is_about_to_commit(machine: Machine) -> None:
    file_id, _key, _size = files.write([b"a picture"])
    machine.true = clock.now()
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.wall):
        assert reporting.sweep_files() == 0
    assert files.path_of(file_id).exists()
    files.delete(file_id)
