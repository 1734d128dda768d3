"""What the pages of meetings read: an agenda out of the open cases, who was there, what was decided. A reader
of the agenda sees of each case what they may know: its team everything that is asked next, those who oversee
it number, state and clock, everybody else nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about_any
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.policies import held, organizations_with, remember, roles_at
from security_center.foundation.organizations.queries import people_with_any_role, schools_of
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention.queries import adopted_plan, rules_at
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.gate_rules import OFFICERS
from security_center.threat_assessment.models import Action, Case
from security_center.threat_assessment.queries.list import open_cases_of, visible_to
from security_center.threat_assessment.queries.record_rows import open_steps_in
from security_center.threat_assessment.queries.team import (
    cases_of_member,
    disciplines_of_member,
    disciplines_on_teams,
)
from security_center.threat_assessment.team_audience import OF_THE_SCHOOL

from .meeting_rhythm import due_at
from .models import Attendance, Decision, Discussed, Meeting, Rhythm

MOST_CASES = 200
MOST_PLACES = 400
PAST_SHOWN = 24
# Whose duty it is that the team meets, nearest first.
LEADS = (Role.TEAM_LEAD, Role.PRINCIPAL, Role.DISTRICT_SAFETY_LEAD)
SOON = timedelta(days=14)
_TEAM_ROLES = roles_with(Permission.CASE_JOIN)


class MeetingUnknown(LookupError):
    """No meeting that this person may know of."""


# --- places and people
# -----------------------------------------------------------------------------------------------


def places_to_meet_at(person: Person, permission: Permission = Permission.MEETING_VIEW) -> list[Organization]:
    found = organizations_with(person, permission).filter(active=True).exclude(kind=Organization.Kind.STATE)
    return list(found.select_related("parent__parent").order_by("kind", "name")[:MOST_PLACES])


def team_at(place: Organization, *, own: bool = False) -> list[Person]:
    """Everybody whose role has a place on a team here; `own`: without those who work above it."""
    return people_with_any_role(place, _TEAM_ROLES, include_above=not own)


def leads_of(place: Organization) -> list[Person]:
    return people_with_any_role(place, LEADS, include_above=True)


def usual_disciplines_of(people: Iterable[Person], place: Organization) -> dict[int, list[str]]:
    """What each brings without anybody typing it: by their roles, and by what they stand for on open cases
    here."""
    known, named = doctrine.expertise(), disciplines_on_teams(open_cases_of(place))
    found, people = {}, list(people)
    remember(people)
    for person in people:
        roles = roles_at(person, place)
        brings = named[person.pk] | {
            one.key for one in known.values() if not one.named and roles & set(one.roles)
        }
        found[person.pk] = [key for key in known if key in brings]
    return found


# --- when
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    every: str
    at: datetime
    last: datetime | None


def rhythm_of(place: Organization) -> Rhythm | None:
    return Rhythm.objects.filter(place=place).first()


def last_held(place: Organization) -> datetime | None:
    found = (
        Meeting.objects.filter(place=place, state=Meeting.State.HELD)
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)
    )
    return found.first()


def next_due(place: Organization) -> Owed | None:
    """By when the team has to have met; None where it need not: no plan is adopted, or the district's team
    meets for it."""
    rhythm = rhythm_of(place)
    if (
        not place.active
        or place.kind == Organization.Kind.STATE
        or (rhythm is not None and rhythm.with_district)
    ):
        return None
    if place.kind == Organization.Kind.DISTRICT and rhythm is None and not _met_for(place).exists():
        return None
    if adopted_plan(place) is None:
        return None
    zone, every = place.zone, rhythm.every if rhythm is not None else Rhythm.Every.MONTH
    last = last_held(place)
    day = last.astimezone(zone).date() if last is not None else None
    return Owed(every, due_at(every, day, now().astimezone(zone).date(), zone), last)


def places_met_for(place: Organization) -> list[Organization]:
    """Whose meeting it is: the place's own, and at a district also that of the schools which leave it to the
    district."""
    if place.kind != Organization.Kind.DISTRICT:
        return [place]
    return [place, *schools_of(place).filter(pk__in=_met_for(place).values("place"))]


def _met_for(district: Organization) -> QuerySet[Rhythm]:
    return Rhythm.objects.filter(district=district, with_district=True)


# --- meetings
# --------------------------------------------------------------------------------------------------------


def visible_meetings(person: Person) -> QuerySet[Meeting]:
    """Without those whose time was over: of them nothing is left to read."""
    places = organizations_with(person, Permission.MEETING_VIEW).values("pk")
    rows = Meeting.objects.filter(place__in=places, ended_at__isnull=True)
    return rows.select_related("place__parent__parent", "district", "called_by", "settled_by")


def known_meeting(person: Person, pk: UUID) -> Meeting:
    """Raises MeetingUnknown: another district's meeting is not there."""
    found = visible_meetings(person).filter(uuid=pk).first()
    if found is None:
        raise MeetingUnknown(pk)
    return found


@dataclass(frozen=True)
class MeetingList:
    planned: list[Meeting]
    past: list[Meeting]


def meetings_at(person: Person, place: Organization) -> MeetingList:
    rows = visible_meetings(person).filter(place=place)
    planned = list(rows.filter(state=Meeting.State.PLANNED).order_by("starts_at", "pk")[:PAST_SHOWN])
    return MeetingList(
        planned, list(rows.exclude(state=Meeting.State.PLANNED).order_by("-starts_at", "-pk")[:PAST_SHOWN])
    )


# --- the agenda
# ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgendaCase:
    """A case as this reader may know it. Of a case that is not theirs `asked` and `steps` are empty."""

    case: Case
    mine: bool
    asked: list[Duty]
    steps: list[Action]
    noted: bool


@dataclass(frozen=True)
class Agenda:
    cases: list[AgendaCase]
    practice: list[AgendaCase]
    decisions: list[Decision]
    more: bool


def agenda(person: Person, place: Organization, meeting: Meeting | None = None) -> Agenda:
    """What there is to speak about, out of the open cases: what each asks next, who owes it and what is late;
    decisions of before that are open. A fixed number of queries."""
    at, today = now(), place.today()
    seen = list(
        visible_to(person)
        .filter(pk__in=open_cases_of(place).order_by())
        .select_related("school", "lead", "plan_version")
        .order_by("state_due", "pk")[: MOST_CASES + 1]
    )
    cases = seen[:MOST_CASES]
    mine = disciplines_of_member(person, cases)
    duties: defaultdict[str, list[Duty]] = defaultdict(list)
    officer_of = (
        {case.thing for case in cases if OFFICERS & set(mine.get(case.pk, ()))}
        if not _is_officer(person)
        else {case.thing for case in cases}
    )
    for duty in open_about_any([case.thing for case in cases if case.pk in mine]):
        # an officer hears nothing of the school's records (threat-assessment.md 10)
        if duty.thing not in officer_of or duty.kind not in OF_THE_SCHOOL:
            duties[duty.thing].append(duty)
    steps: defaultdict[int, list[Action]] = defaultdict(list)
    near = Q(daily=True) | Q(due_on__lte=today + SOON)
    for action in open_steps_in(list(mine)).filter(near):
        steps[action.plan.case_id].append(action)
    noted = (
        set(Discussed.objects.filter(meeting=meeting, note__isnull=False).values_list("case_id", flat=True))
        if meeting is not None
        else set()
    )
    lines = [
        AgendaCase(case, case.pk in mine, duties[case.thing], steps[case.pk], case.pk in noted)
        for case in cases
    ]
    lines.sort(key=lambda line: not line.case.is_late(at))
    open_ones = _readable_decisions(
        person, Decision.objects.filter(meeting__place=place, state=Decision.State.OPEN)
    )
    if meeting is not None:
        open_ones = open_ones.exclude(meeting=meeting)
    real = [line for line in lines if not line.case.practice]
    return Agenda(
        real,
        [line for line in lines if line.case.practice],
        list(open_ones[:MOST_CASES]),
        len(seen) > MOST_CASES,
    )


def _is_officer(person: Person) -> bool:
    return any(assignment.role == Role.SRO for assignment in held(person))


def _readable_decisions(person: Person, rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Those about no case, and those about cases of which the person is a member."""
    found = rows.filter(Q(case__isnull=True) | Q(case__in=cases_of_member(person)))
    return found.select_related(
        "meeting__place__parent__parent", "meeting__district", "case__school", "owner", "settled_by"
    ).order_by("due_on", "pk")


def known_decision(person: Person, meeting: UUID, pk: UUID) -> Decision:
    """About a case, its team's, also where the meeting was another school's: the case has gone on since. Else
    whoever's who may know of the meeting. Raises MeetingUnknown."""
    found = (
        _readable_decisions(person, Decision.objects.filter(meeting__uuid=meeting)).filter(uuid=pk).first()
    )
    if found is None or (found.case is None and not knows_meeting(person, found.meeting)):
        raise MeetingUnknown(pk)
    return found


def knows_meeting(person: Person, meeting: Meeting) -> bool:
    return visible_meetings(person).filter(pk=meeting.pk).exists()


# --- one meeting
# -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quorum:
    """Which of the disciplines that the plan's rules name were there. Said in words, never as a share."""

    there: list[str]
    missing: list[str]


class MeetingPage:
    """A meeting as this person reads it. Its minutes are opened with the record at hand; texts about cases
    stay on the cases' own pages."""

    def __init__(self, person: Person, meeting: Meeting, opened: OpenRecord) -> None:
        self.person, self.meeting, self.opened = person, meeting, opened

    @cached_property
    def text(self) -> dict[str, str]:
        return shown_all(self.opened, self.meeting, ("minutes", "others_present", "reason"))

    @cached_property
    def attendance(self) -> list[Attendance]:
        return list(
            Attendance.objects.filter(meeting=self.meeting)
            .select_related("person")
            .order_by("person__name", "pk")
        )

    @cached_property
    def quorum(self) -> Quorum:
        brought = {key for row in self.attendance for key in row.disciplines}
        known = doctrine.expertise()
        missing = [key for key in wanted_disciplines(self.meeting.place) if key not in brought]
        return Quorum(
            [str(known[key].label) for key in known if key in brought],
            [str(known[key].label) for key in missing],
        )

    @cached_property
    def agenda(self) -> Agenda:
        return agenda(self.person, self.meeting.place, self.meeting)

    @cached_property
    def discussed(self) -> list[tuple[Discussed, bool]]:
        """The cases as they stood, of those that the person may know of; and whether the person reads what
        was noted."""
        rows = Discussed.objects.filter(
            meeting=self.meeting, case__in=visible_to(self.person).order_by()
        ).select_related("case__school", "case__lead")
        found = list(rows.order_by("-late", "pk")[:MOST_CASES])
        mine = disciplines_of_member(self.person, [row.case for row in found])
        return [(row, row.case_id in mine) for row in found]

    @cached_property
    def decisions(self) -> list[tuple[Decision, str]]:
        """What was decided here; the text of those about no case."""
        rows = list(_readable_decisions(self.person, Decision.objects.filter(meeting=self.meeting)))
        return [(row, self.opened_text(row) if row.case_id is None else "") for row in rows]

    def opened_text(self, row: Decision) -> str:
        return shown_all(self.opened, row, ("what",))["what"]


def wanted_disciplines(place: Organization) -> list[str]:
    """Those that the rule set names; an officer counts where there is one."""
    required = rules_at(place).rule_set.required
    officer = bool(people_with_any_role(place, [Role.SRO]))
    return [
        one.expertise for one in required if one.when == "always" or (one.when == "if_employed" and officer)
    ]


def about_case(meeting: Meeting, case: Case, opened: OpenRecord) -> tuple[str, int, list[OpenedRow]]:
    """What was noted of the case at this meeting with its version (0: nothing), and what was decided about
    it. `opened`: the case's record."""
    row = Discussed.objects.filter(meeting=meeting, case=case).first()
    note = shown_all(opened, row, ("note",))["note"] if row is not None else ""
    rows = (
        Decision.objects.filter(meeting=meeting, case=case).select_related("owner", "meeting").order_by("pk")
    )
    return note, row.version if row is not None else 0, open_rows(opened, rows, "what", "outcome")
