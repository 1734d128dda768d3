"""Whoever is left, when the last rung of a ladder reaches nobody: people leave, roles end, conflicts keep
out, and an alert has to end in somebody.

Nearest first: whoever works on the thing, then those at its place, at the district, at the state, who may
know that it is there; at last the administrators, who are told its number and its place and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_any_role_at

from .audiences import Look

# Who answers for a place. An officer never does: law enforcement hears of what the plan's own rule says.
LEADERS = frozenset(
    {Role.PRINCIPAL, Role.TEAM_LEAD, Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT}
)


@dataclass(frozen=True)
class Circle:
    """Who stands around one thing. close: whoever works on it. roles: who else may know that it is there, at
    its place and above."""

    close: list[Person] = field(default_factory=list)
    roles: frozenset[Role] = LEADERS
    administrators: bool = True


# (kind of the duty, its thing, its organization) -> circle.
Around = Callable[[str, str, Organization], Circle]
_around: dict[str, Around] = {}


def register(sort: str, around: Around) -> None:
    """Say who stands around things of this sort ("report" for "report:7F3K2M"). Called in a room's
    AppConfig.ready()."""
    _around[sort] = around


@dataclass(frozen=True)
class Left:
    people: list[Person]
    administrators: bool = False  # they look after the system, and know nothing of what is in it


def whoever_is_left(
    *, kind: str, organization: Organization, thing: str, holder: Person | None, look: Look
) -> Left:
    """The nearest who may be told and are there; where everybody is away, the nearest of those. Nobody only
    where nobody is left anywhere."""
    around = _around.get(thing.partition(":")[0])
    circle = around(kind, thing, organization) if around is not None else Circle()
    line = organization.line()
    at_places = people_with_any_role_at(line, sorted(circle.roles))
    tiers = [Left(look.reachable([*([holder] if holder is not None else []), *circle.close], thing))]
    tiers += [Left(look.reachable(at_places[place.pk], thing)) for place in line]
    if circle.administrators:
        administrators = people_with_any_role_at(line, [Role.ADMINISTRATOR])
        tiers += [
            Left(look.reachable(administrators[place.pk], thing), administrators=True) for place in line
        ]
    found = [tier for tier in tiers if tier.people]
    return next((tier for tier in found if look.anybody_there(tier.people)), found[0] if found else Left([]))
