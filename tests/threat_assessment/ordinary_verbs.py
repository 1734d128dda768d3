"""The verbs of the ordinary way of a case, from its screening to its closing, as the histories of a case play
them (test_state_machine)."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import Cast
from tests.threat_assessment.team import SCREEN, TEXTS, Team

from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    case_closing,
    case_opening,
    imminent_response,
    inquiry,
    judgement_signing,
    management_plan,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import (
    Action,
    Case,
    ContainmentStep,
    Finding,
    Judgement,
    Notice,
    Plan,
    Source,
    State,
)


class OrdinaryVerbs:
    team: Team
    cast: Cast

    @property
    def case(self) -> Case:
        raise NotImplementedError

    def person(self, name: str) -> Person:
        raise NotImplementedError

    def do_advance(self, name: str, to: str) -> None:
        state_transitions.advance(
            actor=self.person(name), case=self.case, to=to, reason="We have to look again."
        )

    def do_on(self, name: str) -> None:
        usual = [
            State.INTAKE,
            State.SCREENING,
            State.ASSESSING,
            State.CLASSIFIED,
            State.MANAGING,
            State.MONITORING,
        ]
        if self.case.state in usual[:-1]:
            self.do_advance(name, usual[usual.index(State(self.case.state)) + 1])

    def do_screen(self, name: str) -> None:
        screening.screen(actor=self.person(name), case=self.case, **SCREEN)

    def do_source(self, name: str, kind: str) -> None:
        actor = self.person(name)
        row = inquiry.add_source(actor=actor, case=self.case, kind=kind)
        inquiry.settle_source(actor=actor, case=self.case, source=row, state=Source.State.ANSWERED)

    def do_hear(self, name: str) -> None:
        actor = self.person(name)
        for source in Source.objects.filter(case=self.case):
            talk = inquiry.begin_interview(actor=actor, case=self.case, source=source)
            inquiry.save_interview(
                actor=actor,
                case=self.case,
                interview=talk,
                version=1,
                quotes="“I was angry.”",
                notes="",
                ended=True,
            )

    def do_ask_all(self, name: str) -> None:
        for prompt in doctrine.mandatory_prompts():
            self.find(name, prompt, Finding.Answer.NO)

    def do_unask(self, name: str) -> None:
        self.find(name, doctrine.mandatory_prompts()[0], Finding.Answer.NOT_ASKED)

    def find(self, name: str, prompt: str, answer: str) -> None:
        before = Finding.objects.filter(case=self.case, prompt=prompt, current=True).first()
        version = before.version if before is not None else 0
        inquiry.find(
            actor=self.person(name),
            case=self.case,
            prompt=prompt,
            answer=answer,
            note="Asked.",
            version=version,
        )

    def do_judge(self, name: str, conclusion: str) -> None:
        judgement_signing.judge(
            actor=self.person(name), case=self.case, conclusion=conclusion, level="", **TEXTS
        )

    def do_sign(self, name: str, view: str) -> None:
        last = Judgement.objects.filter(case=self.case).order_by("-number").first()
        if last is not None:
            judgement_signing.sign(
                actor=self.person(name), case=self.case, judgement=last, view=view, text="I see more in it."
            )

    def do_notices(self, name: str, state: str) -> None:
        for notice in Notice.objects.filter(case=self.case, settled_at__isnull=True):
            judgement_signing.settle_notice(
                actor=self.person(name), case=self.case, notice=notice, state=state, note="By phone."
            )

    def do_write_plan(self, name: str) -> None:
        words = {
            "goal": "Safe.",
            "raises_concern": "A threat.",
            "lowers_concern": "He talks.",
            "out_of_hours": "",
        }
        before = Plan.objects.filter(case=self.case).first()
        management_plan.write_plan(
            actor=self.person(name),
            case=self.case,
            **words,
            version=before.version if before is not None else 0,
        )

    def do_approve_plan(self, name: str) -> None:
        management_plan.approve_plan(actor=self.person(name), case=self.case)

    def do_add_action(self, name: str) -> None:
        option, due = next(iter(doctrine.plan_options())), (self.team.valley.at + timedelta(days=7)).date()
        ben, dana = self.person("ben"), self.person("dana")
        management_plan.add_action(
            actor=self.person(name),
            case=self.case,
            option=option,
            what="Talk.",
            owner=ben,
            backup=dana,
            due_on=due,
        )

    def do_settle_actions(self, name: str) -> None:
        for action in Action.objects.filter(plan__case=self.case, state=Action.State.OPEN):
            management_plan.settle_action(
                actor=self.person(name),
                case=self.case,
                action=action,
                state=Action.State.DONE,
                evidence="Done.",
            )

    def do_review(self, name: str) -> None:
        management_plan.review(actor=self.person(name), case=self.case, text="Better.", next_in_days=14)

    def do_imminent(self, name: str) -> None:
        imminent_response.declare_imminent(actor=self.person(name), case=self.case)

    def do_press(self, name: str, kind: str) -> None:
        imminent_response.record_step(actor=self.person(name), case=self.case, kind=kind)

    def do_press_all(self, name: str) -> None:
        for kind in ContainmentStep.Kind.values:
            self.do_press(name, kind)

    def do_resume(self, name: str) -> None:
        imminent_response.resume(actor=self.person(name), case=self.case, reason="No weapon.")

    def do_decide_police(self, name: str) -> None:
        for row in self.case.law_enforcement.filter(outcome=""):
            imminent_response.decide_threshold(
                actor=self.person(name),
                case=self.case,
                decision=row,
                outcome="not_notified",
                reason="The officer is here.",
            )

    def do_report(self, from_the_desk: bool) -> None:
        report = self.team.valley.report("He says it again.")
        case_closing.add_report(
            actor=None if from_the_desk else self.person("tess"), case=self.case, report=report
        )

    def do_seen(self, name: str) -> None:
        case_closing.has_seen_reports(
            actor=self.person(name),
            case=self.case,
            numbers=gates.GATES["no_unseen_reports"].missing(self.case),
        )

    def do_ask_to_close(self, name: str, reason: str) -> None:
        case_closing.ask_to_close(actor=self.person(name), case=self.case, reason=reason, text="He is well.")

    def do_answer(self, name: str, agree: bool) -> None:
        for row in self.case.closures.filter(agreed_at__isnull=True, refused=False):
            case_closing.answer_closing(
                actor=self.person(name), case=self.case, closure=row, agree=agree, text="I read it."
            )

    def do_leave_team(self, name: str) -> None:
        case_opening.leave_team(actor=self.person("tess"), case=self.case, person=self.person(name))

    def do_leave(self, name: str) -> None:
        if self.person(name).is_active:
            people.leave(actor=self.cast.ada, person=self.person(name))

    def do_time(self, _minutes: int) -> None:
        pass
