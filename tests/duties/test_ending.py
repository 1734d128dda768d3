"""How a duty ends, changes hands, and outlives a departure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import actions
from security_center.foundation.duties.actions import (
    AlreadyEnded,
    CannotHold,
    Rung,
    advance_due_steps,
    cancel,
    discharge,
    hand_over,
    leave,
)
from security_center.foundation.duties.machine import State
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about, open_for, steps_of
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message

from .conftest import KIND, House, minutes

pytestmark = pytest.mark.django_db


def test_a_discharged_duty_rings_no_more_and_says_who_and_how(house: House) -> None:
    duty = house.raised()
    with clock_at(minutes(3)):
        advance_due_steps()
        discharge(duty=duty, actor=house.rosa, outcome="acknowledged")
    assert (duty.state, duty.discharged_by, duty.discharged_at, duty.outcome) == (
        State.DISCHARGED,
        house.rosa,
        minutes(3),
        "acknowledged",
    )
    with clock_at(minutes(600)):
        assert advance_due_steps() == 0
        assert not duty.is_late()
    entry = Entry.objects.get(verb="duty.discharged")
    assert entry.actor == f"person:{house.rosa.pk}"
    assert entry.detail == {"duty": duty.pk, "kind": duty.kind, "outcome": "acknowledged", "late": False}


def test_an_actor_may_be_given_as_the_ledger_writes_it(house: House) -> None:
    duty = discharge(duty=house.raised(), actor=f"person:{house.ben.pk}", outcome="acknowledged")
    assert duty.discharged_by == house.ben
    assert cancel(duty=house.raised(), actor="system", outcome="merged").discharged_by is None


@pytest.mark.parametrize("end", [discharge, cancel])
def test_what_has_ended_cannot_end_again_nor_change_hands(house: House, end: object) -> None:
    duty = house.raised()
    discharge(duty=duty, actor=house.rosa, outcome="acknowledged")
    with pytest.raises(AlreadyEnded):
        end(duty=duty, actor=house.ben, outcome="again")  # type: ignore[operator]
    with pytest.raises(AlreadyEnded):
        hand_over(duty=duty, to=house.ben, actor=house.rosa)
    duty.refresh_from_db()
    assert (duty.discharged_by, duty.outcome, duty.holder) == (house.rosa, "acknowledged", None)


def test_a_duty_handed_over_is_the_other_person_s_and_they_are_told(house: House) -> None:
    duty = house.raised(holder=house.rosa)
    hand_over(duty=duty, to=house.ben, actor=house.rosa)
    assert list(open_for(house.rosa)) == []
    assert list(open_for(house.ben)) == [duty]
    assert [message.person for message in Message.objects.all()] == [house.ben]
    assert Entry.objects.get(verb="duty.handed_over").detail == {
        "duty": duty.pk,
        "from": house.rosa.pk,
        "to": house.ben.pk,
    }


def test_who_takes_a_duty_themselves_is_not_told_of_it(house: House) -> None:
    duty = house.raised()
    hand_over(duty=duty, to=house.ben, actor=house.ben)
    hand_over(duty=duty, to=house.ben, actor=house.rosa)
    assert not Message.objects.exists()
    assert Entry.objects.filter(verb="duty.handed_over").count() == 1


def test_nobody_who_has_left_can_be_given_a_duty(house: House) -> None:
    house.ben.is_active = False
    house.ben.save()
    with pytest.raises(CannotHold):
        hand_over(duty=house.raised(), to=house.ben, actor=house.rosa)
    with pytest.raises(CannotHold):
        house.raised(holder=house.ben)


def test_a_duty_waits_for_those_who_were_told_until_somebody_holds_it(house: House) -> None:
    duty = house.raised()
    with clock_at(minutes(5)):
        advance_due_steps()
    assert list(open_for(house.rosa)) == [duty]
    assert list(open_for(house.ben)) == [duty]
    assert list(open_for(house.omar)) == []
    hand_over(duty=duty, to=house.ben, actor=house.ben)
    assert list(open_for(house.rosa)) == []
    assert list(open_about("report:7F3K2M", duty.kind)) == [duty]
    assert list(open_about("report:7F3K2M", "other.kind")) == []


def test_a_departure_puts_duties_back_on_their_ladder_and_the_next_audience_is_told_at_once(
    house: House,
) -> None:
    ladder = [Rung(minutes(0), "first"), Rung(minutes(60), "second")]
    duty = house.raised(ladder, holder=house.rosa)
    with clock_at(minutes(1)):
        advance_due_steps()
    with clock_at(minutes(2)):
        assert leave(person=house.rosa, actor="system") == 1
        advance_due_steps()
    duty.refresh_from_db()
    assert duty.holder is None
    assert [(step.audience, step.done_at, [*step.told.all()]) for step in steps_of(duty)][-1] == (
        "second",
        minutes(2),
        [house.ben],
    )


def test_a_departure_hands_duties_to_the_named_successor(house: House) -> None:
    duties = {house.raised(holder=house.rosa).pk, house.raised(holder=house.rosa).pk}
    kept = house.raised(holder=house.nia)
    assert leave(person=house.rosa, actor="system", successor=house.ben) == 2
    assert {duty.pk for duty in open_for(house.ben)} == duties
    assert list(open_for(house.nia)) == [kept]


def test_when_a_person_leaves_by_the_office_s_page_their_duties_go_with_the_same_act(house: House) -> None:
    from security_center.foundation.organizations import signals
    from security_center.foundation.organizations.models import Person

    duty = house.raised(holder=house.rosa)
    house.rosa.is_active = False
    house.rosa.save()
    signals.person_leaving.send(
        sender=Person, person=house.rosa, actor=house.omar, roles=[], moment=minutes(0)
    )
    duty.refresh_from_db()
    assert duty.holder is None


@pytest.mark.parametrize(
    ("end", "state"),
    [(actions.discharge_about, State.DISCHARGED), (actions.cancel_about, State.CANCELLED)],
)
def test_all_that_is_open_about_a_thing_ends_at_once_and_nothing_else(
    house: House, end: Callable[..., None], state: str
) -> None:
    about, other = house.raised(), house.raised(thing="report:OTHER1")
    end(thing=about.thing, kind="tests.another", actor="system", outcome="x")
    assert Duty.objects.open().count() == 2
    end(thing=about.thing, kind=KIND, actor="system", outcome="x")
    assert (Duty.objects.get(pk=about.pk).state, Duty.objects.open().get()) == (state, other)
    end(thing=other.thing, actor="system", outcome="x")
    assert not Duty.objects.open().exists()


def test_a_page_reads_the_duties_of_a_person_with_their_places_in_one_query(
    house: House, django_assert_num_queries: Any
) -> None:
    house.raised(holder=house.rosa)
    with django_assert_num_queries(1):
        assert [duty.organization.name for duty in open_for(house.rosa)] == ["Maple High"]
