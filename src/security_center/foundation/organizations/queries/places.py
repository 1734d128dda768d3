"""Which districts and schools there are, and which of them somebody sees."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from .. import policies
from ..models import Organization, Person
from ..permissions import Permission
from .search import PAGE


def tenants() -> list[int]:
    """The ids in whose scopes the worker goes through everybody's rows: each district, and a state for what
    is its own."""
    return list(Organization.objects.exclude(kind=Organization.Kind.SCHOOL).values_list("pk", flat=True))


def any_organization_exists() -> bool:
    return Organization.objects.exists()


def organizations_called(text: str) -> list[Organization]:
    """Those with this short address, else those with this name: for the person at the machine, who is kept
    from none."""
    by_slug = list(Organization.objects.filter(slug=text))
    return by_slug or list(Organization.objects.filter(name__iexact=text).order_by("slug"))


def schools_of(district: Organization) -> QuerySet[Organization]:
    return (
        Organization.objects.filter(parent=district, kind=Organization.Kind.SCHOOL)
        .select_related("parent__parent")
        .order_by("name")
    )


def visible_organizations(person: Person) -> QuerySet[Organization]:
    """Organizations the person belongs to, those below included. Fails to nothing for strangers."""
    return policies.organizations_with(person, Permission.ORGANIZATION_VIEW)


def organizations_for(person: Person, permission: Permission) -> QuerySet[Organization]:
    return policies.organizations_with(person, permission)


def tree(person: Person) -> list[tuple[Organization, int]]:
    """The visible organizations as rows of an indented list: (organization, depth), by name within each
    parent."""
    visible = list(visible_organizations(person).order_by("name"))
    known = {organization.pk for organization in visible}
    below: defaultdict[int | None, list[Organization]] = defaultdict(list)
    for organization in visible:
        below[organization.parent_id if organization.parent_id in known else None].append(organization)
    rows: list[tuple[Organization, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for organization in below[parent]:
            rows.append((organization, depth))
            walk(organization.pk, depth + 1)

    walk(None, 0)
    return rows


def few_places(viewer: Person) -> list[Organization] | None:
    """To choose from, by name; None where they are more than one chooses from: then they are found by
    name."""
    found = list(visible_organizations(viewer).only("name").order_by("name", "pk")[: PAGE + 1])
    return found if len(found) <= PAGE else None


def time_zone_of(person: Person) -> ZoneInfo | None:
    """The zone of the place where the person was given a role (the first, for somebody with several), also
    while they wait; None for nobody's."""
    given = policies.given(person)
    return given[0].organization.zone if given else None


def district_ids(person: Person) -> list[int]:
    """Districts in which the person holds a role: the tenant scope of a request (a state's own id stands for
    reports about the state itself)."""
    places = [assignment.organization for assignment in policies.held(person)]
    states = frozenset(place.pk for place in places if place.kind == Organization.Kind.STATE)
    found = {place.district.pk for place in places} | policies.districts_of_states(person, states)
    return sorted(found)
