"""People of a place, those whom somebody sees or may edit, and the page that lists them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from security_center.foundation.clock import now

from .. import policies
from ..models import Organization, Person, RoleAssignment
from ..permissions import Permission
from .places import visible_organizations
from .roles import open_now
from .search import PAGE, is_id, sought


def editable(actor: Person, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of `people`, who have a place, whom `actor` may edit: the rule of policies.may_edit_person, for
    many at once."""
    own = policies.organizations_with(actor, Permission.PEOPLE_EDIT).order_by().values("pk")
    elsewhere = RoleAssignment.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now()), person=OuterRef("pk")
    ).exclude(organization__in=own)
    return people.filter(Q(organization__isnull=True) | Q(organization__in=own)).exclude(Exists(elsewhere))


def people_of(organization: Organization, include_below: bool = True) -> QuerySet[Person]:
    """Active people who hold a role at `organization` or were entered there (and, unless told otherwise,
    below it)."""
    places = Q(pk=organization.pk)
    if include_below:
        places |= Q(parent=organization) | Q(parent__parent=organization)
    ids = Organization.objects.filter(places).values("pk")
    roles = RoleAssignment.objects.filter(open_now(), organization__in=ids).values("person")
    return Person.objects.filter(Q(organization__in=ids) | Q(pk__in=roles), is_active=True).order_by(
        "name", "pk"
    )


def visible_people(person: Person, permission: Permission = Permission.ORGANIZATION_VIEW) -> QuerySet[Person]:
    """People of the organizations where `person` holds `permission`, those who left included. Fails to
    nothing for strangers."""
    ids = policies.organizations_with(person, permission).values("pk")
    moment = now()
    roles = (
        RoleAssignment.objects.filter(organization__in=ids)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))
        .values("person")
    )
    return Person.objects.filter(Q(organization__in=ids) | Q(pk__in=roles))


@dataclass(frozen=True)
class PersonRow:
    person: Person
    roles: list[RoleAssignment]
    has_second_factor: bool


@dataclass(frozen=True)
class PeoplePage:
    rows: list[PersonRow]
    next_after: int | None


def people_page(
    viewer: Person,
    *,
    text: str = "",
    organization: str = "",
    place: str = "",
    left: bool = False,
    after: str = "",
) -> PeoplePage:
    """Up to 50 people by name, after the person with id `after`; a keyset page, so it costs the same at the
    end of a long list."""
    from allauth.mfa.models import Authenticator

    people = visible_people(viewer, Permission.PEOPLE_VIEW).filter(is_active=not left)
    if is_id(organization) or place.strip():
        wanted = (
            Q(pk=organization) | Q(parent=organization) | Q(parent__parent=organization)
            if is_id(organization)
            else Q()
        )
        if place.strip():
            wanted &= Q(name__icontains=sought(place)) | Q(parent__name__icontains=sought(place))
        places = visible_organizations(viewer).filter(wanted).values("pk")
        roles = RoleAssignment.objects.filter(open_now(), organization__in=places).values("person")
        people = people.filter(Q(organization__in=places) | Q(pk__in=roles))
    if text.strip():
        people = people.filter(Q(name__icontains=sought(text)) | Q(email__icontains=sought(text)))
    if is_id(after):
        anchor = visible_people(viewer, Permission.PEOPLE_VIEW).filter(pk=after).first()
        if anchor is not None:
            people = people.filter(Q(name__gt=anchor.name) | Q(name=anchor.name, pk__gt=anchor.pk))
    open_roles = (
        RoleAssignment.objects.filter(open_now(), organization__in=visible_organizations(viewer))
        .select_related("organization")
        .order_by("role")
    )
    found = list(
        people.select_related("organization")
        .prefetch_related(Prefetch("role_assignments", open_roles, to_attr="open_roles"))
        .order_by("name", "pk")[: PAGE + 1]
    )
    shown = found[:PAGE]
    secured = set(
        Authenticator.objects.filter(user_id__in=[person.pk for person in shown])
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .values_list("user_id", flat=True)
    )
    rows = [PersonRow(person, person.open_roles, person.pk in secured) for person in shown]
    return PeoplePage(rows, shown[-1].pk if len(found) > PAGE else None)
