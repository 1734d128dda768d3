"""Minutes and trainings end as cases do: on their day, with an entry of the ledger, and not while something
of them is open or held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.team_meetings.test_meetings import held
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.queries import recipients_of
from security_center.prevention import actions as plan_actions
from security_center.team_meetings import tasks
from security_center.team_meetings.actions import decisions
from security_center.team_meetings.models import Attendance, Decision, Discussed, Meeting
from security_center.training import actions
from security_center.training import tasks as training_tasks
from security_center.training.models import TrainingRecord

SignIn = Callable[..., Client]


def test_minutes_end_when_the_plan_says_and_what_was_said_of_a_case_stays_with_the_case(
    team: Team, signed_in: SignIn
) -> None:
    plan_actions.adopt_plan(actor=None, organization=team.valley.cast.district, case_retention_days=700)
    case = team.open()
    meeting = held(team)
    discussed = Discussed.objects.get(meeting=meeting, case=case)
    client = signed_in(team.tess)
    assert "The minutes are destroyed on" in words(client.get(meeting.path))
    team.valley.pass_time(days=694)
    assert tasks.end_meetings() == 0
    team.valley.pass_time(days=5)
    assert tasks.end_meetings() == 0
    told = Message.objects.filter(kind="meeting.end_near")
    assert [message.person_id for message in told][:1] == [team.tess.pk]
    team.valley.pass_time(days=2)
    assert tasks.end_meetings() == 1
    assert tasks.end_meetings() == 0
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert (meeting.state, meeting.minutes, meeting.others_present) == ("held", None, None)
    assert not Attendance.objects.exists()
    assert recipients_of(meeting.record) == []
    assert Discussed.objects.get(pk=discussed.pk).case == case
    assert [entry.verb for entry in entries_about(meeting.thing)][-1] == "meeting.ended"
    assert client.get(meeting.path).status_code == 404


def test_what_is_decided_and_still_open_keeps_its_minutes(team: Team) -> None:
    meeting = held(team)
    decided = decisions.decide(
        actor=team.tess, meeting=meeting, what="Marker-What", owner=team.ben, due_on=team.valley.at.date()
    )
    team.valley.pass_time(days=1900)
    assert tasks.end_meetings() == 0
    decisions.settle_decision(actor=team.ben, decision=decided, state="done", outcome="Marker-Outcome")
    assert tasks.end_meetings() == 0
    team.valley.pass_time(days=7)
    assert tasks.end_meetings() == 1
    row = Decision.objects.get()
    assert (bytes(row.what), row.outcome, row.state) == (b"", None, "done")


def test_a_hold_keeps_minutes(team: Team) -> None:
    meeting = held(team)
    vault.hold_record(record=meeting.record, actor="system")
    team.valley.pass_time(days=1900)
    assert tasks.end_meetings() == 0
    vault.release_record(record=meeting.record, actor="system")
    assert tasks.end_meetings() == 0
    team.valley.pass_time(days=7)
    assert tasks.end_meetings() == 1


def test_minutes_that_something_keeps_stand_before_no_others(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "ENDED_AT_ONCE", 1)
    kept = held(team)
    vault.hold_record(record=kept.record, actor="system")
    undone = held(team)
    decisions.decide(
        actor=team.tess, meeting=undone, what="Marker-What", owner=team.ben, due_on=team.valley.at.date()
    )
    over = held(team)
    team.valley.pass_time(days=1900)
    assert tasks.end_meetings() == 0
    team.valley.pass_time(days=7)
    assert tasks.end_meetings() == 1
    assert [
        one.ended_at is not None for one in (Meeting.objects.get(pk=row.pk) for row in (kept, undone, over))
    ] == [False, False, True]


def test_a_training_ends_three_years_after_it_counts_no_more(team: Team) -> None:
    place = team.valley.school
    (row,) = actions.enter_training(
        actor=None, place=place, kind="reporting", trained_on=team.valley.at.date(), staff=["Marker-Coach"]
    )
    last = (row.expires_on - team.valley.at.date()) + timedelta(days=1095)
    team.valley.pass_time(days=last.days - 6)
    assert training_tasks.end_trainings() == 0
    team.valley.pass_time(days=6)
    assert training_tasks.end_trainings() == 0
    team.valley.pass_time(days=1)
    assert training_tasks.end_trainings() == 1
    assert not TrainingRecord.objects.exists()
    assert entries_about(actions.register_thing(place)).filter(verb="training.ended").get().detail == {
        "rows": 1
    }
