"""Who is told at a rung. Rooms above register a resolver by name; a ladder holds names only, resolved at the moment of the step.

Always there: "holder" (the person who holds the duty) and "role:<role>" (people with that role at the duty's organization or above it).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.queries import people_with_role

# (organization, thing, moment) -> people. `thing` lets a resolver leave out those whom a report is about.
Resolver = Callable[[Organization, str, datetime], list[Person]]


class UnknownAudience(LookupError):
    """No room has registered this audience."""


_resolvers: dict[str, Resolver] = {}


def register(name: str, resolver: Resolver) -> None:
    """Make the audience `name` known. Called in a room's AppConfig.ready()."""
    _resolvers[name] = resolver


def is_known(name: str) -> bool:
    return name in _resolvers or name == "holder" or name.startswith("role:")


def resolve(name: str, *, organization: Organization, thing: str, at: datetime, holder: Person | None) -> list[Person]:
    """The people of audience `name`, each once, without those who have left. Raises UnknownAudience."""
    if name in _resolvers:
        found = _resolvers[name](organization, thing, at)
    elif name == "holder":
        found = [holder] if holder is not None else []
    elif name.startswith("role:"):
        found = people_with_role(organization, name.removeprefix("role:"), include_above=True)
    else:
        raise UnknownAudience(name)
    once = {person.pk: person for person in found if person.is_active and person.left_at is None}
    return list(once.values())
