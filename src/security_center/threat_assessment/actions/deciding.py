"""What a team decides at a meeting: somebody does it by a day, and that is a duty which rings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, discharge_about, raise_duty
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import actor_string
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention import ladders

from .. import meeting_times, policies
from ..models import Case, Decision, Meeting
from ..queries.meetings import LEADS
from ..sealing import seal, unsealed, unsealed_meeting
from .meetings import WordsWanted

DECISION = "meeting.decision"
STEP = timedelta(days=2)


class CannotOwn(Exception):
    """This person could not read what they are to do: they have no place on the team, or not on the team of the case."""


class AlreadySettled(Exception):
    """The decision was done or given up before."""


@transaction.atomic
def decide(*, actor: Person, meeting: Meeting, what: str, owner: Person, due_on: date, case: Case | None = None) -> Decision:
    """A follow-up with an owner and a date. About a case it is sealed under the case, and its owner is on the case's team.

    Raises NotAllowed, WordsWanted, CannotOwn.
    """
    policies.require_meeting(actor, Permission.MEETING_WRITE, meeting.place)
    if case is not None:
        policies.require(actor, Permission.CASE_WRITE, case)
    if not what.strip():
        raise WordsWanted
    if not owner.is_active or not _may_read(owner, meeting, case):
        raise CannotOwn
    take_turn()
    row = Decision(meeting=meeting, case=case, owner=owner, due_on=due_on, made_at=now(), made_by=actor)
    seal(_opened(row), row, what=what)
    row.save(force_insert=True)
    record(
        actor=actor_string(actor),
        verb="meeting.decided",
        thing=meeting.thing,
        organization_id=meeting.place_id,
        detail={"decision": row.pk, "owner": owner.pk, "due": due_on.isoformat(), "case": case.number if case is not None else None},
    )
    if case is not None and case.practice:
        return row  # practiced, not owed
    at, due = now(), datetime.combine(due_on, meeting_times.BY, meeting.zone)
    due = max(due, at)
    rungs = [Rung(at=at, audience="holder"), Rung(at=due, audience="holder"), Rung(at=due + STEP, audience=f"role:{LEADS[0]}")]
    rungs.append(Rung(at=due + 2 * STEP, audience=ladders.DISTRICT))
    raise_duty(
        kind=DECISION,
        thing=decision_thing(row),
        organization=meeting.place,
        ladder=rungs,
        actor=actor_string(actor),
        due_at=due,
        holder=owner,
        path=f"{meeting.path}decisions/{row.uuid}/",
        repeat_minutes=24 * 60,
    )
    return row


@transaction.atomic
def settle_decision(*, actor: Person, decision: Decision, state: str, outcome: str) -> Decision:
    """Done, with what came of it; or given up, with a reason. Raises NotAllowed, AlreadySettled, WordsWanted."""
    policies.require_meeting(actor, Permission.MEETING_VIEW, decision.meeting.place)
    if decision.case is not None:
        policies.require(actor, Permission.CASE_WRITE, decision.case)
    elif actor.pk != decision.owner_id:
        policies.require_meeting(actor, Permission.MEETING_WRITE, decision.meeting.place)
    take_turn()
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("meeting__place__parent__parent", "meeting__district", "case").get(pk=decision.pk)
    if not row.open or state not in {Decision.State.DONE, Decision.State.WAIVED}:
        raise AlreadySettled
    if not outcome.strip():
        raise WordsWanted
    row.state, row.settled_at, row.settled_by = state, now(), actor
    seal(_opened(row), row, outcome=outcome)
    row.save()
    record(
        actor=actor_string(actor),
        verb="meeting.decision_settled",
        thing=row.meeting.thing,
        organization_id=row.meeting.place_id,
        detail={"decision": row.pk, "state": state},
    )
    discharge_about(thing=decision_thing(row), kind=DECISION, actor=actor_string(actor), outcome=state)
    return row


def decision_thing(decision: Decision) -> str:
    return f"decision:{decision.pk}"


def _may_read(person: Person, meeting: Meeting, case: Case | None) -> bool:
    if case is not None:
        return policies.can(person, Permission.CASE_READ, case)
    return policies.may_meet(person, Permission.MEETING_VIEW, meeting.place)


def _opened(decision: Decision) -> OpenRecord:
    return unsealed(decision.case) if decision.case is not None else unsealed_meeting(decision.meeting)
