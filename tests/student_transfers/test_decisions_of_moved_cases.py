"""What a meeting decided about a case goes along with the case, and ends with it: no duty rings for somebody
who cannot read it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.case_records.actions import destruction
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.student_transfers.actions import case_handoff, handoff_acceptance, records_request
from security_center.team_meetings.actions import decisions, meetings
from security_center.team_meetings.models import Decision, Meeting
from security_center.threat_assessment.models import Case, State

SignIn = Callable[..., Client]
WHAT = "Marker-What: ask his coach."


def decided(team: Team, case: Case) -> Decision:
    meeting = meetings.call_meeting(
        actor=team.tess, place=team.valley.school, starts_at=team.valley.at + timedelta(hours=1)
    )
    return decisions.decide(
        actor=team.tess,
        meeting=meeting,
        case=case,
        what=WHAT,
        owner=team.ben,
        due_on=team.valley.at.date() + timedelta(days=2),
    )


def moved(team: Team) -> tuple[Case, Decision]:
    case, cast = team.managed(), team.valley.cast
    row = decided(team, case)
    case_handoff.begin_handoff(actor=team.tess, case=case, to_school=cast.school_b, reason="They move house.")
    sent = case_handoff.send_handoff(
        actor=team.tess, case=case, parts=["summary"], note="Call his aunt first."
    )
    case = handoff_acceptance.take_on(
        actor=cast.paul,
        handoff=sent,
        lead=cast.paul,
        lead_disciplines=["administration"],
        second=cast.lena,
        second_disciplines=["counseling"],
    )
    row.refresh_from_db()
    return case, row


def test_the_old_owner_is_asked_no_more_and_the_new_lead_reads_and_settles_it(
    team: Team, signed_in: SignIn
) -> None:
    _case, row = moved(team)
    cast = team.valley.cast
    duty = open_about(row.thing).get()
    assert (row.owner, duty.holder, duty.organization) == (cast.paul, cast.paul, cast.school_b)
    assert "meeting.decision_passed_on" in [entry.verb for entry in entries_about(row.meeting.thing)]
    old, new = signed_in(cast.ben), signed_in(cast.paul)
    place = duty.path
    team.valley.stack.close()
    assert old.get(place).status_code == 404
    page = words(new.get(place))
    assert WHAT in page
    assert f'href="{row.meeting.path}"' not in page, "the other school's meeting is not theirs"
    assert new.get(row.meeting.path).status_code == 404
    new.post(
        place,
        {
            "state": "done",
            "outcome": "He was asked.",
            "settle-state": "done",
            "settle-outcome": "He was asked.",
        },
    )
    row.refresh_from_db()
    assert row.state == "done"
    assert not open_about(row.thing).exists()


def test_a_destroyed_case_leaves_no_duty_of_anything_that_hung_on_it(team: Team) -> None:
    case = team.managed()
    row = decided(team, case)
    transfer = records_request.begin_transfer(
        actor=team.tess, school=team.valley.school, student="Jo Doe", prior_school="Elm"
    )
    transfer.case = case
    transfer.save()
    things = [case.thing, row.thing, transfer.thing]
    assert all(open_about(thing).exists() for thing in things)
    Case.objects.filter(pk=case.pk).update(
        state=State.CLOSED,
        closed_at=team.valley.at,
        close_reason="resolved_support_in_place",
        keep_until=team.valley.at.date() - timedelta(days=1),
    )
    assert destruction.expunge(case=case) is not None
    assert not Duty.objects.open().filter(thing__in=things).exists()
    row.refresh_from_db()
    assert (row.state, bytes(row.what)) == ("waived", b"")
    assert Meeting.objects.filter(pk=row.meeting_id).exists()
