"""A case waits: at most five school days, with a written reason, and never a second time in a row on one
discipline's word. Its end is owed by somebody, what is done each day goes on, and danger or news ends the
hold at once. (threat-assessment.md 14.)"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import add_school_days
from security_center.prevention.queries import calendar_of

from .. import content_loader as doctrine
from .. import gate_rules, policies
from ..case_ledger import to_ledger
from ..models import Case, Hold, State
from ..sealing import seal, unsealed
from . import case_duties
from .case_opening import team_of
from .state_transitions import NotATransition, ReasonWanted, locked_for, raise_next_step_duty

NEVER_HELD = frozenset({State.IMMINENT, State.HANDOFF, State.CLOSED})
WARNED = timedelta(days=1)  # before the end; a hold of one day rings half a day before


class DaysWanted(Refusal):
    """A hold lasts from one school day to as many as the content file has (threat-assessment.md 14)."""

    fields = ("days",)
    sentence = _lazy("A case waits five school days at most. Choose how many.")


@transaction.atomic
def hold(*, actor: Person, case: Case, reason: str, days: int) -> Hold:
    """Let the case wait. The second hold in a row begins when a member of another discipline agrees.

    Raises NotAllowed, NotATransition (danger now, handed over, closed, or on hold already), ReasonWanted,
    DaysWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    member = policies.member_of(actor, fresh)
    if fresh.state in NEVER_HELD or fresh.held_until is not None or member is None:
        raise NotATransition(fresh, "on_hold")
    if not reason.strip():
        raise ReasonWanted
    if not 1 <= days <= doctrine.longest_hold():
        raise DaysWanted
    again = is_second_in_a_row(fresh)
    # An older wish that nobody answered
    Hold.objects.filter(case=fresh, ended_at__isnull=True).update(ended_at=now(), ended_by=actor)
    row = Hold(case=fresh, days=days, asked_by=actor, asked_as=member.disciplines, asked_at=now())
    seal(unsealed(fresh), row, reason=reason)
    row.save(force_insert=True)
    case_duties.drop(case=fresh, actor=actor, outcome="asked_anew", kind=case_duties.HOLD_ASKED)
    if again:
        to_ledger(fresh, actor, "case.hold_asked", days=days)
        other = next(
            (
                one.person
                for one in team_of(fresh)
                if one.person_id != actor.pk and _adds(row, one.disciplines)
            ),
            None,
        )
        case_duties.raise_case_duty(
            case=fresh,
            kind=case_duties.HOLD_ASKED,
            due_at=now() + timedelta(hours=4),
            actor=actor,
            holder=other,
            part="hold/",
        )
    else:
        _begin(fresh, row, actor)
    return row


@transaction.atomic
def answer_hold(*, actor: Person, case: Case, hold: Hold, agree: bool) -> Hold:
    """Another discipline agrees that the case waits again, or does not. Raises NotAllowed, NotATransition
    (answered, moved on, same discipline)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = Hold.objects.select_for_update(no_key=True).get(pk=hold.pk, case=fresh)
    member = policies.member_of(actor, fresh)
    stale = (
        row.ended_at is not None
        or row.began_at is not None
        or row.asked_at < fresh.state_since
        or fresh.state in NEVER_HELD
    )
    if stale or member is None or actor.pk == row.asked_by_id or not _adds(row, member.disciplines):
        raise NotATransition(fresh, "on_hold")
    case_duties.settle(
        case=fresh, kind=case_duties.HOLD_ASKED, actor=actor, outcome="agreed" if agree else "refused"
    )
    if agree:
        row.agreed_by = actor
        _begin(fresh, row, actor)
        return row
    row.ended_at, row.ended_by = now(), actor
    row.save()
    to_ledger(fresh, actor, "case.hold_refused")
    return row


@transaction.atomic
def end_hold(*, actor: Person, case: Case) -> Case:
    """The reason to wait has ended: the case goes on where it stood, its clock moved by the time that it
    waited. Raises NotATransition."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.held_until is None:
        raise NotATransition(fresh, fresh.state)
    lift(case=fresh, actor=actor, outcome="ended")
    raise_next_step_duty(case=fresh, actor=actor)
    return fresh


@transaction.atomic
def lapse(*, case: Case) -> bool:
    """Called by the worker: the days are over and nobody ended the hold. The case goes on where it stood, and
    is late."""
    fresh = locked_for(actor=None, permission=Permission.CASE_WRITE, case=case)
    if fresh.held_until is None or fresh.held_until > now():
        return False
    lift(case=fresh, actor=None, outcome="over")
    raise_next_step_duty(case=fresh, actor=None)
    return True


def lift(*, case: Case, actor: Person | None, outcome: str) -> None:
    """End a hold, if there is one. Called inside a transaction, with the row locked; the caller owes the next
    step."""
    case_duties.drop(case=case, actor=actor, outcome=outcome, kind=case_duties.HOLD_ASKED)
    row = Hold.objects.filter(case=case, began_at__isnull=False, ended_at__isnull=True).first()
    if row is None or row.began_at is None or row.until is None:
        return
    at = now()
    row.ended_at, row.ended_by = min(at, row.until), actor
    row.save(update_fields=["ended_at", "ended_by"])
    case.held_until = None
    if row.until <= at:
        # Nobody ended it: late since then, whatever was left
        case.state_due = min(row.until, row.due_before or row.until)
    elif row.due_before is not None and row.due_before > row.began_at:
        case.state_due = row.due_before + (at - row.began_at)
    else:
        case.state_due = row.due_before  # what was late before stays late
    case.save(update_fields=["held_until", "state_due"])
    to_ledger(
        case,
        actor,
        "case.hold_ended",
        outcome=outcome,
        due=case.state_due.isoformat() if case.state_due else None,
    )
    case_duties.settle(case=case, kind=case_duties.HOLD, actor=actor, outcome=outcome)


def is_second_in_a_row(case: Case) -> bool:
    """The case was on hold, and has neither moved nor been reviewed since."""
    last = Hold.objects.filter(case=case, began_at__isnull=False).order_by("-began_at").first()
    if last is None:
        return False
    return not (
        case.moves.filter(at__gt=last.began_at).exists() or case.reviews.filter(at__gt=last.began_at).exists()
    )


def _adds(row: Hold, disciplines: list[str]) -> bool:
    return gate_rules.two_disciplines(row.asked_as, disciplines)


def _begin(case: Case, row: Hold, actor: Person) -> None:
    at = now()
    row.began_at, row.due_before = at, case.state_due
    row.until = add_school_days(calendar_of(case.school), at, row.days)
    row.save()
    case.held_until = row.until
    if case.state_due is None or case.state_due > at:
        case.state_due = row.until  # what is late already stays late: a hold hides nothing
    case.save(update_fields=["held_until", "state_due"])
    to_ledger(case, actor, "case.held", days=row.days, until=row.until.isoformat())
    for kind in (case_duties.STEP, case_duties.REVIEW):
        case_duties.drop(case=case, actor=actor, outcome="on_hold", kind=kind)
    warned = row.until - min(WARNED, (row.until - at) / 2)
    case_duties.raise_case_duty(
        case=case, kind=case_duties.HOLD, due_at=row.until, actor=actor, part="hold/", starts_at=warned
    )
