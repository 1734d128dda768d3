"""What the pages of plan and calendar show: rows that a template only has to lay out. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.queries import (
    NewReader,
    new_readers,
    people_with_any_role,
    people_with_any_role_at,
)
from security_center.foundation.wording import moment_in_words

from . import coverage, queries, wording
from .models import Absence, CoverageShift, Holiday, Plan, PublishedForm

READING = roles_with(Permission.REPORT_READ)
JOINING = roles_with(Permission.CASE_JOIN)
LIST_DAYS = 7
WORDS = ("words", "own_words", "step_revisions")  # of a plan: long, and no list shows them


def possible_readers(organization: Organization) -> list[Person]:
    """Who may stand in the calendar of this desk: people of its own first, then the district's, each in the
    order of the roles."""
    return possible_readers_at([organization])[organization.pk]


def possible_readers_at(organizations: Iterable[Organization]) -> dict[int, list[Person]]:
    """The same for each of several desks, which come with their parents, by id. Two queries."""
    places = list(organizations)
    own, above = (
        people_with_any_role_at(places, READING),
        people_with_any_role_at(places, READING, include_above=True),
    )
    return {
        place.pk: list({person.pk: person for person in [*own[place.pk], *above[place.pk]]}.values())
        for place in places
    }


def possible_members(organization: Organization) -> list[Person]:
    """Who may be named for the team of the plan: people of its own first, then the district's."""
    own, above = (
        people_with_any_role(organization, JOINING),
        people_with_any_role(organization, JOINING, include_above=True),
    )
    return list({person.pk: person for person in [*own, *above]}.values())


def suggested_readers(organization: Organization) -> list[Person]:
    """Whom a first calendar begins with: the desk's own people, at most three; where it has none, the
    district's."""
    return (people_with_any_role(organization, READING) or possible_readers(organization))[:3]


def suggested_readers_at(organizations: Iterable[Organization]) -> dict[int, list[Person]]:
    """The same for each of several desks, by id."""
    places = list(organizations)
    own, possible = people_with_any_role_at(places, READING), possible_readers_at(places)
    return {place.pk: (own[place.pk] or possible[place.pk])[:3] for place in places}


@dataclass(frozen=True)
class ShiftLine:
    id: int
    person: Person
    position: int
    counts: bool  # False: this person may not read here any more, so the shift covers nothing


@dataclass(frozen=True)
class Block:
    """The same hours of one day: who reads then, in the order in which they are alerted."""

    start: str
    end: str
    lines: list[ShiftLine]


@dataclass(frozen=True)
class Day:
    number: int
    name: str
    blocks: list[Block]


@dataclass(frozen=True)
class CalendarPage:
    organization: Organization
    days: list[Day]
    gap: str
    on_duty: list[Person]
    form: queries.FormState
    holidays: list[Holiday]
    absences: list[tuple[Absence, str, str]]
    alternate: Person | None
    readers: list[Person]
    new_readers: list[NewReader]
    is_empty: bool = False


def calendar_page(organization: Organization) -> CalendarPage:
    readers = possible_readers(organization)
    may_read = {person.pk for person in readers}
    rows = (
        CoverageShift.objects.filter(organization=organization)
        .select_related("person")
        .order_by("weekday", "starts_minute", "position", "pk")
    )
    by_day: dict[int, dict[tuple[int, int], Block]] = {day: {} for day in range(7)}
    for row in rows:
        counts = row.person.is_active and (
            row.person_id in may_read or has(row.person, Permission.REPORT_READ, organization)
        )
        hours = (row.starts_minute, row.ends_minute)
        block = by_day[row.weekday].setdefault(
            hours, Block(clock_in_words(hours[0]), clock_in_words(hours[1]), [])
        )
        block.lines.append(ShiftLine(row.pk, row.person, row.position, counts))
    return CalendarPage(
        organization,
        [Day(day, str(WEEKDAYS[day]), list(blocks.values())) for day, blocks in by_day.items()],
        gap_sentence(organization),
        queries.readers_on_duty(organization, now()),
        queries.form_state(organization),
        list(holidays_of(organization)),
        _absences(organization, may_read),
        queries.alternate_of(organization),
        readers,
        new_readers(organization),
        not any(by_day.values()),
    )


def clock_in_words(minute: int) -> str:
    if minute in {0, 1440}:
        return _("midnight")
    return str(formats.time_format(time(minute // 60, minute % 60), "TIME_FORMAT"))


def gap_sentence(organization: Organization) -> str:
    """ "" when somebody reads at every hour of the next days."""
    return gap_sentences([organization])[organization.pk]


def gap_sentences(organizations: Iterable[Organization]) -> dict[int, str]:
    """The same for each of several desks, by id. Three queries."""
    places = list(organizations)
    gaps = queries.coverage_gaps_at(places)
    return {
        place.pk: wording.gaps_in_words(gaps[place.pk], place, queries.DAYS_LOOKED_AHEAD) for place in places
    }


def holidays_of(organization: Organization) -> QuerySet[Holiday]:
    """Days without school from today on, those of the district included."""
    today = organization.today()
    above = [place.pk for place in organization.line()]
    return (
        Holiday.objects.filter(organization__in=above, last_day__gte=today)
        .select_related("organization")
        .order_by("first_day", "pk")
    )


def holiday_at(organization: Organization, pk: int) -> Holiday | None:
    return Holiday.objects.filter(organization=organization, pk=pk).select_related("organization").first()


def _absences(organization: Organization, person_ids: Iterable[int]) -> list[tuple[Absence, str, str]]:
    rows = (
        Absence.objects.filter(person__in=list(person_ids), ends_at__gt=now())
        .select_related("person")
        .order_by("starts_at", "pk")
    )
    return [
        (row, moment_in_words(row.starts_at, organization), moment_in_words(row.ends_at, organization))
        for row in rows[:100]
    ]


def absence_at(organization: Organization, pk: int) -> Absence | None:
    """The absence of somebody who may read at this desk."""
    row = Absence.objects.filter(pk=pk).select_related("person").first()
    return row if row is not None and has(row.person, Permission.REPORT_READ, organization) else None


# --- desks side by side
# ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeskLine:
    organization: Organization
    plan: Plan | None
    inherited: bool
    gap: str
    open: bool
    closed_because: list[str]  # codes, see wording.missing_in_words


@dataclass(frozen=True)
class Published:
    """What the worker last published of many desks, by their ids; it is at most a minute old."""

    open: set[int]
    gap: set[int]  # open, and in the next days there are hours in which nobody reads
    closed_because: dict[int, str]  # of the closed ones: a code, or "" for one that does not take part

    def why_closed(self, desk: int) -> str:
        """The code, see wording.missing_in_words. Of a desk that was never published nothing is adopted."""
        return self.closed_because.get(desk, "no_plan") or "not_active"


def published(organizations: QuerySet[Organization]) -> Published:
    """One query, however many desks."""
    rows = PublishedForm.objects.filter(organization__in=organizations.order_by().values("pk"))
    found = Published(set(), set(), {})
    start = now()
    for pk, is_open, because, windows in rows.values_list(
        "organization_id", "open", "closed_because", "windows"
    ):
        if is_open:
            found.open.add(pk)
            if _gaps(windows, start):
                found.gap.add(pk)
        else:
            found.closed_because[pk] = because
    return found


def _gaps(windows: list[list[str]], start: datetime) -> list[coverage.Stretch]:
    end = start + timedelta(days=LIST_DAYS)
    stretches = [coverage.Stretch(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in windows]
    return coverage.gaps(
        [one for one in stretches if one.ends_at > start and one.starts_at < end], start, end
    )


def desk_lines(organizations: Iterable[Organization], *, plans: bool = True) -> list[DeskLine]:
    """One line for each desk: which plan it works by (with `plans`), where nobody reads, whether its form is
    open. Two queries, however many desks: it reads what is published, which is at most a minute old.
    `organizations` come with their parents."""
    places = list(organizations)
    rows = {row.organization_id: row for row in PublishedForm.objects.filter(organization__in=places)}
    above = {place.pk for one in places for place in one.line()}
    adopted = (
        Plan.objects.filter(organization__in=above, state=Plan.State.ADOPTED).defer(*WORDS) if plans else ()
    )
    in_force = {plan.organization_id: plan for plan in adopted}
    start, found = now(), []
    for place in places:
        plan = next((in_force[one.pk] for one in place.line() if one.pk in in_force), None)
        row = rows.get(place.pk)
        # What is published is empty while a form is closed: nobody is promised anything there.
        closed = (
            [row.closed_because]
            if row is not None and row.closed_because
            else ["no_plan"]
            if row is None
            else []
        )
        gap = (
            wording.gaps_in_words(_gaps(row.windows, start), place, LIST_DAYS, most=2)
            if row is not None and row.open
            else ""
        )
        found.append(
            DeskLine(
                place,
                plan,
                plan is not None and plan.organization_id != place.pk,
                gap,
                row is not None and row.open,
                closed,
            )
        )
    return found
