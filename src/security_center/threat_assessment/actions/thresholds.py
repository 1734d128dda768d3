"""A question of telling the police is raised: by a member, by a judgement, or by a grave answer. Somebody
then decides it by its clock."""

from __future__ import annotations

from datetime import timedelta

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person

from ..case_ledger import to_ledger
from ..gate_checks import round_began
from ..models import Case, LawEnforcementDecision
from . import case_duties


def raise_threshold(*, case: Case, threshold: str, actor: Person | None) -> LawEnforcementDecision:
    """A row of the threshold is met: somebody has to decide by its clock whether the police are told. Once
    while it is open."""
    at = now()
    row = case.rules.thresholds[threshold]
    decision, made = LawEnforcementDecision.objects.get_or_create(
        case=case,
        threshold=threshold,
        outcome="",
        defaults={"raised_at": at, "due_at": at + timedelta(minutes=row.clock_minutes)},
    )
    if made:
        to_ledger(case, actor, "case.threshold_met", threshold=threshold, due=decision.due_at.isoformat())
        step = timedelta(minutes=15)
        case_duties.raise_case_duty(
            case=case,
            kind=case_duties.LAW_ENFORCEMENT,
            due_at=decision.due_at,
            actor=actor,
            step=step,
            urgency="U1",
            part="law-enforcement/",
        )
    return decision


def raise_unless_asked(*, case: Case, threshold: str, actor: Person | None) -> None:
    """A grave answer meets the row. Once in a round, and not where the police know already: people decide it,
    and nobody leaves it open."""
    asked = LawEnforcementDecision.objects.filter(case=case, raised_at__gte=round_began(case))
    if (
        not asked.filter(threshold=threshold).exists()
        and not asked.filter(outcome=LawEnforcementDecision.Outcome.NOTIFIED).exists()
    ):
        raise_threshold(case=case, threshold=threshold, actor=actor)
