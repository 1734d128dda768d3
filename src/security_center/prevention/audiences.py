"""Turns the audiences of a ladder into people, at the moment of the step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from security_center.foundation.duties import audiences as duty_audiences
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_any_role

from . import ladders, queries
from .models import Absence

UPWARD = {
    ladders.DISTRICT_ON_CALL: [Role.DISTRICT_ON_CALL],
    ladders.DISTRICT: [Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD],
    ladders.SUPERINTENDENT: [Role.SUPERINTENDENT],
    ladders.EVERYONE: [Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT],
}


def _on_duty(organization: Organization, _thing: str, at: datetime) -> list[Person]:
    return queries.readers_on_duty(organization, at)


def _desk(organization: Organization, _thing: str, at: datetime) -> list[Person]:
    return queries.readers_on_duty(organization, at) or queries.readers_in_calendar(organization)


def _upward(name: str, organization: Organization, _thing: str, _at: datetime) -> list[Person]:
    people = people_with_any_role(organization.district, UPWARD[name], include_above=True)
    return [*queries.readers_in_calendar(organization), *people] if name == ladders.EVERYONE else people


def _alternate(organization: Organization, _thing: str, _at: datetime) -> list[Person]:
    """When a conflict keeps out everybody whom the district has, its named alternate is told: a report about the top has to end in a person too."""
    alternate = queries.alternate_of(organization.district)
    return [alternate] if alternate is not None else []


def _away(people: Iterable[int], at: datetime) -> set[int]:
    return set(Absence.objects.filter(person__in=people, starts_at__lte=at, ends_at__gt=at).values_list("person_id", flat=True))


def register_all() -> None:
    at_the_desk: dict[str, Callable[[Organization, str, datetime], list[Person]]] = {
        ladders.READER: _on_duty,
        ladders.CALENDAR_READER: _desk,
        ladders.DESK: _desk,
    }
    for name, resolver in at_the_desk.items():
        duty_audiences.register(name, resolver)
    for name in UPWARD:
        duty_audiences.register(name, partial(_upward, name), otherwise=_alternate)
    duty_audiences.tell_who_is_away(_away)
