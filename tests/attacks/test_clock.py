"""B2: a wall clock that jumps. Nothing is destroyed early, no alarm falls silent, no link or session outlives its hours, and people are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.duties.conftest import House, house  # noqa: F401  (the fixture)
from tests.duties.test_worker import note_down
from tests.reporting.acts import Valley, valley  # noqa: F401  (the fixture)

from security_center.center import actions as center
from security_center.foundation import clock
from security_center.foundation.clock import clock_at
from security_center.foundation.duties import heartbeat, queue, schedule, time_watch
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.models import Duty, DutyStep, PeriodicRun
from security_center.foundation.duties.time_watch import Watch
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message
from security_center.foundation.timekeeping.machine import USUAL_PAUSE
from security_center.foundation.timekeeping.models import ClockWatch
from security_center.foundation.timekeeping.queries import sure_moment
from security_center.foundation.web import health

SignIn = Callable[..., Client]
START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
AHEAD = timedelta(days=400)


@dataclass
class Machine:
    """A machine whose true time goes on by `wait`, and whose wall clock stands `off` from it. Its worker looks once a second or slower."""

    true: datetime = START
    off: timedelta = timedelta(0)
    boot: int = 1
    running: float = 100.0
    watch: Watch | None = None

    @property
    def wall(self) -> datetime:
        return self.true + self.off

    def wait(self, by: timedelta, every: timedelta = timedelta(seconds=30)) -> None:
        end = self.true + by
        while self.true < end:
            step = min(every, end - self.true)
            self.true, self.running = self.true + step, self.running + step.total_seconds()
            self.look()

    def look(self) -> None:
        with clock_at(self.wall):
            self.watch = self.watch or Watch()
            self.watch.look()
            heartbeat.beat()
            advance_due_steps()

    def lie_still(self, by: timedelta) -> None:
        """Switched off for so long, and on again."""
        self.true, self.boot, self.running, self.watch = self.true + by, self.boot + 1, 5.0, None
        self.look()


@pytest.fixture
def machine(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    found = Machine()
    monkeypatch.setattr(time_watch, "_usual_pause", lambda: USUAL_PAUSE)  # the invented district of other fixtures takes any pause
    monkeypatch.setattr(time_watch, "running_for", lambda: (f"boot-{found.boot}", found.running))
    yield found
    clock.correct_by(timedelta(0))


def told(duty: Duty) -> list[tuple[int, datetime]]:
    return list(DutyStep.objects.filter(duty=duty).order_by("number").values_list("number", "done_at"))


def test_a_clock_400_days_ahead_for_minutes_leaves_no_job_and_no_duty_in_the_future(machine: Machine, house: House) -> None:  # noqa: F811
    old = house.raised()
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(minutes=2))
    with clock_at(machine.wall):  # the public program's clock is the same wall's
        new = house.raised_now("report:NEW1")
    machine.wait(timedelta(minutes=2))
    machine.off = timedelta(0)
    machine.wait(timedelta(minutes=30))
    for duty, raised in ((old, START), (new, START + timedelta(minutes=2))):
        moments = [done - raised for _number, done in told(duty)]
        assert [round(moment.total_seconds() / 60) for moment in moments[:3]] == [0, 5, 15], duty.thing
    assert Duty.objects.get(pk=new.pk).next_step_at - machine.true <= timedelta(minutes=15)


@pytest.mark.parametrize("off", [timedelta(days=-2), timedelta(hours=-1), timedelta(hours=1), AHEAD])
def test_a_danger_that_came_before_the_jump_rings_as_if_there_were_none(machine: Machine, house: House, off: timedelta) -> None:  # noqa: F811
    duty = house.raised()
    machine.look()
    machine.off = off
    machine.wait(timedelta(minutes=31))
    assert [round((done - START).total_seconds() / 60) for _number, done in told(duty)] == [0, 5, 15, 30]


@pytest.mark.parametrize("off", [timedelta(days=-2), timedelta(hours=1), AHEAD])
def test_a_danger_that_comes_while_the_clock_is_wrong_rings_at_once_and_on_its_ladder(
    machine: Machine,
    house: House,  # noqa: F811
    off: timedelta,
) -> None:
    machine.look()
    machine.off = off
    machine.wait(timedelta(minutes=1))
    raised = machine.true
    with clock_at(machine.wall):
        duty = house.raised_now("report:NEW1")
    machine.wait(timedelta(minutes=31))
    assert [round((done - raised).total_seconds() / 60) for _number, done in told(duty)] == [0, 5, 15, 30]


def test_a_duty_of_a_program_with_another_clock_is_set_straight(machine: Machine, house: House) -> None:  # noqa: F811
    machine.look()
    with clock_at(machine.wall + AHEAD):
        duty = house.raised_now("report:NEW1")
    machine.wait(timedelta(minutes=6))
    assert len(told(duty)) == 2


def test_a_danger_rings_at_once_after_a_start_with_the_clock_set_back(machine: Machine, house: House) -> None:  # noqa: F811
    duty = house.raised()
    machine.look()
    machine.off = timedelta(days=-9)
    machine.lie_still(timedelta(hours=3))
    assert len(told(duty)) == 2
    machine.off = timedelta(0)
    machine.wait(timedelta(seconds=2))
    assert ClockWatch.objects.get().distrusted_since is None
    assert sure_of(machine) == START + timedelta(seconds=2), "the pause is not counted before a second source speaks"


def sure_of(machine: Machine) -> datetime | None:
    with clock_at(machine.wall):
        return sure_moment()


def test_a_weekend_off_is_no_alarm(machine: Machine) -> None:
    machine.look()
    machine.lie_still(timedelta(days=3))
    assert sure_of(machine) == START
    assert health.clock() == ""
    assert not Message.objects.exists()


def test_a_long_gap_waits_for_a_second_source_and_a_persons_word_is_one(machine: Machine, valley: Valley) -> None:  # noqa: F811
    machine.look()
    machine.lie_still(timedelta(days=20))
    assert sure_of(machine) is None
    assert Message.objects.filter(kind="duties.clock_jumped", person=valley.cast.ada).exists()
    assert Message.objects.filter(kind="duties.clock_jumped", person=valley.cast.rosa).exists()
    with clock_at(machine.wall):
        center.confirm_time(actor=valley.cast.ada)
    machine.wait(timedelta(seconds=1))
    assert sure_of(machine) == machine.true
    assert [entry.verb for entry in Entry.objects.filter(verb__startswith="clock.").order_by("sequence")] == [
        "clock.distrusted",
        "clock.confirmed",
        "clock.trusted",
    ]


def test_a_persons_word_at_another_machine_does_not_cover_a_worker_whose_clock_is_wrong(machine: Machine, valley: Valley) -> None:  # noqa: F811
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.true):
        center.confirm_time(actor=valley.cast.ada)
    machine.wait(timedelta(seconds=1))
    assert sure_of(machine) is None


def test_an_old_word_is_taken_once(machine: Machine, valley: Valley) -> None:  # noqa: F811
    machine.look()
    with clock_at(machine.wall):
        center.confirm_time(actor=valley.cast.ada)
    machine.wait(timedelta(days=1), every=timedelta(hours=1))
    machine.off = timedelta(days=-1)
    machine.wait(timedelta(seconds=1))
    assert sure_of(machine) is None


def test_a_jump_is_told_once_and_readyz_fails_until_it_is_over(machine: Machine, valley: Valley) -> None:  # noqa: F811
    machine.look()
    for _time in range(3):
        machine.off = AHEAD
        machine.wait(timedelta(seconds=2))
        assert health.clock() != ""
        machine.off = timedelta(0)
        machine.wait(timedelta(seconds=2))
        assert health.clock() == ""
    assert Message.objects.filter(kind="duties.clock_jumped", person=valley.cast.rosa).count() == 1


def test_a_job_that_a_wrong_clock_put_off_for_years_runs_at_once(db: None) -> None:
    ran = []
    schedule.every(60, "tests.job")(lambda: ran.append(1))
    try:
        PeriodicRun.objects.create(name="tests.job", due_at=clock.now() + AHEAD)
        schedule.run_due()
        schedule.run_due()
    finally:
        schedule._jobs.pop("tests.job")
    assert ran == [1]
    assert PeriodicRun.objects.get(name="tests.job").due_at <= clock.now() + timedelta(seconds=60)


def test_a_sign_of_life_from_the_future_proves_nobody_alive(db: None) -> None:
    with clock_at(clock.now() + AHEAD):
        heartbeat.beat()
    assert not heartbeat.is_alive()
    assert heartbeat.other_living_workers() == set()


def test_mail_that_was_put_off_by_a_clock_ahead_goes_out_when_it_is_back(db: None) -> None:
    note_down.enqueue("mail")
    assert queue.wake_overslept() == 0
    DBTaskResult.objects.update(run_after=clock.now() + AHEAD)
    assert queue.wake_overslept() == 1
    assert DBTaskResult.objects.ready().exists()
