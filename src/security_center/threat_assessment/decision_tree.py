"""Where the steps of a scheme's decision have led: the way through them, the step that waits, and the level
that they have come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import content_loader as doctrine
from .models import Case, State, StepAnswer

END = "end"


@dataclass(frozen=True)
class Way:
    """`taken`: step key → its answer, in order. `waiting`: the step to answer next ("": the way is at its
    end)."""

    taken: dict[str, StepAnswer]
    waiting: str
    level: str


def way_of(case: Case) -> Way:
    """The last answer of each step since the assessment began counts."""
    steps = doctrine.cstag_steps()
    last: dict[str, StepAnswer] = {}
    for row in (
        StepAnswer.objects.filter(case=case, at__gte=assessed_since(case))
        .select_related("by")
        .order_by("at", "pk")
    ):
        last[row.step] = row
    taken: dict[str, StepAnswer] = {}
    here, level = next(iter(steps)), ""
    while here != END and here in last:
        row = last[here]
        taken[here] = row
        answer = steps[here].answers[row.answer]
        level = answer.level or level
        here = answer.next
    return Way(taken, "" if here == END else here, level)


def assessed_since(case: Case) -> datetime:
    """When the assessment that counts began: the latest one, since a case may go back to it or be opened
    again."""
    began = case.moves.filter(to_state=State.ASSESSING).order_by("-at", "-pk").first()
    return began.at if began is not None else case.opened_at
