"""Who is told at a rung. Rooms above register a resolver by name; a ladder holds names only, resolved at the moment of the step.

Always there: "holder" (the person who holds the duty), "person:<id>", and "role:<role>" (people with that role at the duty's organization or
above it, nearest organization first).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from security_center.foundation.organizations.models import Organization, Person, RoleAssignment

# (organization, thing, moment) -> people. `thing` lets a resolver leave out those whom a report is about.
Resolver = Callable[[Organization, str, datetime], list[Person]]


class UnknownAudience(LookupError):
    """No room has registered this audience."""


_resolvers: dict[str, Resolver] = {}


def register(name: str, resolver: Resolver) -> None:
    """Make the audience `name` known. Called in a room's AppConfig.ready()."""
    _resolvers[name] = resolver


def is_known(name: str) -> bool:
    return name in _resolvers or name == "holder" or name.partition(":")[0] in {"person", "role"}


def resolve(name: str, *, organization: Organization, thing: str, at: datetime, holder: Person | None) -> list[Person]:
    """The people of audience `name`, each once, without those who have left. Raises UnknownAudience."""
    if name in _resolvers:
        found = _resolvers[name](organization, thing, at)
    elif name == "holder":
        found = [holder] if holder is not None else []
    elif name.startswith("person:") and name[7:].isdigit():
        found = list(Person.objects.filter(pk=int(name[7:])))
    elif name.startswith("role:"):
        found = with_role(organization, name[5:], at)
    else:
        raise UnknownAudience(name)
    once = {person.pk: person for person in found if person.is_active and person.left_at is None}
    return list(once.values())


def with_role(organization: Organization, role: str, at: datetime) -> list[Person]:
    """People who hold `role` at the nearest of the organization and those above it where anybody does."""
    for place in organization.line():
        assignments = RoleAssignment.objects.filter(organization=place, role=role, starts_at__lte=at, person__is_active=True)
        held = [a.person for a in assignments.select_related("person").order_by("pk") if a.ends_at is None or a.ends_at > at]
        if held:
            return held
    return []
