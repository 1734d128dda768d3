"""What a gate that is not met says to the person: what is missing, in words, and where it is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from security_center.foundation.refusals import Refusal, tell
from security_center.prevention.case_rules import CaseRules

from .. import content_loader as doctrine
from ..gates import OF_THE_RECORDS, Unmet
from ..models import Case, ContainmentStep
from ..policies import officer_reads
from ..wording import SAFETY_QUESTIONS
from .lookups import back

# Where each gate is met, and what the way there is called.
WHERE: dict[str, tuple[str, str | Promise]] = {
    "subject": ("case_subject", _lazy("Find out who the student is")),
    "screened": ("case_screen", _lazy("Screen the case")),
    "safety_answered": ("case_screen", _lazy("Screen the case")),
    "mandatory_prompts": ("themes", _lazy("Ask what must be asked")),
    "three_kinds_of_source": ("sources", _lazy("Go to the sources")),
    "student_and_parent": ("sources", _lazy("Go to the sources")),
    "thresholds_decided": ("law_enforcement", _lazy("Decide about the police")),
    "signed": ("judgement", _lazy("Go to the judgement")),
    "judged_so": ("judgement", _lazy("Go to the judgement")),
    "notices": ("notices", _lazy("Tell those who have to know")),
    "plan_approved": ("plan", _lazy("Go to the plan")),
    "actions_set": ("plan", _lazy("Add a step to the plan")),
    "actions_settled": ("plan", _lazy("Go to the plan")),
    "reviewed": ("reviews", _lazy("Write a review")),
    "no_unseen_reports": ("case_reports", _lazy("Look at what is new")),
    "special_education": ("case_team", _lazy("Ask somebody of special education")),
    "placement_answered": ("removals", _lazy("Answer about the days out of school")),
    "convened": ("called", _lazy("The team has met")),
    "class_decided": ("class_return", _lazy("Decide about class")),
    "steps_taken": ("judgement", _lazy("Answer the next step")),
    "evaluated": ("judgement", _lazy("Write down the evaluation")),
    "looked_at": ("judgement", _lazy("See who looks")),
    "path_steps": ("special_paths", _lazy("See what is due")),
    "path_ended": ("special_paths", _lazy("See what is due")),
}


@dataclass(frozen=True)
class GateLine:
    """A gate that is not met: its sentence, who can meet it and by when, and what is missing, in words."""

    sentence: str
    who: str
    missing: list[str]
    due: datetime | None = None
    place: str = ""  # the page of the case where it is met
    way: str | Promise = ""  # what the way there is called


def refuse(request: HttpRequest, case: Case, refusal: Refusal, place: str = "") -> HttpResponse:
    """An act without a form was refused: say so on the page of the case."""
    tell(request, refusal)
    return back(case, place)


def gate_lines(unmet: Iterable[Unmet]) -> list[GateLine]:
    return [_line(one) for one in unmet]


def is_kept_from_reader(gate: str) -> bool:
    """Whether whoever reads the page is an officer, and the gate speaks of the school's records."""
    return officer_reads() and gate in OF_THE_RECORDS


OF_THE_SCHOOL = _lazy(
    "Something in the school’s own records has to be settled first, by its members of the team."
)


def _line(one: Unmet) -> GateLine:
    if is_kept_from_reader(one.gate.key):
        return GateLine(str(OF_THE_SCHOOL), _("A member of the school’s staff"), [], one.due)
    place, way = WHERE.get(one.gate.key, ("", ""))
    place = f"threat_assessment:{place}" if place else one.gate.place
    return GateLine(
        str(one.gate.sentence), str(one.gate.who), missing_words(one), one.due, place, way or one.gate.way
    )


_WORDS: dict[str, str | Promise] = {
    "another_discipline": _lazy("a member of another discipline"),
    "chair": _lazy("the lead"),
    "reasons": _lazy("the reasons, in words"),
    "judgement": _lazy("the judgement itself"),
    "plan": _lazy("the plan"),
    "search": _lazy("what the search found"),
    "action": _lazy("a step of the plan"),
    "review": _lazy("a review"),
    **SAFETY_QUESTIONS,
}


def missing_words(one: Unmet) -> list[str]:
    """What a gate still misses, in the words of the doctrine: never a key."""
    if one.gate.key == "three_kinds_of_source":
        count = int(one.missing[0])
        return [
            ngettext("%(count)d more kind of source", "%(count)d more kinds of source", count)
            % {"count": count}
        ]
    if one.gate.key == "no_unseen_reports":
        return [_("what came in as %(number)s") % {"number": number} for number in one.missing]
    return [
        str(one.gate.words[key]) if key in one.gate.words else _word(key, one.rules) for key in one.missing
    ]


def _word(key: str, rules: CaseRules) -> str:
    if key == ContainmentStep.Kind.CALLED_SRO:
        return _("911 or the officer called")
    if key in ContainmentStep.Kind.values:
        return str(ContainmentStep.Kind(key).label)
    tables: tuple[dict[str, Any], ...] = (doctrine.thresholds(), doctrine.sources(), doctrine.expertise())
    tables += (
        doctrine.placement_questions(),
        doctrine.removal_kinds(),
        doctrine.triggers(),
        doctrine.searches(),
        doctrine.outside_reviews(),
    )
    for table in tables:
        if key in table:
            return str(table[key].label)
    if key.startswith("path."):
        path, _dot, step = key.removeprefix("path.").partition(".")
        return str(doctrine.paths()[path].steps[step].label)
    if key.startswith("evaluation."):
        return str(doctrine.evaluations()[key.removeprefix("evaluation.")].label)
    if key in doctrine.cstag_steps():
        return str(doctrine.cstag_steps()[key].title)
    if key.partition(".")[0] in doctrine.plan_categories():
        return rules.option_label(key)
    if key in doctrine.prompts():
        return str(doctrine.prompts()[key].text)
    if key in doctrine.notice_parties():
        return str(doctrine.notice_parties()[key])
    return str(_WORDS[key])
