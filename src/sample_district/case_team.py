"""The team of the sample school: the acts by which it opens, assesses and manages a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.policies import forget
from security_center.threat_assessment.actions import (
    called_meetings,
    case_opening,
    inquiry,
    judgement_signing,
    management_plan,
    screening,
    state_transitions,
    student_identity,
)
from security_center.threat_assessment.models import (
    Case,
    Finding,
    Judgement,
    Notice,
    Signature,
    Source,
    State,
)

from .story import Story

# Who stands for what on the team of the sample school.
TEAM = {
    Role.TEAM_LEAD: ["administration", "instruction"],
    Role.COUNSELOR: ["counseling", "mental_health"],
    Role.READER: ["coaching"],
    Role.SRO: ["law_enforcement", "school_resource_officer"],
}
# Kind of step, what is done, who does it, and who steps in.
type Step = tuple[str, str, *tuple[Role, ...]]


@dataclass
class Team:
    story: Story
    school: Organization

    def person(self, role: Role) -> Person:
        found = self.story.sample.holder(role, self.school)
        if found is None:
            raise RuntimeError(f"The sample school has no {role}.")
        forget(found)
        return found

    @property
    def lead(self) -> Person:
        return self.person(Role.TEAM_LEAD)

    @property
    def counselor(self) -> Person:
        return self.person(Role.COUNSELOR)

    def open(self, concern: str, number: str) -> Case:
        """A case about the student whom the district calls by this number."""
        case = case_opening.open_case(
            actor=self.lead,
            school=self.school,
            concern=concern,
            lead=self.lead,
            disciplines=TEAM[Role.TEAM_LEAD],
        )
        [match] = student_identity.look_for_student(actor=self.lead, case=case, identifier=number)
        case = student_identity.confirm_student(
            actor=self.lead, case=case, student=match.student, compared=["name", "student_id"]
        )
        for role in (Role.COUNSELOR, Role.READER, Role.SRO):
            case_opening.join(actor=self.lead, case=case, person=self.person(role), disciplines=TEAM[role])
        return case

    def screen(self, case: Case, note: str, **answers: str) -> None:
        given = {
            "weapon": "no",
            "target": "yes",
            "whereabouts": "yes",
            "self_harm": "no",
            "view": "assess",
            **answers,
        }
        state_transitions.advance(actor=self.lead, case=case, to=State.SCREENING)
        for person in (self.lead, self.counselor):
            screening.screen(actor=person, case=case, note=note, **given)

    def ask(self, case: Case, kind: str, name: str, quotes: str) -> Source:
        source = inquiry.add_source(actor=self.counselor, case=case, kind=kind, name=name)
        interview = inquiry.begin_interview(
            actor=self.counselor, case=case, source=source, place="Counselor's office"
        )
        inquiry.save_interview(
            actor=self.counselor,
            case=case,
            interview=interview,
            version=1,
            quotes=quotes,
            notes="Open and calm.",
            ended=True,
        )
        return source

    def read(self, case: Case, kind: str, note: str) -> None:
        record = inquiry.add_source(actor=self.lead, case=case, kind=kind)
        inquiry.settle_source(
            actor=self.lead, case=case, source=record, state=Source.State.ANSWERED, note=note
        )

    def find(self, case: Case, prompts: Iterator[str] | list[str], note: str, **kept: str) -> None:
        for prompt in prompts:
            answer = kept.get(prompt.replace(".", "_"), Finding.Answer.NO)
            inquiry.find(actor=self.counselor, case=case, prompt=prompt, answer=answer, note=note, version=0)

    def judge(self, case: Case, conclusion: str, dissent: str = "", **texts: str) -> Judgement:
        judgement = judgement_signing.judge(
            actor=self.lead, case=case, conclusion=conclusion, level="", **texts
        )
        for role in TEAM:
            differs = bool(dissent) and role is Role.SRO
            view = Signature.View.DISSENTS if differs else Signature.View.AGREES
            judgement_signing.sign(
                actor=self.person(role),
                case=case,
                judgement=judgement,
                view=view,
                text=dissent if differs else "",
            )
        return judgement

    def meet(self, case: Case, note: str) -> None:
        """The meeting that a grave answer called."""
        called_meetings.hold_meeting(
            actor=self.lead, case=case, present=[self.person(role) for role in TEAM], note=note
        )

    def back_to_class(self, case: Case) -> None:
        called_meetings.answer_search(
            actor=self.person(Role.SRO),
            case=case,
            search="nothing_found",
            weapon_known="no",
            note="Bag and locker, with the student there. Her father has locked everything up.",
        )
        called_meetings.agree_to_return(actor=self.lead, case=case, stands_for="administration")
        called_meetings.agree_to_return(actor=self.person(Role.SRO), case=case, stands_for="law_enforcement")
        called_meetings.return_to_class(
            actor=self.lead, case=case, reason="Back in class, with a check each morning."
        )

    def tell_everybody(self, case: Case) -> None:
        for notice in Notice.objects.filter(case=case, settled_at__isnull=True):
            judgement_signing.settle_notice(
                actor=self.lead,
                case=case,
                notice=notice,
                state=Notice.State.TOLD,
                note="By phone, and a letter followed.",
            )

    def plan(self, case: Case, goal: str, steps: list[Step], days: int = 21) -> None:
        management_plan.write_plan(
            actor=self.lead,
            case=case,
            goal=goal,
            raises_concern="A new threat, talk about weapons, or missing school.",
            lowers_concern="He talks with his adult each week and comes to school.",
            out_of_hours="The district's on-call number",
            version=0,
        )
        management_plan.approve_plan(actor=self.lead, case=case)
        state_transitions.advance(actor=self.lead, case=case, to=State.MANAGING)
        due = (now() + timedelta(days=days)).date()
        for option, what, *roles in steps:
            owner, backup, *second = (self.person(role) for role in roles)
            management_plan.add_action(
                actor=self.lead,
                case=case,
                option=option,
                what=what,
                owner=owner,
                backup=backup,
                second_backup=second[0] if second else None,
                due_on=due,
            )
        state_transitions.advance(actor=self.lead, case=case, to=State.MONITORING)
