"""Whose alerts are known to arrive, of the people whom a district's calendars name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from security_center.foundation.notifications import queries as notifications
from security_center.foundation.notifications.models import TestAlert
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.prevention import queries as prevention

from .set_up import desks_of


@dataclass(frozen=True)
class AlertLine:
    """Whether one person's alerts arrive."""

    person: Person
    desks: list[Organization]
    sent: TestAlert | None
    confirmed: TestAlert | None
    counts: bool  # confirmed in the last 120 days
    needed: bool  # a form stays closed without it


@dataclass(frozen=True)
class AlertPeople:
    """Everybody whom the calendars name, then those whom an alert climbs to: who has something to prove
    stands first."""

    ordered: list[Person]
    desks: dict[int, list[Organization]]  # by person, where the calendars name them
    unproved: set[int]
    by_screen: set[int]  # proved it before there was a mail server

    @property
    def waiting(self) -> list[Person]:
        return [person for person in self.ordered if person.pk in self.unproved | self.by_screen]


def alert_people(district: Organization) -> AlertPeople:
    desks_by_person: dict[int, list[Organization]] = {}
    people: dict[int, Person] = {}
    desks = desks_of(district)
    calendars = prevention.readers_in_calendars(desks)
    for desk in desks:
        for person in calendars[desk.pk]:
            people[person.pk] = person
            desks_by_person.setdefault(person.pk, []).append(desk)
    upward = (Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT)
    for person in organizations.people_with_any_role(district, upward, include_above=True):
        people.setdefault(person.pk, person)
    unproved = {person.pk for person in notifications.unconfirmed(people.values())}
    ordered = sorted(
        people.values(),
        key=lambda person: (
            person.pk not in desks_by_person,
            person.pk not in unproved,
            person.name,
            person.pk,
        ),
    )
    by_screen: set[int] = set()
    if notifications.alerts_leave():
        by_screen = {
            person.pk for person in notifications.proved_by_screen_only(Person.objects.filter(pk__in=people))
        }
    return AlertPeople(ordered, desks_by_person, unproved, by_screen)


def alert_lines(people: AlertPeople, shown: Iterable[Person]) -> list[AlertLine]:
    """One query for those shown."""
    some = list(shown)
    alerts = notifications.alerts_of(some)
    lines = []
    for person in some:
        sent, confirmed = alerts.get(person.pk, (None, None))
        desks = people.desks.get(person.pk, [])
        lines.append(AlertLine(person, desks, sent, confirmed, person.pk not in people.unproved, bool(desks)))
    return lines
