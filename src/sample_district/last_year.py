"""The school year that is over, as far as figures need one: short cases of registered students, their
protected fields and the enrolment, so that the pages of figures show both what may be shown and what is kept
back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django_scopes import scope

from security_center.equity.actions import importing
from security_center.equity.models import Import
from security_center.equity.tasks import publish_what_is_over
from security_center.foundation.clock import clock_at
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.policies import forget
from security_center.foundation.school_years import Period, school_year_of
from security_center.foundation.students.models import Student
from security_center.foundation.students.queries import identities_of
from security_center.threat_assessment.actions import (
    case_closing,
    case_opening,
    screening,
    state_transitions,
    student_identity,
)
from security_center.threat_assessment.models import State

from . import register
from .district import DISTRICTS, SampleDistrict

DISTRICT = "cedar-valley"
# How many cases of students of each group; all others have none.
RACES = {"white": 14, "hispanic": 11, "black": 5, "asian": 3, "two_or_more": 2}
SHARES = {"white": 46, "hispanic": 29, "black": 15, "asian": 6, "two_or_more": 4}  # of each hundred enrolled
GRADES = {
    "elementary": ("k_2", "g3_5"),
    "middle": ("g6_8",),
    "high": ("g9_12",),
    "combined": ("k_2", "g3_5", "g6_8"),
}
IN_FALL = 20  # cases; the others came in spring
CONCERN = "A drawing and a sentence in class made somebody worry."


def began(at: datetime) -> datetime:
    """The day on which the sample district begins: before the last school year that is over."""
    year = school_year_of(at, ZoneInfo("America/New_York")).year - 1
    return datetime(year, 8, 1, 13, tzinfo=UTC)


@dataclass(frozen=True)
class Child:
    """A student of the register, and the group that this sample puts them into."""

    student: Student
    identifier: str
    number: int
    race: str

    @property
    def line(self) -> str:
        """Of the file of protected fields."""
        disability = "idea" if self.number % 5 == 0 else "section_504" if self.number % 11 == 0 else "neither"
        learner = "learner" if self.race == "hispanic" and self.number % 2 else "not_learner"
        gender = "female" if self.number % 3 == 0 else "male"
        return f"{self.identifier},{self.race},{disability},{learner},{gender}"


def _children(district: Organization) -> list[Child]:
    """Students of the register, but none of those whom the sample's own cases are about."""
    students = list(
        Student.objects.filter(district=district)
        .select_related("school__parent__parent", "district")
        .order_by("pk")
    )
    numbers = {pk: identity.identifier for pk, identity in identities_of(students).items()}
    named = {number for number, *_more in register.NAMED}
    races = [race for race, count in RACES.items() for _one in range(count)]
    free = [student for student in students if numbers[student.pk] not in named]
    free.sort(key=lambda student: int(numbers[student.pk]) * 7 % 101)
    return [
        Child(student, numbers[student.pk], number, race)
        for number, (student, race) in enumerate(zip(free, races, strict=False))
    ]


def build(sample: SampleDistrict, at: datetime) -> None:
    """The cases by the acts of two people each, then the imports by the administrator, then the figures as
    the worker makes them. `at`: today."""
    zone = ZoneInfo("America/New_York")
    year = Period(school_year_of(at, zone).year - 1)
    district = sample.districts[DISTRICT]
    with scope(district=[district.pk]):
        pupils = _children(district)
        for place, child in enumerate(sorted(pupils, key=lambda one: one.number * 11 % len(pupils))):
            _case(sample, child, _morning(year, place, zone))
        looked_over = at - timedelta(days=8)
        with clock_at(
            min(datetime.combine(year.day_after, datetime.min.time(), zone) + timedelta(days=3), looked_over)
        ):
            _import(
                sample,
                district,
                Import.Kind.PROTECTED,
                ["student_id,race,disability,english_learner,gender", *(one.line for one in pupils)],
            )
            _import(
                sample,
                district,
                Import.Kind.ENROLMENT,
                ["school,school_year,field,group,students", *_enrolment(year)],
            )
    publish_what_is_over()


def _morning(year: Period, place: int, zone: ZoneInfo) -> datetime:
    """A weekday of the fall or of the spring, a few days after the one before."""
    fall = place < IN_FALL
    day = (
        date(year.year, 9, 8) + timedelta(days=4 * place)
        if fall
        else date(year.year + 1, 1, 12) + timedelta(days=6 * (place - IN_FALL))
    )
    while day.weekday() > 3:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, place, tzinfo=zone)


def _person(sample: SampleDistrict, place: Organization, *roles: Role) -> Person:
    """The holder of the first of these roles that the place has."""
    found = next((holder for role in roles if (holder := sample.holder(role, place)) is not None), None)
    if found is None:
        raise RuntimeError(f"{place.name} has no {roles[0]}.")
    forget(found)
    return found


def _case(sample: SampleDistrict, child: Child, at: datetime) -> None:
    """Opened, screened by two disciplines, found to be nothing, and closed the day after."""
    school = child.student.school
    lead = _person(sample, school, Role.TEAM_LEAD, Role.PRINCIPAL)
    second = _person(sample, school, Role.COUNSELOR, Role.READER)
    with clock_at(at):
        case = case_opening.open_case(
            actor=lead,
            school=school,
            concern=CONCERN,
            lead=lead,
            disciplines=["administration", "instruction"],
        )
        case_opening.join(actor=lead, case=case, person=second, disciplines=["counseling", "mental_health"])
        student_identity.confirm_student(
            actor=lead, case=case, student=child.student, compared=["student_id", "birth_date"]
        )
        state_transitions.advance(actor=lead, case=case, to=State.SCREENING)
        for person in (lead, second):
            screening.screen(
                actor=person,
                case=case,
                weapon="no",
                target="no",
                whereabouts="yes",
                self_harm="no",
                view="unfounded",
                note="Explained in class.",
            )
    with clock_at(at + timedelta(days=1)):
        closure = case_closing.ask_to_close(
            actor=lead,
            case=case,
            reason="unfounded",
            text="The drawing was for a story. The teacher knew it.",
        )
        case_closing.answer_closing(
            actor=second, case=case, closure=closure, agree=True, text="I talked with the student and agree."
        )


def _import(sample: SampleDistrict, district: Organization, kind: str, lines: list[str]) -> None:
    officer = _person(sample, district, Role.ADMINISTRATOR)
    source = importing.send(actor=officer, district=district, kind=kind, text="\n".join(lines))
    importing.use(actor=officer, source=source)


def _enrolment(year: Period) -> Iterator[str]:
    """Each school's students, once in each field."""
    schools = next(schools for (_name, slug, *_more), schools in DISTRICTS if slug == DISTRICT)
    for _name, slug, level, count in schools:
        for axis, groups in (
            ("race", SHARES),
            ("disability", {"idea": 14, "section_504": 5, "neither": 81}),
            ("english_learner", {"learner": 12, "not_learner": 88}),
            ("gender", {"female": 48, "male": 51, "another": 1}),
            ("grade", dict.fromkeys(GRADES[level], 100 // len(GRADES[level]))),
        ):
            left = count
            for group, share in list(groups.items())[1:]:
                part = count * share // 100
                left -= part
                yield f"{slug},{year.key},{axis},{group},{part}"
            yield f"{slug},{year.key},{axis},{next(iter(groups))},{left}"
