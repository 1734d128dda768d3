"""The steps of a scheme's decision, and the evaluations that a very serious threat asks for
(threat-assessment.md 8.2)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal

from .. import content_loader as doctrine
from ..case_ledger import to_ledger
from ..decision_tree import Way, assessed_since, way_of
from ..models import Case, Evaluation, State, StepAnswer
from ..sealing import seal, unsealed
from .edit_conflicts import Unknown
from .state_transitions import NotATransition, ReasonWanted, locked_for

# Before the assessment nothing is decided; after closing nothing is.
DECIDED_IN = frozenset({State.ASSESSING, State.CLASSIFIED, State.MANAGING, State.MONITORING})
DONE = "done"


class EvaluationsMissing(Refusal):
    """The step is done when the evaluations that it asks for are written down."""

    fields = ("answer",)
    sentence = _lazy("First write down both evaluations, below: then this step is done.")


@transaction.atomic
def answer_step(*, actor: Person, case: Case, step: str, answer: str, note: str) -> Way:
    """Answer a step that was reached; an earlier one may be answered anew, and the way follows it.

    Raises NotATransition (not reached, or the case does not stand there), Unknown, ReasonWanted,
    EvaluationsMissing."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    steps, way = doctrine.cstag_steps(), way_of(fresh)
    if (
        not doctrine.schemes()[fresh.scheme].steps
        or fresh.state not in DECIDED_IN
        or step not in {*way.taken, way.waiting}
    ):
        raise NotATransition(fresh, step)
    if answer not in steps[step].answers:
        raise Unknown(answer)
    if not note.strip():
        raise ReasonWanted
    if answer == DONE and way.level:
        wanted = set(doctrine.schemes()[fresh.scheme].levels[way.level].evaluations)
        held = set(
            Evaluation.objects.filter(case=fresh, at__gte=assessed_since(fresh)).values_list(
                "kind", flat=True
            )
        )
        if wanted - held:
            raise EvaluationsMissing
    row = StepAnswer(case=fresh, step=step, answer=answer, at=now(), by=actor)
    seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.step_answered", step=step, answer=answer)
    return way_of(fresh)


@transaction.atomic
def record_evaluation(*, actor: Person, case: Case, kind: str, note: str) -> Evaluation:
    """Somebody has assessed the student, or looked into it: who, when and what follows. Raises Unknown,
    ReasonWanted, NotATransition."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.state not in DECIDED_IN:
        raise NotATransition(fresh, kind)
    if kind not in doctrine.evaluations():
        raise Unknown(kind)
    if not note.strip():
        raise ReasonWanted
    row = Evaluation(case=fresh, kind=kind, at=now(), by=actor)
    seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.evaluated", kind=kind)
    return row
