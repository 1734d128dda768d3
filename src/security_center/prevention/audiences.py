"""Turns the audiences of a ladder into people, at the moment of the step."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial

from security_center.foundation.duties import audiences as duty_audiences
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_any_role_at

from . import ladders, queries
from .models import Absence

UPWARD = {
    ladders.DISTRICT_ON_CALL: [Role.DISTRICT_ON_CALL],
    ladders.DISTRICT: [Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD],
    ladders.SUPERINTENDENT: [Role.SUPERINTENDENT],
    ladders.EVERYONE: [Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT],
}


def _desks(organizations: Collection[Organization], at: datetime) -> dict[int, list[Person]]:
    on_duty = queries.readers_on_duty_at(organizations, at)
    named = queries.readers_in_calendars([place for place in organizations if not on_duty[place.pk]])
    return {**on_duty, **named}


def _upward(name: str, organizations: Collection[Organization], _at: datetime) -> dict[int, list[Person]]:
    people = people_with_any_role_at(
        {place.district.pk: place.district for place in organizations}.values(),
        UPWARD[name],
        include_above=True,
    )
    readers = queries.readers_in_calendars(organizations) if name == ladders.EVERYONE else {}
    return {place.pk: [*readers.get(place.pk, []), *people[place.district.pk]] for place in organizations}


def _alternate(organization: Organization, _thing: str, _at: datetime) -> list[Person]:
    """When a conflict keeps out everybody whom the district has, its named alternate is told: a report about
    the top has to end in a person too."""
    alternate = queries.alternate_of(organization.district)
    return [alternate] if alternate is not None else []


def _away(people: Iterable[int], at: datetime) -> set[int]:
    return set(
        Absence.objects.filter(person__in=people, starts_at__lte=at, ends_at__gt=at).values_list(
            "person_id", flat=True
        )
    )


def register_all() -> None:
    duty_audiences.register_of_places(ladders.READER, queries.readers_on_duty_at)
    for name in (ladders.CALENDAR_READER, ladders.DESK):
        duty_audiences.register_of_places(name, _desks)
    for name in UPWARD:
        duty_audiences.register_of_places(name, partial(_upward, name), otherwise=_alternate)
    duty_audiences.tell_who_is_away(_away)
