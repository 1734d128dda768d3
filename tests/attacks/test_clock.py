"""B2: a wall clock that jumps. Nothing is destroyed early, no alarm falls silent, no link or session outlives its hours, and people are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django_scopes import scope
from django_tasks_db.models import DBTaskResult
from tests.cast import Cast, give_totp, totp_code
from tests.duties.conftest import House, house  # noqa: F401  (the fixture)
from tests.duties.test_worker import note_down
from tests.organizations.test_sign_in import CODE, password_given
from tests.reporting.acts import Valley, fresh, valley  # noqa: F401  (the fixture)

from security_center.center import actions as center
from security_center.equity.actions import publishing
from security_center.equity.tasks import periods_over
from security_center.foundation import clock
from security_center.foundation.clock import clock_at
from security_center.foundation.duties import heartbeat, queue, schedule, time_watch
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.models import Duty, DutyStep, PeriodicRun
from security_center.foundation.duties.time_watch import Watch
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications import actions as notifications
from security_center.foundation.notifications.models import Message
from security_center.foundation.notifications.queries import AlertOver, open_alert
from security_center.foundation.notifications.tokens import token_of
from security_center.foundation.organizations.actions import invitations
from security_center.foundation.organizations.reset_links import ResetLinks
from security_center.foundation.timekeeping.machine import USUAL_PAUSE
from security_center.foundation.timekeeping.models import ClockWatch
from security_center.foundation.timekeeping.queries import sure_moment
from security_center.foundation.vault import files, receipts
from security_center.foundation.web import health
from security_center.prevention import actions as plan_actions
from security_center.prevention import tasks as trainings
from security_center.reporting import tasks as reporting
from security_center.reporting.actions import decisions, desk, thread
from security_center.reporting.models import Report
from security_center.reporting.queries.ends import destroyed_on
from security_center.threat_assessment import tasks as cases

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


# --- what is destroyed and published ---------------------------------------------------------------------------------------


def closed(valley: Valley) -> Report:  # noqa: F811
    report = valley.taken()
    decisions.decide(actor=valley.cast.rosa, report=fresh(report), actions=["counseling"], validity="plausible", considered="We talked.")
    decisions.close(actor=valley.cast.rosa, report=fresh(report))
    return fresh(report)


def destroy(machine: Machine) -> int:
    with clock_at(machine.wall):
        return reporting.shred_due() + cases.end_cases() + cases.end_meetings() + trainings.end_trainings()


def test_a_clock_400_days_ahead_destroys_nothing_nor_does_it_after_it_came_back(machine: Machine, valley: Valley) -> None:  # noqa: F811
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


def test_a_clock_that_is_ahead_from_the_start_on_destroys_nothing(machine: Machine, valley: Valley) -> None:  # noqa: F811
    report = closed(valley)
    machine.true = valley.at
    machine.look()
    machine.off = AHEAD
    machine.lie_still(timedelta(minutes=1))
    assert destroy(machine) == 0
    machine.wait(timedelta(days=8), every=timedelta(hours=6))
    assert destroy(machine) == 0
    assert fresh(report).shredded_at is None


def test_a_report_is_marked_and_its_desk_told_a_week_before_it_is_destroyed(valley: Valley, signed_in: SignIn) -> None:  # noqa: F811
    plan_actions.adopt_plan(actor=None, organization=valley.cast.district, retention_days=60, retention_days_unfounded=40)
    one, other = closed(valley), closed(valley)
    valley.pass_time(days=53)
    assert reporting.shred_due() == 0
    assert fresh(one).end_told_at == valley.at
    told_of = Message.objects.filter(kind="reporting.end_near")
    assert {message.person_id for message in told_of} >= {valley.cast.ivy.pk}
    assert told_of.filter(person=valley.cast.ivy).count() == 1, "two reports of a desk are one message"
    page = signed_in(valley.cast.ivy).get(one.path).content.decode()
    assert "Destroyed on" in page
    desk.set_hold(actor=valley.cast.ivy, report=other, on=True)
    valley.pass_time(days=6, hours=23)
    assert reporting.shred_due() == 0
    valley.pass_time(hours=1)
    assert reporting.shred_due() == 1
    assert fresh(other).shredded_at is None


def test_what_is_past_its_day_at_an_upgrade_is_marked_first(valley: Valley) -> None:  # noqa: F811
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


def test_a_report_that_opens_and_closes_again_is_marked_anew(valley: Valley) -> None:  # noqa: F811
    received = valley.receive()
    report = received.report
    for _time in range(2):
        desk.look(actor=valley.cast.rosa, report=fresh(report))
        decisions.decide(actor=valley.cast.rosa, report=fresh(report), actions=["counseling"], validity="plausible", considered="We talked.")
        decisions.close(actor=valley.cast.rosa, report=fresh(report))
        assert fresh(report).end_told_at is None
        valley.pass_time(days=360)
        assert reporting.shred_due() == 0
        assert fresh(report).end_told_at is not None
        thread.reporter_writes(receipt=received.receipt, report=fresh(report), body="It goes on.")
    valley.pass_time(days=30)
    assert reporting.shred_due() == 0


def test_a_report_that_was_closed_while_the_clock_was_years_behind_is_kept_as_long_as_any(machine: Machine, valley: Valley) -> None:  # noqa: F811
    machine.true = valley.at
    machine.look()
    machine.off = -AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.wall), scope(district=[valley.cast.district.pk]):
        report = closed(valley)
    assert abs(fresh(report).closed_at - machine.true) < timedelta(seconds=30)  # type: ignore[operator]


def test_figures_are_not_published_while_the_clock_is_not_believed(machine: Machine, valley: Valley) -> None:  # noqa: F811
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.wall), scope(district=[valley.cast.district.pk]):
        period = periods_over(valley.cast.district)[-1]
        assert publishing.publish(district=valley.cast.district, period=period, kind="statistics") is None
    machine.off = timedelta(0)
    machine.wait(timedelta(seconds=1))


def test_a_clock_ahead_sweeps_no_file_whose_row_is_about_to_commit(machine: Machine) -> None:
    file_id, _key, _size = files.write([b"a picture"])
    machine.true = clock.now()
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.wall):
        assert files.sweep(lambda ids: set()) == 0
    assert files.path_of(file_id).exists()
    files.delete(file_id)


# --- sessions and links fail closed ------------------------------------------------------------------------------------------


def test_a_session_from_the_future_is_no_session(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.rosa)
    assert client.get("/").status_code == 200
    with time_machine.travel(clock.now() - timedelta(hours=2), tick=False):
        assert client.get("/").status_code == 302
    assert client.get("/").status_code == 302, "it does not come back with the time"


def test_links_and_cookies_from_the_future_open_nothing(cast: Cast) -> None:
    with clock_at(clock.now() + AHEAD):
        path = invitations.invite(actor=cast.ada, person=cast.rosa)
        cookie = receipts.seal_session(receipts.Receipt.new())
        alert = notifications.send_test_alert(actor=cast.rosa, person=cast.rosa)
    with time_machine.travel(clock.now() + AHEAD, tick=False):
        reset = ResetLinks().make_token(cast.rosa)
    with pytest.raises(invitations.InvitationExpired):
        invitations.open_invitation(path.split("/")[2])
    with pytest.raises(receipts.SessionOver):
        receipts.open_session(cookie)
    with pytest.raises(AlertOver):
        open_alert(token_of(alert))
    assert not ResetLinks().check_token(cast.rosa, reset)
    assert ResetLinks().check_token(cast.rosa, ResetLinks().make_token(cast.rosa))


def test_a_sign_in_with_a_code_of_a_phone_proves_the_time(machine: Machine, cast: Cast) -> None:
    secret = give_totp(cast.rosa)
    machine.true = clock.now()
    machine.look()
    machine.lie_still(timedelta(days=20))
    with time_machine.travel(machine.true, tick=False):
        assert sure_of(machine) is None
        client, _page = password_given(cast.rosa)
        assert client.post(CODE, {"code": totp_code(secret)}).status_code == 302
    machine.wait(timedelta(seconds=5))
    assert sure_of(machine) == machine.true
