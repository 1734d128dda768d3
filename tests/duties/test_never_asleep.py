"""Over the real tables: whatever the clock, the absences and the gaps, a duty ends in a person or keeps
ringing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from security_center.foundation.clock import clock_at
from security_center.foundation.duties.actions import Rung, advance_due_steps, discharge, hand_over, leave
from security_center.foundation.duties.machine import PUNCTUAL
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_for
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message

from .conftest import House, minutes

pytestmark = pytest.mark.django_db

AUDIENCES = ("first", "second", "district", "top")
# What happens between two looks of the worker: absences change, people come, go, hand over, discharge.
EVENTS = st.one_of(
    st.tuples(st.just("reachable"), st.sampled_from(AUDIENCES), st.booleans()),
    st.tuples(st.just("hand_over"), st.integers(0, 3), st.just(True)),
    st.tuples(st.just("leave"), st.integers(0, 3), st.just(True)),
    st.tuples(st.just("nothing"), st.just(0), st.just(True)),
    st.tuples(st.just("discharge"), st.integers(0, 3), st.just(True)),
)


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rungs=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(AUDIENCES)), min_size=1, max_size=5).map(
        lambda found: sorted(found, key=lambda r: r[0])
    ),
    looks=st.lists(st.tuples(st.floats(0.02, 200), EVENTS), min_size=1, max_size=15),
)
def test_a_duty_ends_in_a_person_or_keeps_ringing(
    house: House, rungs: list[tuple[int, str]], looks: list[tuple[float, tuple[str, object, bool]]]
) -> None:
    with transaction.atomic():
        _live_through(house, rungs, looks)
        transaction.set_rollback(True)


def _live_through(
    house: House, rungs: list[tuple[int, str]], looks: list[tuple[float, tuple[str, object, bool]]]
) -> None:
    people = [house.rosa, house.ben, house.nia, house.omar]
    usual = dict(zip(AUDIENCES, people, strict=True))
    house.reachable = {name: [person] for name, person in usual.items()}
    duty = house.raised([Rung(minutes(offset), name) for offset, name in rungs])
    minute = 0.0
    for gap, (event, whom, there) in looks:
        minute += gap
        with clock_at(minutes(minute)):
            duty.refresh_from_db()
            if event == "reachable":
                house.reachable[str(whom)] = [usual[str(whom)]] if there else []
            elif event == "hand_over" and duty.state == Duty.State.OPEN:
                hand_over(duty=duty, to=people[int(str(whom))], actor="system")
            elif event == "leave":
                leave(person=people[int(str(whom))], actor="system")
            elif event == "discharge" and duty.state == Duty.State.OPEN:
                discharge(duty=duty, actor=people[int(str(whom))], outcome="acknowledged")
            advance_due_steps()
            assert advance_due_steps() == 0
        duty.refresh_from_db()
        if duty.state == Duty.State.OPEN:
            assert (
                minutes(minute)
                < duty.next_step_at
                <= max(minutes(rungs[-1][0]), minutes(minute) + timedelta(minutes=duty.repeat_minutes))
            )
        else:
            assert duty.discharged_by is not None
    steps = list(duty.steps.order_by("number").prefetch_related("told"))
    assert [step.number for step in steps] == list(range(len(steps)))
    assert [step.audience for step in steps] == [rungs[min(step.number, len(rungs) - 1)][1] for step in steps]
    for step in steps:
        assert step.done_at >= step.due_at
        assert step.late == (step.done_at - step.due_at > PUNCTUAL)
        assert (step.note == "nobody_available") == (step.told.count() == 0)
    assert Message.objects.filter(duty_id=duty.pk, kind=duty.kind).count() == sum(
        step.told.count() for step in steps
    )
    assert Entry.objects.filter(verb="duty.step", detail__duty=duty.pk).count() == len(steps)
    if duty.state == Duty.State.OPEN and duty.holder is None and any(step.told.count() for step in steps):
        assert any(duty in open_for(person) for person in people)
