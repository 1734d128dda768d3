"""Who is told at a rung. Rooms above register a resolver by name; a ladder holds names only, resolved at the
moment of the step.

Always there: "holder" (the person who holds the duty) and "role:<role>" (people with that role at the duty's
organization or above it). "reader:2" is the second of those whom "reader" finds, without those who must not
be told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.queries import people_with_role

# (organization, thing, moment) -> people.
Resolver = Callable[[Organization, str, datetime], list[Person]]
# (organizations, moment) -> for each of them, by id, the people whom it has there whatever the thing is.
OfPlaces = Callable[[Collection[Organization], datetime], Mapping[int, list[Person]]]
# Given things of duties, for each of them ids of people whom it must not reach. Only the rooms above know
# what their things are about.
KeptOut = Callable[[Collection[str]], Mapping[str, set[int]]]
# Which of these people (ids) are away at a moment.
Away = Callable[[Iterable[int], datetime], set[int]]


class UnknownAudience(LookupError):
    """No room has registered this audience."""


@dataclass(frozen=True)
class Audience:
    """resolver or of_places: who they are. otherwise: who is told where nobody of them may be."""

    resolver: Resolver | None = None
    of_places: OfPlaces | None = None
    otherwise: Resolver | None = None


_audiences: dict[str, Audience] = {}
_kept_out: list[KeptOut] = []
_away: list[Away] = []


def register(name: str, resolver: Resolver) -> None:
    """Make the audience `name` known. Called in a room's AppConfig.ready(), as are those below."""
    _audiences[name] = Audience(resolver)


def register_of_places(name: str, of_places: OfPlaces, *, otherwise: Resolver | None = None) -> None:
    """The same for people who are found without asking what it is about, and so for many places at once."""
    _audiences[name] = Audience(of_places=of_places, otherwise=otherwise)


def keep_out(rule: KeptOut) -> None:
    """Register a rule of who must not be told of a thing, whatever audience they are in."""
    if rule not in _kept_out:
        _kept_out.append(rule)


def tell_who_is_away(rule: Away) -> None:
    if rule not in _away:
        _away.append(rule)


class Look:
    """One look of the worker at duties that are due: what is the same for several of them is asked once."""

    def __init__(self, things: Collection[str], places: Iterable[Organization], at: datetime) -> None:
        self.at = at
        self._places = list({place.pk: place for place in places}.values())
        self._kept: dict[str, set[int]] = {thing: set() for thing in things}
        self._found: dict[str, Mapping[int, list[Person]]] = {}
        for rule in _kept_out:
            for thing, people in rule(self._kept).items():
                self._kept[thing] |= people

    def reachable(self, people: Iterable[Person], thing: str) -> list[Person]:
        """Each once, without those who have left, those who read nothing until a colleague agrees, and those
        who must not be told of `thing`."""
        there = [
            person
            for person in people
            if person.is_active and person.left_at is None and person.waits_since is None
        ]
        return list({person.pk: person for person in there if person.pk not in self._kept[thing]}.values())

    def anybody_there(self, people: Iterable[Person]) -> bool:
        """Whether one of them is not away."""
        ids = {person.pk for person in people}
        return bool(ids and ids - {pk for rule in _away for pk in rule(ids, self.at)})

    def people_of(
        self, name: str, audience: Audience, organization: Organization, thing: str
    ) -> list[Person]:
        if audience.resolver is not None:
            return audience.resolver(organization, thing, self.at)
        if audience.of_places is not None and name not in self._found:
            self._found[name] = audience.of_places(self._places, self.at)
        return self._found[name][organization.pk]


def is_known(name: str) -> bool:
    return _found(name) is not None or name == "holder" or name.startswith("role:")


def _found(name: str) -> tuple[str, Audience] | None:
    base = name if name in _audiences else name.partition(":")[0]
    return (base, _audiences[base]) if base in _audiences else None


def resolve(
    name: str, *, organization: Organization, thing: str, holder: Person | None, look: Look
) -> list[Person]:
    """The people of audience `name` who may be told of `thing`. Raises UnknownAudience."""
    found = _found(name)
    if found is not None:
        base, audience = found
        people = look.reachable(look.people_of(base, audience, organization, thing), thing)
        if not people and audience.otherwise is not None:
            people = look.reachable(audience.otherwise(organization, thing, look.at), thing)
        position = name.removeprefix(base).removeprefix(":")
        return people[int(position) - 1 : int(position)] if position else people
    if name == "holder":
        return look.reachable([holder] if holder is not None else [], thing)
    if name.startswith("role:"):
        return look.reachable(
            people_with_role(organization, name.removeprefix("role:"), include_above=True), thing
        )
    raise UnknownAudience(name)
