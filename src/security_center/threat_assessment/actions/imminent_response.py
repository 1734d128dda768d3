"""Imminent danger: contain first, document afterwards. No gate leads in; each press is one row; only who
contained it leads out."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal

from .. import content_loader as doctrine
from .. import gates
from ..case_ledger import to_ledger
from ..models import Case, ContainmentStep, LawEnforcementDecision, Move, Screening, State
from ..sealing import seal, unsealed
from . import case_duties
from .called_meetings import DANGER, call
from .case_holds import lift
from .state_transitions import NotATransition, ReasonWanted, enter, locked_for
from .thresholds import raise_threshold

IMMINENT_THRESHOLD = "le_imminent"


class ScreenFirst(Refusal):
    """Nobody is in danger right now, and nobody has screened the case yet: the police are told what a
    screening found, not a rumor (threat-assessment.md F10)."""

    fields = ("outcome",)
    sentence = _lazy(
        "Nobody is in danger right now, so screen the case first. If there is danger now, press "
        "“Somebody is in danger now”."
    )


@transaction.atomic
def declare_imminent(*, actor: Person, case: Case) -> Case:
    """Danger now. Rings the lead, the team, the district and the superintendent within minutes until it is
    stood down."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.state == State.IMMINENT:
        return fresh
    if not fresh.open:
        raise NotATransition(fresh, State.IMMINENT)
    lift(case=fresh, actor=actor, outcome="imminent")
    at = now()
    fresh.before_imminent, fresh.imminent_since = (
        fresh.state if fresh.state != State.INTAKE else State.SCREENING,
        at,
    )
    Move(case=fresh, at=at, by=actor, from_state=fresh.state, to_state=State.IMMINENT).save(force_insert=True)
    fresh.state, fresh.state_since, fresh.state_due = State.IMMINENT, at, at
    fresh.save()
    to_ledger(fresh, actor, "case.imminent")
    case_duties.settle(case=fresh, kind=case_duties.STEP, actor=actor, outcome="imminent")
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.IMMINENT,
        due_at=at,
        actor=actor,
        step=timedelta(minutes=5),
        urgency="U1",
        part="imminent/",
    )
    raise_threshold(case=fresh, threshold=IMMINENT_THRESHOLD, actor=actor)
    call(case=fresh, triggers=[DANGER], actor=actor)
    return fresh


@transaction.atomic
def record_step(*, actor: Person, case: Case, kind: str, note: str = "") -> ContainmentStep:
    """One press of the imminent page: recorded with its moment. Pressing again records again."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.state != State.IMMINENT or kind not in ContainmentStep.Kind.values:
        raise NotATransition(fresh, State.IMMINENT)
    row = ContainmentStep(case=fresh, kind=kind, at=now(), by=actor)
    if note.strip():
        seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    to_ledger(fresh, actor, f"case.{kind}")
    return row


@transaction.atomic
def resume(*, actor: Person, case: Case, reason: str) -> Case:
    """The danger is over: the case goes on where it stood. Whether the student goes back to class is decided
    apart (actions.called_meetings, threat-assessment.md F1).

    Raises GatesUnmet, ReasonWanted.
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.state != State.IMMINENT:
        raise NotATransition(fresh, fresh.before_imminent)
    if not reason.strip():
        raise ReasonWanted
    missing = gates.unmet(fresh, fresh.before_imminent)
    if missing:
        raise gates.GatesUnmet(fresh, fresh.before_imminent, missing)
    case_duties.settle(case=fresh, kind=case_duties.IMMINENT, actor=actor, outcome="contained")
    enter(case=fresh, to=fresh.before_imminent, actor=actor, reason=reason)
    return fresh


def screened(case: Case) -> bool:
    """Somebody screened it in this round; where it was judged, it was screened before. In imminent response
    nobody waits for that."""
    return case.state == State.IMMINENT or Screening.objects.filter(case=case, round=case.round).exists()


@transaction.atomic
def meet_threshold(*, actor: Person, case: Case, threshold: str) -> LawEnforcementDecision:
    """A member says that a row of the threshold is met. Raises NotAllowed, KeyError for an unknown row."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    return raise_threshold(case=fresh, threshold=threshold, actor=actor)


@transaction.atomic
def decide_threshold(
    *,
    actor: Person,
    case: Case,
    decision: LawEnforcementDecision,
    outcome: str,
    reason: str,
    agency: str = "",
    officer: str = "",
    incident_number: str = "",
) -> LawEnforcementDecision:
    """Told or not told: either way a named person decides and writes why.

    Raises NotAllowed, ReasonWanted, NotATransition (decided already), ScreenFirst (rule d: no danger right
    now, and no screening yet)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = LawEnforcementDecision.objects.select_for_update(no_key=True).get(pk=decision.pk, case=fresh)
    if row.outcome or outcome not in LawEnforcementDecision.Outcome.values:
        raise NotATransition(fresh, outcome)
    if not reason.strip():
        raise ReasonWanted
    if (
        outcome == LawEnforcementDecision.Outcome.NOTIFIED
        and doctrine.thresholds()[row.threshold].screen_first
        and not screened(fresh)
    ):
        raise ScreenFirst
    row.outcome, row.decided_by, row.decided_at = outcome, actor, now()
    seal(unsealed(fresh), row, reason=reason, agency=agency, officer=officer, incident_number=incident_number)
    row.save()
    to_ledger(
        fresh,
        actor,
        f"case.law_enforcement_{outcome}",
        threshold=row.threshold,
        late=row.due_at < row.decided_at,
    )
    if not LawEnforcementDecision.objects.filter(case=fresh, outcome="").exists():
        case_duties.settle(case=fresh, kind=case_duties.LAW_ENFORCEMENT, actor=actor, outcome=outcome)
    return row


@transaction.atomic
def acknowledged_by_police(*, actor: Person, case: Case, decision: LawEnforcementDecision) -> None:
    """The agency has said that it has it."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    told = LawEnforcementDecision.objects.filter(
        pk=decision.pk,
        case=fresh,
        outcome=LawEnforcementDecision.Outcome.NOTIFIED,
        acknowledged_at__isnull=True,
    )
    if told.update(acknowledged_at=now()):
        to_ledger(fresh, actor, "case.law_enforcement_acknowledged")
