"""What the teams of the sample district do beside their cases: they meet, practice, are trained, list
services, and think of each student."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.policies import forget
from security_center.foundation.students.models import Student
from security_center.prevention.actions import connecting
from security_center.team_meetings.actions import decisions, meetings, practice_cases
from security_center.team_meetings.models import Meeting
from security_center.team_meetings.queries import leads_of, team_at, usual_disciplines_of
from security_center.threat_assessment.actions import case_opening, services
from security_center.threat_assessment.models import Case
from security_center.training import actions as training_actions
from security_center.training.actions import Group

from .cases import SCHOOL
from .story import Story

GROUPS = (
    ("reporting", "All teachers", 38, 41),
    ("support_staff", "Bus drivers and cafeteria", 14, 17),
    ("students", "Grade 6", 198, 211),
    ("students", "Grade 7", 204, 216),
    ("families", "Families of grade 6", 88, 204),
)
SERVICES = (
    ("counseling", "Cedar Youth Counseling", "Front desk, 555-0151", 3, 6),
    ("mental_health", "Valley Family Clinic", "Intake, 555-0163", 0, 34),
    ("mentoring", "Big Table mentors", "Ms. Ray, 555-0177", 8, 2),
)


def plan(story: Story) -> None:
    """Put it among the acts of the story."""
    for district in story.sample.districts.values():
        story.at(
            story.until - timedelta(days=100),
            partial(_within, district, partial(_train_everybody, story, district)),
        )
        for school in story.sample.schools.values():
            if school.district.pk == district.pk and school.slug != SCHOOL:
                story.at(
                    _afternoon(story, school, 17),
                    partial(
                        _within, district, partial(_meet, school, "Nothing new. We went through last term.")
                    ),
                )
    school = story.sample.schools[SCHOOL]
    acts: list[tuple[int, Callable[[], None]]] = [
        (70, partial(_practice, school)),
        (60, partial(_enter_services, school)),
        (
            33,
            partial(
                _meet,
                school,
                "We looked at the hallway before lunch: two more adults stand there from Monday.",
            ),
        ),
        (20, partial(_think_of_each_student, school)),
        (
            5,
            partial(
                _meet,
                school,
                "The practice of last term is talked through. The next training is in the spring.",
                decides=True,
            ),
        ),
        (4, partial(_call_next, school)),
    ]
    for days, act in acts:
        story.at(_afternoon(story, school, days), partial(_within, school.district, act))


def _within(district: Organization, act: Callable[[], None]) -> None:
    with scope(district=[district.pk]):
        act()


def _afternoon(story: Story, school: Organization, days_ago: int) -> datetime:
    """Half past two on a weekday where the school is."""
    zone = school.zone
    day = (story.until - timedelta(days=days_ago)).astimezone(zone).date()
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, time(14, 30), zone)


def _lead(school: Organization) -> Person:
    lead = leads_of(school)[0]
    forget(lead)
    return lead


def _train_everybody(story: Story, district: Organization) -> None:
    """Everybody who works on cases was trained; of one it runs out soon."""
    last_summer, soon_over = (
        (story.until - timedelta(days=170)).date(),
        (story.until - timedelta(days=346)).date(),
    )
    schools = [school for school in story.sample.schools.values() if school.district.pk == district.pk]
    for place in (district, *schools):
        people = team_at(place, own=True)
        late = [person for person in people if place.slug == SCHOOL and _is_officer(person)]
        if others := [person for person in people if person not in late]:
            training_actions.enter_training(
                actor=None,
                place=place,
                kind="team",
                trained_on=last_summer,
                people=others,
                trainer="State center",
            )
        if late:
            training_actions.enter_training(
                actor=None,
                place=place,
                kind="team",
                trained_on=soon_over,
                people=late,
                trainer="State center",
            )
            training_actions.enter_training(
                actor=None, place=place, kind="officer", trained_on=last_summer, people=late
            )
        if place.slug == SCHOOL:
            for kind, name, trained, out_of in GROUPS:
                group = Group(name, trained, out_of)
                training_actions.enter_training(
                    actor=None,
                    place=place,
                    kind=kind,
                    trained_on=last_summer,
                    group=group,
                    trainer="Ms. Torres",
                )
    training_actions.require_training(actor=None, district=district, required_from=district.today())


def _is_officer(person: Person) -> bool:
    return person.role_assignments.filter(role=Role.SRO).exists()


def _meet(school: Organization, minutes: str, *, decides: bool = False) -> None:
    lead = _lead(school)
    meeting = meetings.call_meeting(actor=lead, place=school, starts_at=now())
    people = team_at(school, own=True)
    brings = usual_disciplines_of(people, school)
    present = {person: brings[person.pk] for person in people}
    for case in Case.objects.filter(school=school, closed_at__isnull=True, lead=lead):
        meetings.write_about_case(
            actor=lead,
            meeting=meeting,
            case=case,
            note="Went through the steps of the plan. All are on time.",
            version=0,
        )
    meetings.write_minutes(
        actor=lead, meeting=meeting, present=present, others_present="", minutes=minutes, version=0
    )
    if decides:
        _decide(meeting, lead, people)
    meetings.hold_meeting(actor=lead, meeting=meeting)


def _decide(meeting: Meeting, lead: Person, people: list[Person]) -> None:
    due = (now() + timedelta(days=12)).date()
    owner = next(person for person in people if person.pk != lead.pk)
    decisions.decide(
        actor=lead,
        meeting=meeting,
        what="Ask the bus company who speaks with its drivers.",
        owner=owner,
        due_on=due,
    )


def _call_next(school: Organization) -> None:
    meetings.call_meeting(actor=_lead(school), place=school, starts_at=now() + timedelta(days=21))


def _practice(school: Organization) -> None:
    lead = _lead(school)
    case = practice_cases.begin_practice(
        actor=lead, school=school, key="quiet_drawing", disciplines=["administration"]
    )
    for person in team_at(school, own=True):
        if person.pk != lead.pk:
            case_opening.join(actor=lead, case=case, person=person, disciplines=["counseling"])
    practice_cases.end_practice(actor=lead, case=case)


def _enter_services(school: Organization) -> None:
    lead = _lead(school)
    for kind, name, contact, places, wait in SERVICES:
        services.enter_service(
            actor=lead,
            district=school.district,
            kind=kind,
            name=name,
            contact=contact,
            places_free=places,
            wait_days=wait,
        )


def _think_of_each_student(school: Organization) -> None:
    lead = _lead(school)
    check = connecting.begin_check(actor=lead, school=school)
    ids = list(Student.objects.filter(school=school, active=True).order_by("pk").values_list("pk", flat=True))
    for place, person in enumerate(team_at(school, own=True)):
        if not _is_officer(person):
            connecting.mark_mine(
                actor=person, check=check, shown=ids, mine=[pk for pk in ids[:-2] if pk % 4 == place % 4]
            )
    connecting.end_check(actor=lead, check=check)
