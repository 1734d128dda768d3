"""The rules of a duty without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_center.foundation.duties import machine
from security_center.foundation.duties.machine import Rung, State

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


LADDER = (Rung(at(0), "first"), Rung(at(5), "second"), Rung(at(15), "district"))


@pytest.mark.parametrize(("start", "end"), list(product(State, State)))
def test_only_an_open_duty_may_end_and_an_ended_one_never_changes(start: State, end: State) -> None:
    assert machine.may_become(start, end) == (
        start == State.OPEN and end in {State.DISCHARGED, State.CANCELLED}
    )


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(machine.TRANSITIONS) == set(State)


@pytest.mark.parametrize(
    ("step", "due", "taken_at", "told", "audience", "late", "following"),
    [
        (0, 0, 0, True, "first", False, 5),
        (0, 0, 0.9, True, "first", False, 5),
        (0, 0, 1.1, True, "first", True, 5),
        (0, 0, 0, False, "first", False, 0),
        (1, 5, 5, True, "second", False, 15),
        (1, 5, 40, True, "second", True, 15),
        (1, 0, 0, False, "second", False, 0),
        (1, 0, 0, True, "second", False, 15),
        (2, 15, 15, True, "district", False, 30),
        (2, 15, 15, False, "district", False, 30),
        (2, 15, 100, True, "district", True, 115),
        (3, 30, 30, True, "district", False, 45),
        (3, 30, 30, False, "district", False, 45),
        (9, 120, 400, True, "district", True, 415),
    ],
)
def test_one_step(
    step: int, due: float, taken_at: float, told: bool, audience: str, late: bool, following: float
) -> None:
    taken = machine.take(
        ladder=LADDER, step=step, next_step_at=at(due), at=at(taken_at), repeat_minutes=15, somebody_told=told
    )
    assert (taken.number, taken.rung.audience, taken.due_at, taken.late, taken.next_step_at) == (
        step,
        audience,
        at(due),
        late,
        at(following),
    )


@pytest.mark.parametrize(
    ("state", "due", "moment", "late"),
    [
        (State.OPEN, 5, 4, False),
        (State.OPEN, 5, 5, False),
        (State.OPEN, 5, 6, True),
        (State.DISCHARGED, 5, 6, False),
        (State.CANCELLED, 5, 6, False),
    ],
)
def test_late_is_worked_out_from_the_clock(state: State, due: float, moment: float, late: bool) -> None:
    assert machine.is_late(state=state, due_at=at(due), at=at(moment)) == late


def test_a_duty_that_is_handed_back_rings_at_once_and_never_later_than_before() -> None:
    assert machine.handed_back(next_step_at=at(10), at=at(3)) == at(3)
    assert machine.handed_back(next_step_at=at(1), at=at(3)) == at(1)


@pytest.mark.parametrize(
    "ladder",
    [
        [],
        [Rung(at(5), "first"), Rung(at(0), "second")],
        [Rung(datetime(2026, 11, 24), "first")],  # noqa: DTZ001 - that is what must be refused
        [Rung(at(0), "")],
        [Rung(at(0), "Somebody with a name")],
    ],
)
def test_a_ladder_that_could_leave_a_duty_asleep_is_refused(ladder: list[Rung]) -> None:
    with pytest.raises(machine.LadderBroken):
        machine.ladder_to_json(ladder)


def test_a_ladder_survives_its_column() -> None:
    ladder = (*LADDER, Rung(at(30), "top", kind="tests.dispatch"))
    assert machine.ladder_from_json(machine.ladder_to_json(ladder)) == ladder


gaps = st.lists(st.floats(min_value=0.01, max_value=600), min_size=1, max_size=30)
offsets = st.lists(st.integers(min_value=0, max_value=240), min_size=1, max_size=6).map(sorted)


@given(
    offsets=offsets,
    gaps=gaps,
    repeat=st.integers(1, 60),
    told=st.lists(st.booleans(), min_size=1, max_size=40),
)
def test_whatever_the_gaps_and_absences_every_rung_is_taken_once_and_it_keeps_ringing(
    offsets: list[int], gaps: list[float], repeat: int, told: list[bool]
) -> None:
    """A worker that looks only now and then (`gaps`, in minutes), and audiences that are there or not
    (`told`)."""
    ladder = tuple(Rung(at(offset), f"rung-{place}") for place, offset in enumerate(offsets))
    step, due, moment = 0, ladder[0].at, START
    taken: list[machine.Taken] = []
    for gap in gaps:
        moment += timedelta(minutes=gap)
        while due <= moment:
            one = machine.take(
                ladder=ladder,
                step=step,
                next_step_at=due,
                at=moment,
                repeat_minutes=repeat,
                somebody_told=told[step % len(told)],
            )
            taken.append(one)
            step, due = step + 1, one.next_step_at
        # It has not gone to sleep: the next ringing is never further off than the ladder or one repeat.
        assert moment < due <= max(ladder[-1].at, moment + timedelta(minutes=repeat))
    assert [one.number for one in taken] == list(range(len(taken)))
    assert [one.rung.audience for one in taken[: len(ladder)]] == [
        rung.audience for rung in ladder[: len(taken)]
    ]
    assert all(one.rung == ladder[-1] for one in taken[len(ladder) :])
    # Nobody is rung up before their rung's moment, unless there was nobody before them.
    for before, one in zip([None, *taken], taken, strict=False):
        if one.number < len(ladder) and (before is None or told[before.number % len(told)]):
            assert one.due_at == ladder[one.number].at
    # Long enough after the ladder's end, every rung has been taken.
    if moment >= ladder[-1].at:
        assert len(taken) >= len(ladder)
