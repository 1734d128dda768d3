"""What a case owes: one duty for its next step at least, as long as it is open.
tests/threat_assessment/test_state_machine.py holds this."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import cancel, discharge, raise_duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person

from .. import team_audience
from ..models import Case

STEP = "case.step"
IMMINENT = "case.imminent"
LAW_ENFORCEMENT = "case.law_enforcement"
SIGN = "case.sign"
ACTION = "case.action"
DAILY = "case.daily"
REVIEW = "case.review"
CLOSE = "case.close"
NEW_REPORT = "case.new_report"
PLACEMENT = "case.placement"
LOOK_AGAIN = "case.look_again"
PRACTICE = "case.practice"  # the kind of every message about a practice case
MEET = "case.meet"
OUTSIDE = "case.outside_review"
PATH = "case.path"
RETURN = "case.class_return"
BREAK_GLASS = "case.break_glass"
INSPECTION = "case.inspection"
AMENDMENT = "case.amendment"
EARLY_END = "case.early_end"
LEAD = "case.lead"
HOLD = "case.hold"
HOLD_ASKED = "case.hold_asked"
INCOMING = "incoming.waiting"
INCOMING_OPEN = "incoming.open"
TRANSFER_ITEM = "transfer.item"
TELL_STAFF = "case.tell_staff"
WARNED_AGAIN = "case.warned_again"
HANDOFF = "case.handoff"
HANDED = "case.handed"  # at the receiving school
HANDED_OVER = "case.handed_over"
CONTACT = "case.contact"
LEFT = "case.left"

# What each member is asked for themselves, and what belongs to a step of the plan, whose owner need not be on
# the team.
OF_EACH_MEMBER = frozenset({MEET, SIGN})
OF_A_STEP = frozenset({ACTION, DAILY})
# What is owed to somebody outside, or to the record: it runs on when the case closes.
OF_THE_RECORD = frozenset({BREAK_GLASS, INSPECTION, AMENDMENT, EARLY_END})


def raise_case_duty(
    *,
    case: Case,
    kind: str,
    due_at: datetime,
    actor: Person | None,
    holder: Person | None = None,
    step: timedelta = timedelta(days=1),
    urgency: str = "",
    part: str = "",
    starts_at: datetime | None = None,
) -> None:
    """Raise a duty about the case. `part` names what of it: its path ends there. It rings its holder at once,
    or from `starts_at` on."""
    begins = min(starts_at or now(), due_at)
    team = team_audience.SCHOOL_TEAM if kind in team_audience.OF_THE_SCHOOL else team_audience.TEAM
    ladder = team_audience.ladder(due_at, starts_at=begins, step=step, team=team)
    if case.practice:
        ladder, urgency = team_audience.practice_ladder(due_at, starts_at=begins, kind=PRACTICE), ""
    raise_duty(
        kind=kind,
        thing=case.thing,
        organization=case.school,
        ladder=ladder.rungs,
        actor=actor,
        urgency=urgency,
        holder=holder or case.lead,
        path=f"{case.path}{part}",
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )


def part_of_step(action: int) -> str:
    """Where the duties about a step of the plan lead."""
    return f"plan/actions/{action}/"


def part_of_departure(departure: UUID) -> str:
    """Where the duties about a student who left lead."""
    return f"student-left/{departure}/"


def is_owed(*, case: Case, kind: str, part: str) -> bool:
    """Whether an open duty asks for this part already."""
    return open_about(case.thing, kind).filter(path=f"{case.path}{part}").exists()


def settle(
    *, case: Case, kind: str, actor: Person | None, outcome: str, holder: Person | None = None, part: str = ""
) -> None:
    """The obligation is met; with `holder` only that person's, with `part` only what asks for it."""
    owed = open_about(case.thing, kind)
    if holder is not None:
        owed = owed.filter(holder=holder)
    if part:
        owed = owed.filter(path=f"{case.path}{part}")
    for duty in owed:
        discharge(duty=duty, actor=actor, outcome=outcome)


def drop(*, case: Case, actor: Person | None, outcome: str, kind: str | None = None) -> None:
    """The obligation has fallen away; of all kinds, what is owed to the record stays."""
    for duty in open_about(case.thing, kind):
        if kind is None and duty.kind in OF_THE_RECORD:
            continue
        cancel(duty=duty, actor=actor, outcome=outcome)
