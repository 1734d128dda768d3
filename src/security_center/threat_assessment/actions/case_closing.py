"""Closing takes two disciplines and every gate of its reason. A new report opens the case again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.reporting.models import Report

from .. import content_loader as doctrine
from .. import gates, policies
from ..case_ledger import to_ledger
from ..models import Case, CaseReport, Closure, Incoming, Move, State
from ..sealing import seal, unsealed
from . import case_duties
from .case_holds import lift
from .case_opening import cite
from .repeated_warnings import warned_today
from .state_transitions import (
    NotATransition,
    ReasonWanted,
    clock_of,
    enter,
    locked_for,
    raise_next_step_duty,
    require_running,
)

CHAIR = "chair"  # closes alone only where the scheme lets it


DUPLICATE = "duplicate_merged"


class OtherCaseWanted(Refusal):
    """What is the same as another case goes on there: an open one of the district, which whoever asks reads
    too."""

    fields = ("same_as",)
    sentence = _lazy(
        "Write the number of the other case. It has to be open, and you have to be on its team too."
    )


class NotAReason(Refusal):
    """Leaving school, discipline and a referral to the police end no case. `sentence` says why."""

    fields = ("reason",)
    sentence: str | Promise = _lazy("This is no reason to close a case.")

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


@transaction.atomic
def ask_to_close(
    *, actor: Person, case: Case, reason: str, text: str, same_as: Case | None = None
) -> Closure:
    """Ask a member of another discipline to agree. Every other gate is met already. `same_as`: of a
    duplicate, the case in which it goes on.

    Raises OnHold, NotAReason, GatesUnmet, NotATransition, ReasonWanted, OtherCaseWanted.
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    require_running(fresh)
    never = doctrine.never_close_reasons()
    if reason in never:
        raise NotAReason(str(never[reason]))
    member = policies.member_of(actor, fresh)
    if (
        reason not in doctrine.close_reasons()
        or member is None
        or State.CLOSED not in Case.TRANSITIONS[fresh.state]
    ):
        raise NotATransition(fresh, State.CLOSED)
    if not text.strip():
        raise ReasonWanted
    missing = [one for one in gates.unmet(fresh, State.CLOSED, reason) if one.gate.key not in gates.BY_ANSWER]
    if missing:
        raise gates.GatesUnmet(fresh, State.CLOSED, missing)
    other = same_as if reason == DUPLICATE else None
    if reason == DUPLICATE and (
        other is None or not _goes_on(fresh, other) or not policies.can(actor, Permission.CASE_READ, other)
    ):
        raise OtherCaseWanted
    Closure.objects.filter(case=fresh, agreed_at__isnull=True, refused=False).update(refused=True)
    row = Closure(
        case=fresh, reason=reason, same_as=other, asked_by=actor, asked_as=member.disciplines, asked_at=now()
    )
    seal(unsealed(fresh), row, text=text)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.close_asked", reason=reason)
    case_duties.drop(case=fresh, actor=actor, outcome="asked_anew", kind=case_duties.CLOSE)
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.CLOSE, due_at=now() + timedelta(days=1), actor=actor, part="close/"
    )
    return row


@transaction.atomic
def answer_closing(*, actor: Person, case: Case, closure: Closure, agree: bool, text: str) -> Case:
    """The second discipline's answer; on agreement the case closes.

    Raises OnHold, NotATransition (same person or discipline), GatesUnmet, ReasonWanted, OtherCaseWanted (the
    other was closed meanwhile)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    require_running(fresh)
    row = Closure.objects.select_for_update(no_key=True).get(pk=closure.pk, case=fresh)
    member = policies.member_of(actor, fresh)
    if row.agreed_at is not None or row.refused or member is None or actor.pk == row.asked_by_id:
        raise NotATransition(fresh, State.CLOSED)
    if not text.strip():
        raise ReasonWanted
    seal(unsealed(fresh), row, answer=text)
    if not agree:
        row.refused, row.agreed_as = True, member.disciplines
        row.save()
        to_ledger(fresh, actor, "case.close_refused")
        case_duties.drop(case=fresh, actor=actor, outcome="refused", kind=case_duties.CLOSE)
        return fresh
    row.agreed_by, row.agreed_as, row.agreed_at = actor, member.disciplines, now()
    row.save()
    missing = gates.unmet(fresh, State.CLOSED, row.reason)
    if missing:
        raise gates.GatesUnmet(fresh, State.CLOSED, missing)
    if row.reason == DUPLICATE:
        _carry_over(fresh, row, actor)
    fresh.closed_at, fresh.closed_by, fresh.close_reason = now(), actor, row.reason
    enter(case=fresh, to=State.CLOSED, actor=actor)
    return fresh


def _goes_on(case: Case, other: Case) -> bool:
    return (
        other.pk != case.pk
        and other.open
        and other.district_id == case.district_id
        and other.practice == case.practice
    )


def _carry_over(case: Case, row: Closure, actor: Person) -> None:
    """What this case rested on is new to the other one: its team has to look at each report before that one
    can close."""
    if row.same_as_id is None:
        raise OtherCaseWanted
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related(
        "school__parent__parent", "lead"
    )
    other = rows.filter(pk=row.same_as_id).first()
    if other is None or not _goes_on(case, other):
        raise OtherCaseWanted
    came = [
        CaseReport.objects.get_or_create(
            case=other, report_number=number, defaults={"added_at": now(), "added_by": actor}
        )[1]
        for number in case.reports.values_list("report_number", flat=True)
    ]
    record(
        actor=actor,
        verb="case.merged",
        about=other,
        organization_id=other.school_id,
        detail={"case": case.number, "reports": sum(came)},
    )
    if any(came):
        case_duties.raise_case_duty(
            case=other, kind=case_duties.NEW_REPORT, due_at=now() + timedelta(hours=4), actor=actor
        )


class NotSummarily(Refusal):
    """The chair alone closes only by a scheme that lets them, while it is screened, where no life and no
    weapon is at stake (threat-assessment.md F3)."""

    sentence = _lazy(
        "The chair closes alone only while it is screened, and only where no life and no weapon is "
        "at stake. Ask a second discipline."
    )


@transaction.atomic
def close_summarily(*, actor: Person, case: Case, text: str) -> Case:
    """The chair closes it as unfounded on their own word, where the scheme of the case lets them. Raises
    OnHold, NotSummarily, GatesUnmet, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    require_running(fresh)
    reason = doctrine.schemes()[fresh.scheme].summary_close
    if not may_close_summarily(case=fresh, actor=actor):
        raise NotSummarily
    if not text.strip():
        raise ReasonWanted
    row = Closure(
        case=fresh,
        reason=reason,
        asked_by=actor,
        asked_as=[CHAIR],
        asked_at=now(),
        agreed_at=now(),
        summary=True,
    )
    seal(unsealed(fresh), row, text=text)
    row.save(force_insert=True)
    missing = [one for one in gates.unmet(fresh, State.CLOSED, reason) if one.gate.key not in gates.BY_ANSWER]
    if missing:
        raise gates.GatesUnmet(fresh, State.CLOSED, missing)
    fresh.closed_at, fresh.closed_by, fresh.close_reason = now(), actor, reason
    to_ledger(fresh, actor, "case.closed_summarily", reason=reason)
    enter(case=fresh, to=State.CLOSED, actor=actor)
    return fresh


def may_close_summarily(*, case: Case, actor: Person) -> bool:
    lets = (
        bool(doctrine.schemes()[case.scheme].summary_close)
        and case.state == State.SCREENING
        and case.lead_id == actor.pk
    )
    return lets and not case.life_safety and not case.grave_words


@transaction.atomic
def add_report(*, actor: Person | None, case: Case, report: Report) -> Case:
    """A new report belongs to this case: its team has to look, and a closed case opens again
    (threat-assessment.md F3: nothing earlier fills the new judgement)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.expunged_at is not None:
        # Nothing of it is left to go on with: a new case is opened
        raise NotATransition(fresh, State.SCREENING)
    row = cite(actor=actor, case=fresh, report=report)
    if row.seen_at is not None:
        return fresh
    if not fresh.open:
        reopen(case=fresh, actor=actor)
    elif fresh.held_until is not None:  # whatever it waited for, this is more than was known
        lift(case=fresh, actor=actor, outcome="new_report")
        raise_next_step_duty(case=fresh, actor=actor)
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.NEW_REPORT, due_at=now() + timedelta(hours=4), actor=actor
    )
    warned_today(case=fresh, actor=actor)
    return fresh


def reopen(*, case: Case, actor: Person | None) -> None:
    """Back to screening, with a new round. Called inside a transaction, with the row locked."""
    at = now()
    case.closed_at, case.closed_by, case.close_reason = None, None, ""
    case.keep_until = case.end_told_at = None
    case.reopened += 1
    Move(case=case, at=at, by=actor, from_state=State.CLOSED, to_state=State.SCREENING).save(
        force_insert=True
    )
    case.state, case.state_since = State.SCREENING, at
    case.state_due = clock_of(case, State.SCREENING, at)
    case.save()
    to_ledger(case, actor, "case.reopened", round=case.round)
    case_duties.raise_case_duty(case=case, kind=case_duties.STEP, due_at=case.state_due or at, actor=actor)


@transaction.atomic
def has_seen_reports(*, actor: Person, case: Case, numbers: Collection[str]) -> bool:
    """A member looked at what is new: what stood on the page before them, by its numbers. What came in
    meanwhile stays new, and rings on.

    Returns whether all is seen now."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    reports = fresh.reports.filter(seen_at__isnull=True)
    told = Incoming.objects.filter(case=fresh, seen_at__isnull=True)
    seen = reports.filter(report_number__in=numbers).update(seen_at=now()) + told.filter(
        number__in=numbers
    ).update(seen_at=now())
    all_seen = not reports.exists() and not told.exists()
    if seen:
        to_ledger(fresh, actor, "case.reports_seen", seen=seen)
    if all_seen:
        case_duties.settle(case=fresh, kind=case_duties.NEW_REPORT, actor=actor, outcome="seen")
    return all_seen
