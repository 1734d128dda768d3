"""Turns the audiences of a ladder into people, at the moment of the step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from security_center.foundation.duties import audiences as duty_audiences
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_any_role

from . import ladders, queries

# Given the thing of a duty, ids of people whom it must not reach. Rooms above register theirs: only they know what their things are about.
KeptOut = Callable[[str], set[int]]
_kept_out: list[KeptOut] = []
POSITIONS = 6
UPWARD = {
    ladders.DISTRICT_ON_CALL: [Role.DISTRICT_ON_CALL],
    ladders.DISTRICT: [Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD],
    ladders.SUPERINTENDENT: [Role.SUPERINTENDENT],
    ladders.EVERYONE: [Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT],
}


def keep_out(rule: KeptOut) -> KeptOut:
    """Register a rule of who must not be told of a thing. Called in a room's AppConfig.ready()."""
    if rule not in _kept_out:
        _kept_out.append(rule)
    return rule


def _people(name: str, organization: Organization, at: datetime) -> list[Person]:
    base = name.partition(":")[0]
    if base == ladders.READER:
        return queries.readers_on_duty(organization, at)
    if base in {ladders.CALENDAR_READER, ladders.DESK}:
        return queries.readers_on_duty(organization, at) or queries.readers_in_calendar(organization)
    people = people_with_any_role(organization.district, UPWARD[base], include_above=True)
    if base == ladders.EVERYONE:
        people = [*queries.readers_in_calendar(organization), *people]
    return people


def resolve(name: str, organization: Organization, thing: str, at: datetime) -> list[Person]:
    """People of the audience `name` (see `ladders`) for the desk of `organization`, without those whom a conflict keeps from `thing`.

    When a conflict keeps out everybody whom the district has, its named alternate is told: a report about the top has to end in a person too.
    """
    kept_out = set().union(*(rule(thing) for rule in _kept_out)) if _kept_out else set()
    left = list({person.pk: person for person in _people(name, organization, at) if person.pk not in kept_out}.values())
    _base, _, number = name.partition(":")
    if number:
        return left[int(number) - 1 : int(number)]
    if not left and name in UPWARD:
        alternate = queries.alternate_of(organization.district)
        return [alternate] if alternate is not None and alternate.pk not in kept_out else []
    return left


def register_all() -> None:
    names = [f"{base}:{position}" for base in (ladders.READER, ladders.CALENDAR_READER) for position in range(1, POSITIONS + 1)]
    for name in [*names, ladders.DESK, *UPWARD]:
        duty_audiences.register(name, partial(resolve, name))
