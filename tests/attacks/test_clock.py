"""B2: a wall clock that jumps. Nothing is destroyed early, no alarm falls silent, no link or session outlives
its hours, and people are told."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.attacks.wrong_clock import AHEAD, START, Machine, sure_of
from tests.cast import Cast, give_totp, totp_code
from tests.duties.conftest import House
from tests.duties.test_worker import note_down
from tests.organizations.test_sign_in import CODE, password_given
from tests.reporting.acts import Valley

from security_center.center import actions as center
from security_center.foundation import clock
from security_center.foundation.clock import clock_at
from security_center.foundation.duties import heartbeat, queue, schedule
from security_center.foundation.duties.models import Duty, DutyStep, PeriodicRun
from security_center.foundation.duties.time_watch import Watch
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications import actions as notifications
from security_center.foundation.notifications.models import Message
from security_center.foundation.notifications.queries import AlertOver, open_alert
from security_center.foundation.notifications.tokens import token_of
from security_center.foundation.organizations.actions import invitations
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.reset_links import ResetLinks
from security_center.foundation.timekeeping.models import ClockWatch
from security_center.foundation.vault import receipts
from security_center.foundation.web import health
from security_center.reporting.actions import desk

SignIn = Callable[..., Client]


def told(duty: Duty) -> list[tuple[int, datetime]]:
    return list(DutyStep.objects.filter(duty=duty).order_by("number").values_list("number", "done_at"))


def test_a_clock_400_days_ahead_for_minutes_leaves_no_job_and_no_duty_in_the_future(
    machine: Machine, house: House
) -> None:
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
def test_a_danger_that_came_before_the_jump_rings_as_if_there_were_none(
    machine: Machine, house: House, off: timedelta
) -> None:
    duty = house.raised()
    machine.look()
    machine.off = off
    machine.wait(timedelta(minutes=31))
    assert [round((done - START).total_seconds() / 60) for _number, done in told(duty)] == [0, 5, 15, 30]


@pytest.mark.parametrize("off", [timedelta(days=-2), timedelta(hours=1), AHEAD])
def test_a_danger_that_comes_while_the_clock_is_wrong_rings_at_once_and_on_its_ladder(
    machine: Machine,
    house: House,
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


def test_a_jump_in_the_middle_of_a_workers_round_makes_nothing_due(db: None) -> None:
    """On a busy machine one round of steps takes minutes: seen only at its end, the jump had taken every step
    until then."""
    Watch().look()
    before = clock.now()
    with patch_wall(AHEAD):
        assert clock.wall() - before > timedelta(days=399)
        assert clock.now() - before < timedelta(minutes=1)


@contextmanager
def patch_wall(off: timedelta) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        wrong = clock.wall() + off
        patch.setattr(clock, "wall", lambda: wrong)
        yield


def test_a_duty_of_a_program_with_another_clock_is_set_straight(machine: Machine, house: House) -> None:
    machine.look()
    with clock_at(machine.wall + AHEAD):
        duty = house.raised_now("report:NEW1")
    machine.wait(timedelta(minutes=6))
    assert len(told(duty)) == 2


def test_a_danger_rings_at_once_after_a_start_with_the_clock_set_back(machine: Machine, house: House) -> None:
    duty = house.raised()
    machine.look()
    machine.off = timedelta(days=-9)
    machine.lie_still(timedelta(hours=3))
    assert len(told(duty)) == 2
    machine.off = timedelta(0)
    machine.wait(timedelta(seconds=2))
    assert ClockWatch.objects.get().distrusted_since is None
    assert sure_of(machine) == START + timedelta(seconds=2), (
        "the pause is not counted before a second source speaks"
    )


def test_a_weekend_off_is_no_alarm(machine: Machine) -> None:
    machine.look()
    machine.lie_still(timedelta(days=3))
    assert sure_of(machine) == START
    assert health.clock() == ""
    assert not Message.objects.exists()


def test_a_long_gap_waits_for_a_second_source_and_a_persons_word_is_one(
    machine: Machine, valley: Valley
) -> None:
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


def test_a_persons_word_at_another_machine_does_not_cover_a_worker_whose_clock_is_wrong(
    machine: Machine, valley: Valley
) -> None:
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(seconds=1))
    with clock_at(machine.true):
        center.confirm_time(actor=valley.cast.ada)
    machine.wait(timedelta(seconds=1))
    assert sure_of(machine) is None


def test_an_old_word_is_taken_once(machine: Machine, valley: Valley) -> None:
    machine.look()
    with clock_at(machine.wall):
        center.confirm_time(actor=valley.cast.ada)
    machine.wait(timedelta(days=1), every=timedelta(hours=1))
    machine.off = timedelta(days=-1)
    machine.wait(timedelta(seconds=1))
    assert sure_of(machine) is None


def test_a_jump_is_told_once_and_readyz_fails_until_it_is_over(machine: Machine, valley: Valley) -> None:
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


# --- sessions and links fail closed
# ------------------------------------------------------------------------------------------


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


# --- what the pages say
# ------------------------------------------------------------------------------------------------


def seen(signed_in: SignIn, person: Person, address: str) -> str:
    return html.unescape(signed_in(person).get(address).content.decode()).replace("\xa0", " ")


@contextmanager
def another_program(machine: Machine) -> Iterator[None]:
    """A web program of the same machine: it goes by the wall clock, while the worker lives by what it
    believes."""
    clock.let_go()
    with clock_at(machine.wall):
        yield


@pytest.mark.parametrize("off", [AHEAD, -AHEAD])
def test_a_worker_that_lives_by_the_believed_time_is_not_called_dead_beside_alerts_that_go_on(
    machine: Machine, valley: Valley, signed_in: SignIn, off: timedelta
) -> None:
    machine.look()
    machine.off = off
    machine.wait(timedelta(seconds=40), every=timedelta(seconds=10))
    with another_program(machine):
        assert heartbeat.is_alive()
        assert health.worker() == ""
        home = seen(signed_in, valley.cast.ada, "/")
        assert "Alerts go on." in home
        assert "1 year, 1 month" in home
        assert "The worker is not running" not in home
    machine.true += timedelta(minutes=5)  # the worker died
    with another_program(machine):
        assert not heartbeat.is_alive()
        home = seen(signed_in, valley.cast.ada, "/")
        assert "The worker is not running: nobody is alerted" in home
        assert "Alerts go on." not in home


def test_while_the_clock_is_not_believed_home_and_desk_say_that_times_may_be_wrong(
    machine: Machine, valley: Valley, signed_in: SignIn
) -> None:
    looked = [(who, address) for who in ("rosa", "tess", "dana", "ivy") for address in ("/", "/desk/")] + [
        ("omar", "/")
    ]
    machine.look()
    for off, wrong in ((AHEAD, True), (timedelta(0), False)):
        machine.off = off
        machine.wait(timedelta(seconds=2))
        with another_program(machine):
            for who, address in looked:
                assert (
                    "Times may be wrong now" in seen(signed_in, valley.cast.everyone[who], address)
                ) is wrong, (who, address, wrong)


def test_the_clocks_page_asks_for_a_press_where_there_is_a_button_and_tells_the_hour_of_ones_own_zone(
    machine: Machine, valley: Valley, signed_in: SignIn
) -> None:
    machine.look()
    for off, wrong in ((timedelta(0), False), (timedelta(days=-20), True)):
        machine.off = off
        machine.wait(timedelta(seconds=2))
        with another_program(machine):
            page = seen(signed_in, valley.cast.ada, "/mend/clock/")
            assert ("press the button" in page) is wrong
            assert ("Yes, this time is right" in page) is wrong
            assert "9 a.m." in page, "14:00 UTC in Maple Valley"
            assert "UTC" not in page


def test_a_report_that_comes_while_the_clock_is_400_days_ahead_is_owed_a_decision_in_its_own_time(
    machine: Machine, valley: Valley
) -> None:
    right = valley.report()
    valley.set_clock(machine.true)
    machine.look()
    machine.off = AHEAD
    machine.wait(timedelta(minutes=1))
    clock.let_go()  # the public program goes by the wall alone
    valley.set_clock(machine.wall)
    report = valley.report()
    assert report.received_at > machine.true + timedelta(days=300)
    machine.wait(timedelta(minutes=2))
    machine.off = timedelta(0)
    machine.wait(timedelta(minutes=30))
    valley.set_clock(machine.true)
    report.refresh_from_db()
    right.refresh_from_db()
    assert machine.true - timedelta(hours=1) < report.received_at <= machine.true
    assert report.acknowledge_by - report.received_at <= timedelta(days=3)
    assert report.decide_by - report.received_at <= timedelta(days=30)
    desk.look(actor=valley.cast.rosa, report=report)
    desk.acknowledge(actor=valley.cast.rosa, report=report)
    duty = Duty.objects.open().get(thing=report.thing, kind="reporting.decide")
    assert duty.due_at - machine.true <= timedelta(days=30)
    assert abs(right.decide_by - report.decide_by) < timedelta(days=7)
