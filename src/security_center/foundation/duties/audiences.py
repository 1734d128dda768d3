"""Who is told at a rung. Rooms above register a resolver by name; a ladder holds names only, resolved at the moment of the step.

Always there: "holder" (the person who holds the duty) and "role:<role>" (people with that role at the duty's organization or above it).
"reader:2" is the second of those whom "reader" finds, without those who must not be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.queries import people_with_role

# (organization, thing, moment) -> people.
Resolver = Callable[[Organization, str, datetime], list[Person]]
# Given the thing of a duty, ids of people whom it must not reach. Rooms above register theirs: only they know what their things are about.
KeptOut = Callable[[str], set[int]]
# Which of these people (ids) are away at a moment.
Away = Callable[[Iterable[int], datetime], set[int]]


class UnknownAudience(LookupError):
    """No room has registered this audience."""


@dataclass(frozen=True)
class Audience:
    """otherwise: who is told where `resolver` finds nobody who may be told."""

    resolver: Resolver
    otherwise: Resolver | None = None


_audiences: dict[str, Audience] = {}
_kept_out: list[KeptOut] = []
_away: list[Away] = []


def register(name: str, resolver: Resolver, otherwise: Resolver | None = None) -> None:
    """Make the audience `name` known. Called in a room's AppConfig.ready(), as are the two below."""
    _audiences[name] = Audience(resolver, otherwise)


def keep_out(rule: KeptOut) -> None:
    """Register a rule of who must not be told of a thing, whatever audience they are in."""
    if rule not in _kept_out:
        _kept_out.append(rule)


def tell_who_is_away(rule: Away) -> None:
    if rule not in _away:
        _away.append(rule)


def kept_out(thing: str) -> set[int]:
    """Ids of the people who must not be told of `thing`."""
    return {person for rule in _kept_out for person in rule(thing)}


def anybody_there(people: Iterable[Person], at: datetime) -> bool:
    """Whether one of them is not away."""
    ids = {person.pk for person in people}
    return bool(ids - {pk for rule in _away for pk in rule(ids, at)})


def is_known(name: str) -> bool:
    return _found(name) is not None or name == "holder" or name.startswith("role:")


def _found(name: str) -> Audience | None:
    return _audiences.get(name) or _audiences.get(name.partition(":")[0])


def reachable(people: Iterable[Person], kept: set[int]) -> list[Person]:
    """Each once, without those who have left and those who must not be told."""
    return list({person.pk: person for person in people if person.is_active and person.left_at is None and person.pk not in kept}.values())


def resolve(name: str, *, organization: Organization, thing: str, at: datetime, holder: Person | None) -> list[Person]:
    """The people of audience `name` who may be told of `thing`. Raises UnknownAudience."""
    kept = kept_out(thing)
    audience = _found(name)
    if audience is not None:
        people = reachable(audience.resolver(organization, thing, at), kept)
        if not people and audience.otherwise is not None:
            people = reachable(audience.otherwise(organization, thing, at), kept)
        position = name.partition(":")[2] if name not in _audiences else ""
        return people[int(position) - 1 : int(position)] if position else people
    if name == "holder":
        return reachable([holder] if holder is not None else [], kept)
    if name.startswith("role:"):
        return reachable(people_with_role(organization, name.removeprefix("role:"), include_above=True), kept)
    raise UnknownAudience(name)
