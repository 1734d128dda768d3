"""The verbs of the special paths, as the histories of a case play them (test_state_machine)."""

from __future__ import annotations

from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Person
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    called_meetings,
    case_closing,
    outside_reviews,
    protective_paths,
    school_removals,
)
from security_center.threat_assessment.models import Case, Finding

MEMBERS = ("tess", "ben", "dana")


class SpecialVerbs:
    team: Team

    @property
    def case(self) -> Case:
        raise NotImplementedError

    def person(self, name: str) -> Person:
        raise NotImplementedError

    def find(self, name: str, prompt: str, answer: str) -> None:
        raise NotImplementedError

    def do_remove(self, name: str, kind: str) -> None:
        school_removals.add_removal(
            actor=self.person(name),
            case=self.case,
            kind=kind,
            first_day=self.team.valley.at.date(),
            last_day=None,
        )

    def do_answer_days(self, name: str) -> None:
        for row in self.case.placement_questions.filter(answer=""):
            answer = next(iter(doctrine.placement_questions()[row.kind].answers))
            school_removals.answer_placement(
                actor=self.person(name), case=self.case, question=row, answer=answer, note="With the family."
            )

    def do_special_education(self, name: str, has_plan: bool) -> None:
        school_removals.set_special_education(actor=self.person(name), case=self.case, has_plan=has_plan)

    def do_grave(self, name: str, prompt: str) -> None:
        self.find(name, prompt, Finding.Answer.YES)

    def do_meet(self, name: str) -> None:
        present = [self.person(one) for one in MEMBERS]
        called_meetings.hold_meeting(actor=self.person(name), case=self.case, present=present, note="We met.")

    def do_search(self, name: str, search: str) -> None:
        called_meetings.answer_search(
            actor=self.person(name), case=self.case, search=search, weapon_known="no", note="Bag and locker."
        )

    def do_agree(self, name: str, stands_for: str) -> None:
        called_meetings.agree_to_return(actor=self.person(name), case=self.case, stands_for=stands_for)

    def do_class(self, name: str, back: bool) -> None:
        (called_meetings.return_to_class if back else called_meetings.keep_out)(
            actor=self.person(name), case=self.case, reason="With the counselor."
        )

    def do_ask_outside(self, name: str) -> None:
        outside_reviews.ask_outside(actor=self.person(name), case=self.case)

    def do_look_outside(self, name: str, agrees: bool) -> None:
        for row in self.case.outside_reviews.filter(outcome=""):
            outside_reviews.answer_outside(
                actor=self.person(name), case=self.case, review=row, agrees=agrees, note="I looked."
            )

    def do_summarily(self, name: str) -> None:
        case_closing.close_summarily(actor=self.person(name), case=self.case, text="It was nothing.")

    def do_suspect(self, name: str, suspected: str) -> None:
        protective_paths.suspect_abuse(actor=self.person(name), case=self.case, suspected=suspected)

    def do_answer_paths(self, name: str) -> None:
        for row in self.case.path_steps.filter(answer=""):
            answer = protective_paths.answers_for(self.case, row)[0]
            protective_paths.answer_path(
                actor=self.person(name),
                case=self.case,
                step=row,
                answer=answer,
                note="Done.",
                agency="State",
                called_when="Today",
            )
