"""What stands beside a judgement on its page: the steps of the decision, the evaluations, and who looks from
outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from .. import content_loader as doctrine
from ..actions.decision_steps import DECIDED_IN
from ..decision_tree import way_of
from ..forms_outside import EvaluationForm, StepForm
from ..gate_checks import last_judgement
from ..models import Case, Evaluation, OutsideReview


@dataclass(frozen=True)
class Step:
    """A step of the decision as the page draws it. `state`: taken, waiting or later."""

    step: Any
    state: str
    answer: Any
    said: OpenedRow | None
    form: StepForm | None
    level: Any


def steps(case: Case, opened: OpenRecord, failed: tuple[str, StepForm] | None) -> list[Step]:
    """Empty for a scheme without steps."""
    scheme = doctrine.schemes()[case.scheme]
    if not scheme.steps:
        return []
    way = way_of(case)
    texts = {one.row.step: one for one in open_rows(opened, list(way.taken.values()), "note")}
    may, found = case.state in DECIDED_IN, []
    for key, step in doctrine.cstag_steps().items():
        row = way.taken.get(key)
        answer = step.answers[row.answer] if row is not None else None
        state = "taken" if row is not None else "waiting" if key == way.waiting else "later"
        form = None
        if may and state != "later":
            form = (
                failed[1]
                if failed is not None and failed[0] == key
                else StepForm(step=key, prefix=f"step-{key}")
            )
        found.append(
            Step(
                step,
                state,
                answer,
                texts.get(key),
                form,
                scheme.levels.get(answer.level) if answer is not None else None,
            )
        )
    return found


@dataclass(frozen=True)
class Evaluations:
    """`form` is there while something can be written down."""

    rows: list[tuple[OpenedRow, Any]]
    missing: list[Any]
    form: EvaluationForm | None


def evaluations(case: Case, opened: OpenRecord, failed: EvaluationForm | None) -> Evaluations | None:
    """None where the level, or the way to it, asks for none."""
    known, scheme = doctrine.evaluations(), doctrine.schemes()[case.scheme]
    judged = last_judgement(case)
    reached = [judged.level if judged is not None else "", way_of(case).level if scheme.steps else ""]
    wanted = list(
        dict.fromkeys(
            kind for level in reached if level in scheme.levels for kind in scheme.levels[level].evaluations
        )
    )
    rows = Evaluation.objects.filter(case=case).select_related("by").order_by("-at", "-pk")
    held = [(one, known[one.row.kind]) for one in open_rows(opened, rows, "note")] if wanted else []
    if not wanted:
        return None
    missing = [known[kind] for kind in wanted if kind not in {one.row.kind for one, _kind in held}]
    return Evaluations(
        held, missing, failed or (EvaluationForm(kinds=wanted) if case.state in DECIDED_IN else None)
    )


def reviews(case: Case, opened: OpenRecord) -> list[tuple[OpenedRow, Any]]:
    """Who was asked to look from outside, and what they said."""
    rows = OutsideReview.objects.filter(case=case).select_related("answered_by").order_by("-asked_at", "-pk")
    return [(one, doctrine.outside_reviews()[one.row.kind]) for one in open_rows(opened, rows, "note")]
