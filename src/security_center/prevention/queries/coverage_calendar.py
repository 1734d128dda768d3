"""What others may read of the calendar: who reads at a desk, when, and where nobody does."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.ledger.queries import things_to_which
from security_center.foundation.notifications.queries import sent_test_alert_within, unconfirmed
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has, remember

from .. import coverage
from ..models import Absence, CoverageShift

# Then a new one is asked for: a form that shuts by itself on day 121 is found out by a reporter.
DAYS_BEFORE_REMINDER = 100
DAYS_BETWEEN_REMINDERS = 7
DAYS_LOOKED_AHEAD = 14
FEW = 20
OF_A_SHIFT = tuple(one.name for one in fields(coverage.Shift))
FILLED = ("coverage.set", "coverage.added")  # verbs of the ledger


def shifts_at(
    organizations: Iterable[Organization],
) -> tuple[dict[int, list[coverage.Shift]], dict[int, Person]]:
    """The shifts of each desk by its id, and the people in them: active people who may read there, since a
    shift of somebody who lost the role is no coverage. Two queries, however many desks, people and hours."""
    places = {place.pk: place for place in organizations}
    stored = CoverageShift.objects.filter(organization__in=places, person__is_active=True)
    if len(places) > FEW:  # one object for each person, and none for a shift: a state has a hundred thousand
        named = stored.values_list("organization_id", *OF_A_SHIFT)
        rows = [(place, coverage.Shift(*facts)) for place, *facts in named]
        people = Person.objects.in_bulk({shift.person_id for _place, shift in rows})
    else:
        rows, people = [], {}
        for row in stored.select_related("person"):
            people[row.person_id] = row.person
            shift = coverage.Shift(*(getattr(row, name) for name in OF_A_SHIFT))
            rows.append((row.organization_id, shift))
    remember(people.values())
    pairs = {(place, shift.person_id) for place, shift in rows}
    may_read = {
        (place, person)
        for place, person in pairs
        if has(people[person], Permission.REPORT_READ, places[place])
    }
    found: dict[int, list[coverage.Shift]] = {pk: [] for pk in places}
    for place, shift in rows:
        if (place, shift.person_id) in may_read:
            found[place].append(shift)
    return found, people


def _absences(person_ids: set[int], until_after: datetime) -> list[coverage.Away]:
    rows = Absence.objects.filter(person_id__in=person_ids, ends_at__gt=until_after)
    return [coverage.Away(row.person_id, row.starts_at, row.ends_at) for row in rows]


def readers_on_duty(organization: Organization, at: datetime) -> list[Person]:
    """Readers at `at`, first reader first."""
    return readers_on_duty_at([organization], at)[organization.pk]


def readers_on_duty_at(organizations: Collection[Organization], at: datetime) -> dict[int, list[Person]]:
    """The same for each of several desks, by id. Four queries."""
    places = {place.pk: place for place in organizations}
    shifts, people = shifts_at(places.values())
    absences = _absences({shift.person_id for of_desk in shifts.values() for shift in of_desk}, at)
    return {
        pk: [people[reader] for reader in coverage.readers_at(of_desk, absences, at, places[pk].zone)]
        for pk, of_desk in shifts.items()
    }


def coverage_from(
    organization: Organization, at: datetime, days: int
) -> tuple[list[Person], list[coverage.Stretch]]:
    """Readers at `at`, first reader first, and the covered stretches of the `days` that follow, from one
    reading of the calendar."""
    shifts, people = shifts_at([organization])
    of_desk, zone = shifts[organization.pk], organization.zone
    absences = _absences({shift.person_id for shift in of_desk}, at)
    readers = [people[pk] for pk in coverage.readers_at(of_desk, absences, at, zone)]
    return readers, coverage.covered(of_desk, absences, at, at + timedelta(days=days), zone)


def readers_to_remind(organizations: Collection[Organization]) -> list[Person]:
    """Those in the calendars of these desks whose proof runs out soon, ran out or never was, and who got no
    test alert in the last days."""
    named = people_in_calendars(Organization.objects.filter(pk__in=[place.pk for place in organizations]))
    people = unconfirmed(named, DAYS_BEFORE_REMINDER)
    sent = set(sent_test_alert_within(people, DAYS_BETWEEN_REMINDERS))
    return [person for person in people if person.pk not in sent]


def readers_in_calendar(organization: Organization) -> list[Person]:
    """Everybody whom the calendar names and who may read, in order of first position."""
    return readers_in_calendars([organization])[organization.pk]


def readers_in_calendars(organizations: Iterable[Organization]) -> dict[int, list[Person]]:
    """The same for each of several desks, by id. Three queries, which read a row for each person and desk,
    not one for each hour."""
    places = {place.pk: place for place in organizations}
    shifts = CoverageShift.objects.filter(organization__in=places, person__is_active=True)
    rows = shifts.values("organization", "person").annotate(first=Min("position"))
    named = list(rows.order_by("first", "person").values_list("organization", "person"))
    people = Person.objects.in_bulk({person for _place, person in named})
    remember(people.values())
    found: dict[int, list[Person]] = {pk: [] for pk in places}
    for place, person in named:
        if has(people[person], Permission.REPORT_READ, places[place]):
            found[place].append(people[person])
    return found


def desks_with_a_calendar(organizations: QuerySet[Organization]) -> set[int]:
    """Ids of those whose calendar names anybody."""
    named = CoverageShift.objects.filter(organization=OuterRef("pk"))
    return set(organizations.order_by().filter(Exists(named)).values_list("pk", flat=True))


def desks_that_had_a_calendar(organizations: QuerySet[Organization]) -> set[int]:
    """Ids of those whose calendar names somebody now or did once: whoever empties it does not make the desk
    one that never worked."""
    ids = {f"organization:{pk}": pk for pk in organizations.order_by().values_list("pk", flat=True)}
    return desks_with_a_calendar(organizations) | {ids[thing] for thing in things_to_which(ids, FILLED)}


def people_in_calendars(organizations: QuerySet[Organization]) -> QuerySet[Person]:
    """Everybody whom the calendars of these desks name, by name; for lists that need no order of reading."""
    places = organizations.order_by().values("pk")
    named = CoverageShift.objects.filter(person=OuterRef("pk"), organization__in=places)
    return Person.objects.filter(Exists(named), is_active=True).order_by("name", "pk")


def coverage_gaps_at(
    organizations: Iterable[Organization], start: datetime | None = None, days: int = DAYS_LOOKED_AHEAD
) -> dict[int, list[coverage.Stretch]]:
    """The stretches of the next days in which nobody reads, of each desk, by id. Three queries."""
    places, at = {place.pk: place for place in organizations}, start or now()
    end = at + timedelta(days=days)
    shifts, _people = shifts_at(places.values())
    absences = _absences({shift.person_id for of_desk in shifts.values() for shift in of_desk}, at)
    return {
        pk: coverage.gaps(coverage.covered(of_desk, absences, at, end, places[pk].zone), at, end)
        for pk, of_desk in shifts.items()
    }


def windows_to_publish(organizations: Collection[Organization]) -> dict[int, list[list[str]]]:
    """The covered stretches of the next days of each desk, as the public page reads them. They begin and end
    with a day, so that they are the same until the day or the calendar is another."""
    places = {place.pk: place for place in organizations}
    start = (now() - timedelta(hours=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    shifts, _people = shifts_at(places.values())
    absences = _absences({shift.person_id for of_desk in shifts.values() for shift in of_desk}, start)
    found = {}
    for pk, of_desk in shifts.items():
        readers = {shift.person_id for shift in of_desk}
        away = tuple(absence for absence in absences if absence.person_id in readers)
        found[pk] = coverage.windows(tuple(of_desk), away, start, DAYS_LOOKED_AHEAD + 2, places[pk].zone)
    return found


def desks_of_reader(person: Person) -> list[Organization]:
    """Active ones whose calendar names the person."""
    named = Organization.objects.filter(
        active=True, pk__in=CoverageShift.objects.filter(person=person).values("organization")
    )
    return list(named.select_related("parent", "parent__parent"))
