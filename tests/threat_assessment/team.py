"""A team at work on a case, for the tests of this room: Tess leads, Ben counsels, Sam is the officer, Dana
the principal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate

import pytest
from tests.keeping import kept
from tests.reporting.acts import Valley

from security_center.foundation.organizations.models import Organization, Person
from security_center.student_transfers.actions import case_handoff
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    called_meetings,
    case_opening,
    imminent_response,
    inquiry,
    judgement_signing,
    management_plan,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import Case, Finding, Judgement, Signature, Source, State
from security_center.training import actions as training_actions

SCREEN = {
    "weapon": "no",
    "target": "no",
    "whereabouts": "yes",
    "self_harm": "no",
    "view": "assess",
    "note": "He said it in class.",
}
TEXTS = {
    "facts_for": "He named a day.",
    "facts_against": "He has no weapon.",
    "unknowns": "Whether he meant it.",
    "would_change": "A weapon.",
}


def begins_many[**P, T](act: Callable[Concatenate[Team, P], T]) -> Callable[Concatenate[Team, P], T]:
    """A way of a case that many tests begin with: see tests/keeping.py."""

    @wraps(act)
    def once(team: Team, /, *args: P.args, **given: P.kwargs) -> T:
        return kept(
            (act.__name__, repr(args), repr(sorted(given.items()))), lambda: act(team, *args, **given)
        )  # type: ignore[no-any-return]

    return once


@dataclass
class Team:
    valley: Valley

    @property
    def tess(self) -> Person:
        return self.valley.cast.tess

    @property
    def ben(self) -> Person:
        return self.valley.cast.ben

    @property
    def dana(self) -> Person:
        return self.valley.cast.dana

    @property
    def sam(self) -> Person:
        return self.valley.cast.sam

    @begins_many
    def open(self, **fields: Any) -> Case:
        given: dict[str, Any] = {
            "concern": "Marker-Concern: he says he will hurt someone.",
            "lead": self.tess,
            "known_subject": True,
            **fields,
        }
        case = case_opening.open_case(
            actor=self.tess, school=self.valley.school, disciplines=["administration", "instruction"], **given
        )
        case_opening.join(
            actor=self.tess, case=case, person=self.ben, disciplines=["counseling", "mental_health"]
        )
        case_opening.join(actor=self.tess, case=case, person=self.dana, disciplines=["coaching"])
        return case

    @begins_many
    def screened(self, **fields: Any) -> Case:
        case = state_transitions.advance(actor=self.tess, case=self.open(**fields), to=State.SCREENING)
        for person in (self.tess, self.ben):
            screening.screen(actor=person, case=case, **SCREEN)
        return state_transitions.advance(actor=self.tess, case=case, to=State.ASSESSING)

    def hear(self, case: Case, kind: str) -> Source:
        source = inquiry.add_source(actor=self.ben, case=case, kind=kind, name="Somebody")
        interview = inquiry.begin_interview(actor=self.ben, case=case, source=source, place="Room 4")
        inquiry.save_interview(
            actor=self.ben,
            case=case,
            interview=interview,
            version=1,
            quotes="“I was angry.”",
            notes="Calm.",
            ended=True,
        )
        return source

    @begins_many
    def inquired(self, **fields: Any) -> Case:
        case = self.screened(**fields)
        for kind in ("student_of_concern", "parent_guardian", "teacher_current"):
            self.hear(case, kind)
        record = inquiry.add_source(actor=self.ben, case=case, kind="rec_discipline")
        inquiry.settle_source(
            actor=self.ben, case=case, source=record, state=Source.State.ANSWERED, note="Nothing."
        )
        for prompt in doctrine.mandatory_prompts():
            inquiry.find(
                actor=self.ben, case=case, prompt=prompt, answer=Finding.Answer.NO, note="Asked.", version=0
            )
        return case

    @begins_many
    def judged(self, conclusion: str = "needs_support", **fields: Any) -> tuple[Case, Judgement]:
        case = self.inquired(**fields)
        judgement = judgement_signing.judge(
            actor=self.tess, case=case, conclusion=conclusion, level="", **TEXTS
        )
        judgement_signing.sign(actor=self.tess, case=case, judgement=judgement, view=Signature.View.AGREES)
        judgement_signing.sign(
            actor=self.ben,
            case=case,
            judgement=judgement,
            view=Signature.View.DISSENTS,
            text="Marker-Dissent: he is lonely.",
        )
        judgement_signing.sign(actor=self.dana, case=case, judgement=judgement, view=Signature.View.AGREES)
        return state_transitions.advance(actor=self.tess, case=case, to=State.CLASSIFIED), judgement

    @begins_many
    def managed(self, **fields: Any) -> Case:
        case, _judgement = self.judged(**fields)
        for notice in case.notices.filter(settled_at__isnull=True):
            judgement_signing.settle_notice(
                actor=self.tess, case=case, notice=notice, state="told", note="By phone."
            )
        words = {
            "goal": "He is safe.",
            "raises_concern": "A new threat.",
            "lowers_concern": "He talks.",
            "out_of_hours": "Tess",
        }
        management_plan.write_plan(actor=self.tess, case=case, **words, version=0)
        management_plan.approve_plan(actor=self.tess, case=case)
        case = state_transitions.advance(actor=self.tess, case=case, to=State.MANAGING)
        due = (self.valley.at + timedelta(days=7)).date()
        option = next(iter(doctrine.plan_options()))
        management_plan.add_action(
            actor=self.tess,
            case=case,
            option=option,
            what="Talk each week.",
            owner=self.ben,
            backup=self.dana,
            due_on=due,
        )
        return state_transitions.advance(actor=self.tess, case=case, to=State.MONITORING)

    def train(self) -> None:
        """Tess, Ben and Dana have a training that counts today: each of them may search."""
        training_actions.enter_training(
            actor=None,
            place=self.valley.school,
            kind="team",
            trained_on=self.valley.at.date(),
            people=[self.tess, self.ben, self.dana],
        )

    def meet(self, case: Case) -> None:
        """The meeting that a grave answer called."""
        called_meetings.hold_meeting(
            actor=self.tess, case=case, present=[self.tess, self.ben], note="We looked at it together."
        )

    def keep_out(self, case: Case) -> None:
        called_meetings.keep_out(actor=self.tess, case=case, reason="At home with his mother.")

    @begins_many
    def handed(self, to: Organization | None = None) -> Case:
        """On its way to another school, with the packet sent: the other one of the district, or `to`."""
        case = self.managed()
        case_handoff.begin_handoff(
            actor=self.tess, case=case, to_school=to or self.valley.cast.school_b, reason="They move house."
        )
        case_handoff.send_handoff(
            actor=self.tess, case=case, parts=["summary", "plan"], note="Call his aunt first."
        )
        return Case.objects.select_related("school__parent__parent", "district", "lead").get(pk=case.pk)

    @begins_many
    def imminent(self) -> Case:
        return imminent_response.declare_imminent(actor=self.ben, case=self.screened())


@pytest.fixture
def team(valley: Valley) -> Team:
    return Team(valley)
