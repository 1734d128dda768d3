"""What a team decides at a meeting: somebody does it by a day, and that is a duty which rings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, cancel_about, discharge_about, raise_duty
from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention import ladders
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.state_transitions import locked_for, require_near
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import seal, unsealed

from .. import meeting_rhythm, policies
from ..models import Decision, Meeting
from ..queries import LEADS
from ..sealing import unsealed_meeting
from .meetings import WordsWanted

DECISION = "meeting.decision"
STEP = timedelta(days=2)


class CannotOwn(Refusal):
    """This person could not read what they are to do: they have no place on the team, or not on the team of
    the case."""

    sentence = _lazy("This person could not read what they are to do. Choose somebody of the team.")


class AlreadySettled(Refusal):
    """The decision was done or given up before."""

    sentence = _lazy("This was settled meanwhile.")


@transaction.atomic
def decide(
    *, actor: Person, meeting: Meeting, what: str, owner: Person, due_on: date, case: Case | None = None
) -> Decision:
    """A follow-up with an owner and a date. About a case it is sealed under the case, and its owner is on the
    case's team.

    Raises NotAllowed, WordsWanted, CannotOwn, TooFarOff.
    """
    policies.require_meeting(actor, Permission.MEETING_WRITE, meeting.place)
    if case is not None:  # as it lies now: it may have gone to another school while somebody wrote
        case = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not what.strip():
        raise WordsWanted
    require_near(due_on, meeting.place.today())
    if not owner.is_active or not _may_read(owner, meeting, case):
        raise CannotOwn
    take_turn()
    row = Decision(meeting=meeting, case=case, owner=owner, due_on=due_on, made_at=now(), made_by=actor)
    seal(_opened(row), row, what=what)
    row.save(force_insert=True)
    record(
        actor=actor,
        verb="meeting.decided",
        about=meeting,
        organization_id=meeting.place_id,
        detail={
            "decision": row.pk,
            "owner": owner.pk,
            "due": due_on.isoformat(),
            "case": case.number if case is not None else None,
        },
    )
    if case is None or not case.practice:  # practiced, not owed
        _owe(row, meeting.place, actor)
    return row


def _owe(row: Decision, place: Organization, actor: Person | None) -> None:
    """`place`: whose team is told when it is late."""
    at, due = now(), datetime.combine(row.due_on, meeting_rhythm.BY, row.meeting.zone)
    due = max(due, at)
    rungs = [
        Rung(at=at, audience="holder"),
        Rung(at=due, audience="holder"),
        Rung(at=due + STEP, audience=f"role:{LEADS[0]}"),
    ]
    rungs.append(Rung(at=due + 2 * STEP, audience=ladders.DISTRICT))
    raise_duty(
        kind=DECISION,
        thing=row.thing,
        organization=place,
        ladder=rungs,
        actor=actor,
        due_at=due,
        holder=row.owner,
        path=f"{row.meeting.path}decisions/{row.uuid}/",
        repeat_minutes=24 * 60,
    )


def pass_on(*, case: Case, to: Person, actor: Person | None, left: Person | None = None) -> None:
    """What was decided about a case and is not done yet goes to its lead: of whoever `left`; without that
    name, all of it, since the case itself went to another school. Called inside a transaction, with the case
    locked."""
    rows = Decision.objects.filter(case=case, state=Decision.State.OPEN).select_related(
        "meeting__place__parent__parent"
    )
    for row in rows if left is None else rows.filter(owner=left):
        row.owner = to
        row.save(update_fields=["owner"])
        cancel_about(thing=row.thing, kind=DECISION, actor=actor, outcome="passed_on")
        record(
            actor=actor,
            verb="meeting.decision_passed_on",
            about=row.meeting,
            organization_id=row.meeting.place_id,
            detail={"decision": row.pk, "owner": to.pk, "case": case.number},
        )
        if not case.practice:
            _owe(row, case.school, actor)


def give_to(owed: Duty, before: Person, to: Person) -> None:
    """What was decided about no case, by somebody whose role no longer reads it, is another's. Called inside
    a transaction, with its duty."""
    number = owed.thing.partition(":")[2]
    Decision.objects.filter(case__isnull=True, owner=before, pk=int(number)).update(owner=to)


def end_with(*, case: Case) -> None:
    """The case is destroyed, and with it the text of what was decided. Called inside a transaction; the
    duties end with all others of the case."""
    Decision.objects.filter(case=case, state=Decision.State.OPEN).update(
        state=Decision.State.WAIVED, settled_at=now()
    )


@transaction.atomic
def settle_decision(*, actor: Person, decision: Decision, state: str, outcome: str) -> Decision:
    """Done, with what came of it; or given up, with a reason. Raises NotAllowed, AlreadySettled,
    WordsWanted."""
    take_turn()
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related(
        "meeting__place__parent__parent", "meeting__district", "case__school__parent__parent"
    ).get(pk=decision.pk)
    # Its team, wherever the meeting was: the case may have gone to another school since
    if row.case is not None:
        case_policies.require(actor, Permission.CASE_WRITE, row.case)
    else:
        wanted = Permission.MEETING_VIEW if actor.pk == row.owner_id else Permission.MEETING_WRITE
        policies.require_meeting(actor, wanted, row.meeting.place)
    if not row.open or state not in {Decision.State.DONE, Decision.State.WAIVED}:
        raise AlreadySettled
    if not outcome.strip():
        raise WordsWanted
    row.state, row.settled_at, row.settled_by = state, now(), actor
    seal(_opened(row), row, outcome=outcome)
    row.save()
    record(
        actor=actor,
        verb="meeting.decision_settled",
        about=row.meeting,
        organization_id=row.meeting.place_id,
        detail={"decision": row.pk, "state": state},
    )
    discharge_about(thing=row.thing, kind=DECISION, actor=actor, outcome=state)
    return row


def _may_read(person: Person, meeting: Meeting, case: Case | None) -> bool:
    if case is not None:
        return case_policies.can(person, Permission.CASE_READ, case)
    return policies.may_meet(person, Permission.MEETING_VIEW, meeting.place)


def _opened(decision: Decision) -> OpenRecord:
    return unsealed(decision.case) if decision.case is not None else unsealed_meeting(decision.meeting)
