"""Cases of the sample district, each played by its team under the set clock: one that was closed, one in the
middle of its assessment, one that began with danger and is now watched over by a plan, and one on its way to
another school (handed_case)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Role
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    case_closing,
    imminent_response,
    management_plan,
    school_removals,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import ContainmentStep, State

from .case_team import Team
from .handed_case import handed_case
from .story import Story

SCHOOL = "lincoln-middle"
Life = Iterator[timedelta]  # what a team does, and how long until it does the next


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
                Role.COUNSELOR,
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


LIVES: list[tuple[Callable[[Team], Life], timedelta]] = [
    (handed_case, timedelta(days=2)),
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
