"""Who holds which role where, now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from security_center.foundation.clock import now

from .. import policies
from ..models import Organization, Person, Role, RoleAssignment
from ..readmission import SETTLED, WAIT
from .places import visible_organizations


def open_now() -> Q:
    """Assignments that count now."""
    moment = now()
    return Q(starts_at__lte=moment) & (Q(ends_at__isnull=True) | Q(ends_at__gt=moment))


def with_a_role() -> QuerySet[Person]:
    """Everybody who works somewhere and holds a role now, for use within another query."""
    return Person.objects.filter(
        pk__in=RoleAssignment.objects.filter(open_now()).values("person"), is_active=True
    )


def _serving() -> QuerySet[Person]:
    """Who may be counted on: not those who left, nor those who read nothing until a colleague lets them back
    in."""
    return Person.objects.filter(is_active=True, waits_since__isnull=True)


def roles_held(roles: Iterable[Role | str]) -> QuerySet[RoleAssignment]:
    """Open assignments of these roles to people who may be counted on."""
    return RoleAssignment.objects.filter(open_now(), role__in=list(roles), person__in=_serving())


def where_held(roles: Iterable[Role | str], places: QuerySet[Organization]) -> set[tuple[int, str]]:
    """At which of these places, and of those above them, somebody holds which of these roles: (id of the
    place, role). Two queries: by ids the database reads an index, while a query within the query would make
    it read every role of a state."""
    ids = {
        pk
        for row in places.order_by().values_list("pk", "parent", "parent__parent")
        for pk in row
        if pk is not None
    }
    return set(
        roles_held(roles)
        .filter(organization__in=ids)
        .order_by()
        .values_list("organization_id", "role")
        .distinct()
    )


def who_holds(role: Role, places: QuerySet[Organization]) -> defaultdict[int, set[int]]:
    """Ids of the people who hold it at each of these places, and at each one right above them, by the id of
    the place. One query."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    at = Q(organization__in=places.order_by().values("pk")) | Q(
        organization__in=places.order_by().values("parent")
    )
    for place, person in roles_held([role]).filter(at).values_list("organization_id", "person_id"):
        found[place].add(person)
    return found


def people_with_role(
    organization: Organization, role: Role | str, include_above: bool = False
) -> list[Person]:
    """Active people who hold `role` at `organization` now (with `include_above`, also at those above it,
    nearest first)."""
    line = organization.line() if include_above else [organization]
    nearness = {place.pk: distance for distance, place in enumerate(line)}
    assignments = (
        RoleAssignment.objects.filter(
            open_now(), role=role, organization_id__in=nearness, person__in=_serving()
        )
        .select_related("person")
        .order_by("starts_at", "pk")
    )
    found: dict[int, Person] = {}
    for assignment in sorted(assignments, key=lambda a: nearness[a.organization_id]):
        found.setdefault(assignment.person_id, assignment.person)
    return list(found.values())


def people_with_any_role(
    organization: Organization, roles: Iterable[Role | str], include_above: bool = False
) -> list[Person]:
    """Like `people_with_role` for several roles, in the order of `roles`; each person once."""
    return people_with_any_role_at([organization], roles, include_above)[organization.pk]


def people_with_any_role_at(
    organizations: Iterable[Organization], roles: Iterable[Role | str], include_above: bool = False
) -> dict[int, list[Person]]:
    """The same for each of several organizations, which come with their parents, by id. One query."""
    order = {str(role): position for position, role in enumerate(roles)}
    lines = {place.pk: place.line() if include_above else [place] for place in organizations}
    wanted = {place.pk for line in lines.values() for place in line}
    assignments = RoleAssignment.objects.filter(
        open_now(), role__in=order, organization_id__in=wanted, person__in=_serving()
    )
    by_place: defaultdict[int, list[RoleAssignment]] = defaultdict(list)
    people: dict[
        int, Person
    ] = {}  # one object for each person, so that what is remembered on it serves everywhere
    for assignment in assignments.select_related("person").order_by("starts_at", "pk"):
        assignment.person = people.setdefault(assignment.person_id, assignment.person)
        by_place[assignment.organization_id].append(assignment)
    found = {}
    for pk, line in lines.items():
        nearest_first = [assignment for place in line for assignment in by_place[place.pk]]
        in_order = sorted(nearest_first, key=lambda assignment: order[assignment.role])
        found[pk] = list({assignment.person_id: assignment.person for assignment in in_order}.values())
    return found


def people_with_roles_anywhere(roles: Iterable[Role | str]) -> list[Person]:
    """Everybody who holds one of the roles now, at whatever organization: for what concerns the whole
    installation."""
    held_now = RoleAssignment.objects.filter(open_now(), role__in=roles)
    return list(Person.objects.filter(pk__in=held_now.values("person"), is_active=True).order_by("pk"))


def roles_of(person: Person, viewer: Person | None = None) -> list[RoleAssignment]:
    """The person's open roles with their organizations, for a page; with `viewer`, only those at
    organizations that the viewer sees."""
    roles = policies.open_assignments(person).select_related("organization")
    if viewer is not None:
        roles = roles.filter(organization__in=visible_organizations(viewer))
    return sorted(roles, key=lambda a: (a.organization.name, a.role))


@dataclass(frozen=True)
class NewReader:
    name: str
    role: str  # its label
    organization: Organization
    since: datetime


def new_readers(place: Organization) -> list[NewReader]:
    """Who reads here, or lists what there is to read, by a role of the last 30 days, the newest first. None
    while everybody is new."""
    held = RoleAssignment.objects.filter(
        open_now(), organization__in=place.line(), role__in=WAIT, person__is_active=True
    )
    rows = list(held.select_related("person", "organization").order_by("-starts_at", "-pk"))
    new = [row for row in rows if row.starts_at > now() - SETTLED]
    return (
        [NewReader(row.person.name, row.get_role_display(), row.organization, row.starts_at) for row in new]
        if len(new) < len(rows)
        else []
    )
