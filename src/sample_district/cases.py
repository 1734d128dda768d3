"""Cases of the sample district, each played by its team under the set clock: one that was closed, one in the
middle of its assessment, one that began with danger and is now watched over by a plan, and one on its way to
another school (handed_case)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.policies import forget
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    called_meetings,
    case_closing,
    case_opening,
    imminent_response,
    inquiry,
    judgement_signing,
    management_plan,
    school_removals,
    screening,
    state_transitions,
    student_identity,
)
from security_center.threat_assessment.models import (
    Case,
    ContainmentStep,
    Finding,
    Judgement,
    Notice,
    Signature,
    Source,
    State,
)

from .story import Story

SCHOOL = "lincoln-middle"
# Who stands for what on the team of the sample school.
TEAM = {
    Role.TEAM_LEAD: ["administration", "instruction"],
    Role.COUNSELOR: ["counseling", "mental_health"],
    Role.READER: ["coaching"],
    Role.SRO: ["law_enforcement", "school_resource_officer"],
}
Life = Iterator[timedelta]  # what a team does, and how long until it does the next


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

    def plan(self, case: Case, goal: str, steps: list[tuple[str, str, Role, Role]], days: int = 21) -> None:
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
        for option, what, owner, backup in steps:
            management_plan.add_action(
                actor=self.lead,
                case=case,
                option=option,
                what=what,
                owner=self.person(owner),
                backup=self.person(backup),
                due_on=due,
            )
        state_transitions.advance(actor=self.lead, case=case, to=State.MONITORING)


def closed_case(team: Team) -> Life:
    """A threat in anger: assessed, judged with one dissent, a plan, two reviews, closed by two
    disciplines."""
    case = team.open(
        "A student said in the hallway that another one “will be sorry on Friday”. Two classmates heard it.",
        "20418",
    )
    yield timedelta(minutes=40)
    team.screen(case, "Said in anger after a quarrel. We know where both are.")
    state_transitions.advance(actor=team.lead, case=case, to=State.ASSESSING)
    yield timedelta(hours=3)
    team.ask(case, "witness", "A classmate", "“You will be sorry on Friday.”")
    team.ask(case, "teacher_current", "His math teacher", "“He has been quiet since the move.”")
    team.read(case, "rec_discipline", "No earlier entry.")
    yield timedelta(hours=2)
    team.ask(case, "student_of_concern", "Jordan", "“I was mad. I did not mean I would hit him.”")
    team.ask(case, "parent_guardian", "His mother", "“There are no guns in our house.”")
    team.find(
        case,
        list(doctrine.mandatory_prompts()),
        "Asked the student, his mother and two witnesses.",
        motive_grievance="yes",
        stressors_bullying="yes",
    )
    yield timedelta(hours=20)
    team.judge(
        case,
        "needs_support",
        dissent="I would look once more at the group chat before I call it over.",
        facts_for="He named a day. He has been bullied since he came.",
        facts_against="No plan, no weapon, no earlier threat. He is sorry and wants to talk.",
        unknowns="What was written in the group chat.",
        would_change="A second threat, or anything about a weapon.",
    )
    state_transitions.advance(actor=team.lead, case=case, to=State.CLASSIFIED)
    yield timedelta(hours=4)
    team.tell_everybody(case)
    team.plan(
        case,
        "The bullying ends, and Jordan has an adult he trusts.",
        [
            (
                "redirect_motive.stop_bullying",
                "Watch the hallway at lunch; talk with the three boys.",
                Role.READER,
                Role.TEAM_LEAD,
            ),
            ("reduce_stressors.counseling", "Meet each Tuesday.", Role.COUNSELOR, Role.TEAM_LEAD),
        ],
    )
    yield timedelta(days=9)
    management_plan.review(
        actor=team.lead, case=case, text="Quiet. He comes to each meeting.", next_in_days=10
    )
    yield timedelta(days=10)
    management_plan.review(
        actor=team.lead,
        case=case,
        text="The bullying has ended. He joined the robotics club.",
        next_in_days=30,
    )
    for action in case.plan.actions.all():
        management_plan.settle_action(
            actor=team.counselor,
            case=case,
            action=action,
            state="done",
            evidence="Done as planned; notes are with the counselor.",
        )
    yield timedelta(hours=2)
    closure = case_closing.ask_to_close(
        actor=team.lead,
        case=case,
        reason="resolved_support_in_place",
        text="No sign of a threat, and help that holds.",
    )
    yield timedelta(hours=5)
    case_closing.answer_closing(
        actor=team.counselor,
        case=case,
        closure=closure,
        agree=True,
        text="I agree. He keeps his Tuesday meeting.",
    )


def case_in_assessment(team: Team) -> Life:
    """Not yet judged: some questions are asked, some still open."""
    case = team.open(
        "Drawings of the school with marked doors were found in a notebook. The writer is known.", "20733"
    )
    yield timedelta(minutes=25)
    team.screen(case, "Drawings with doors. At home today with a parent.", target="no")
    state_transitions.advance(actor=team.lead, case=case, to=State.ASSESSING)
    yield timedelta(hours=4)
    team.ask(case, "teacher_current", "The art teacher", "“Sky draws buildings all the time.”")
    team.read(case, "rec_assignments", "Three more drawings, of other buildings.")
    team.find(
        case,
        ["communications.exact_words", "communications.audience", "planning.steps", "planning.target"],
        "From the notebook and the art teacher.",
    )
    school_removals.set_special_education(actor=team.lead, case=case, has_plan=True)
    today = case.today()
    for kind, days_ago, days, reason in (
        ("in_school", 40, 2, "After a quarrel in the hallway."),
        ("sent_home", 12, 1, "Picked up early, upset."),
    ):
        first = today - timedelta(days=days_ago)
        last = first + timedelta(days=days - 1)
        school_removals.add_removal(
            actor=team.lead, case=case, kind=kind, first_day=first, last_day=last, reason=reason
        )
    imminent_response.meet_threshold(actor=team.lead, case=case, threshold="le_consult")
    yield timedelta(hours=1)
    decision = case.law_enforcement.get()
    imminent_response.decide_threshold(
        actor=team.lead,
        case=case,
        decision=decision,
        outcome="not_notified",
        reason="The officer of the team has seen the drawings and sits with us.",
    )


def case_of_danger(team: Team) -> Life:
    """It began with danger now, was contained within the hour, and has a plan with a daily step."""
    case = team.open(
        "A parent called: their child may have a knife in the bag today and is angry at a classmate.", "20122"
    )
    yield timedelta(minutes=2)
    imminent_response.declare_imminent(actor=team.lead, case=case)
    for minutes, kind in (
        (1, ContainmentStep.Kind.CALLED_SRO),
        (4, ContainmentStep.Kind.LOCATED),
        (2, ContainmentStep.Kind.SECURED),
        (9, ContainmentStep.Kind.SEARCHED),
    ):
        yield timedelta(minutes=minutes)
        imminent_response.record_step(actor=team.person(Role.SRO), case=case, kind=kind)
    decision = case.law_enforcement.get()
    imminent_response.decide_threshold(
        actor=team.lead,
        case=case,
        decision=decision,
        outcome="notified",
        reason="Knife at school.",
        agency="City police",
        officer="Officer Lee",
    )
    yield timedelta(minutes=6)
    imminent_response.record_step(actor=team.lead, case=case, kind=ContainmentStep.Kind.STOOD_DOWN)
    imminent_response.resume(
        actor=team.lead,
        case=case,
        reason="A pocket knife was in the bag and is with the officer. Casey is with the counselor.",
    )
    yield timedelta(minutes=30)
    for person in (team.lead, team.counselor):
        screening.screen(
            actor=person,
            case=case,
            weapon="yes",
            target="yes",
            whereabouts="yes",
            self_harm="no",
            view="assess",
            note="Knife found. Parents are here.",
        )
    state_transitions.advance(actor=team.lead, case=case, to=State.ASSESSING)
    yield timedelta(hours=2)
    team.ask(case, "student_of_concern", "Casey", "“I wanted him to be scared of me for once.”")
    team.ask(case, "parent_guardian", "Her father", "“I locked up everything else tonight.”")
    team.ask(case, "friend", "A friend", "“She told me she would show it to him.”")
    team.ask(case, "teacher_current", "Her homeroom teacher", "“They used to be friends.”")
    team.read(case, "rec_discipline", "One fight in grade 7.")
    team.find(
        case,
        list(doctrine.mandatory_prompts()),
        "Asked Casey, her father, a friend and a teacher.",
        motive_grievance="yes",
        planning_target="yes",
    )
    team.meet(case, "Everybody on the team. Casey stays with the counselor today; her father takes her home.")
    yield timedelta(hours=20)
    team.back_to_class(case)
    team.judge(
        case,
        "escalating_unclear",
        facts_for="She carried a knife to frighten one boy and told a friend.",
        facts_against="She did not take it out. She asks for help, her family works with us.",
        unknowns="Whether he goes on provoking her.",
        would_change="Any new weapon, or another quarrel.",
    )
    state_transitions.advance(actor=team.lead, case=case, to=State.CLASSIFIED)
    team.tell_everybody(case)
    yield timedelta(hours=3)
    team.plan(
        case,
        "Nobody is hurt, and the quarrel ends.",
        [
            (
                "stop_imminent.bag_locker_search",
                "Search the bag at the door each morning.",
                Role.SRO,
                Role.TEAM_LEAD,
            ),
            ("redirect_motive.mediation", "Two talks with both students.", Role.COUNSELOR, Role.TEAM_LEAD),
        ],
        days=30,
    )
    yield timedelta(days=6)
    management_plan.review(
        actor=team.lead,
        case=case,
        text="Both talks were held. The bag is searched each morning; nothing was found.",
        next_in_days=14,
    )


def _handed(team: Team) -> Life:
    from .handed_case import handed_case  # it is written with the team above

    return handed_case(team)


LIVES: list[tuple[Any, timedelta]] = [
    (_handed, timedelta(days=2)),
    (closed_case, timedelta(days=47)),
    (case_of_danger, timedelta(days=12)),
    (case_in_assessment, timedelta(days=1, hours=6)),
]


def plan(story: Story) -> None:
    """Put the lives of the cases among the acts of the story."""
    school = story.sample.schools[SCHOOL]
    for life, ago in LIVES:
        moment = _school_morning(story.until - ago)
        steps = life(Team(story, school))
        story.at(moment, partial(_go_on, story, school, steps))


def _school_morning(near: datetime) -> datetime:
    """A weekday at ten in the morning where the sample school is."""
    moment = near.replace(hour=15, minute=5, second=0, microsecond=0)
    while moment.weekday() > 4:
        moment -= timedelta(days=1)
    return moment


def _go_on(story: Story, school: Organization, steps: Life) -> None:
    with scope(district=[school.district.pk]):
        pause = next(steps, None)
    if pause is not None:
        story.at(now() + pause, lambda: _go_on(story, school, steps))
