"""Find what an address names, or answer 404 for another tenant's thing and 403 for one of one's own that the
role does not include."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from .. import places, policies, queries
from ..models import Organization, Person
from ..permissions import Permission


def current_person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def holding(*permissions: Permission) -> Callable[[HttpRequest], bool]:
    """Whether who looks has one of these rights anywhere: who sees an entry of the menu. It asks nothing that
    was not read before."""

    def may(request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and policies.any_of(request.user, permissions)

    return may


def in_zone_of(organization: Organization) -> Any:
    """A page about something of this organization shows its times (a context manager)."""
    return timezone.override(organization.zone)


def listed(found: list[places.Place], request: HttpRequest, **orders: Any) -> places.Listed:
    """The page of a list of places that the address asks for (see places.listed); 404 for a district of which
    the person sees nothing."""
    try:
        return places.listed(found, places.Wanted.from_query(request.GET), **orders)
    except places.NoSuchDistrict:
        raise Http404 from None


def organization_for(request: HttpRequest, pk: int, permission: Permission) -> Organization:
    organization = get_object_or_404(
        queries.visible_organizations(current_person(request)).select_related("parent__parent"), pk=pk
    )
    policies.require(current_person(request), permission, organization)
    return organization


def organization_by_slug(request: HttpRequest, slug: str, permission: Permission) -> Organization:
    """The same by short address, for the rooms above."""
    organization = get_object_or_404(
        queries.visible_organizations(current_person(request)).select_related("parent__parent"), slug=slug
    )
    policies.require(current_person(request), permission, organization)
    return organization


def person_for(request: HttpRequest, pk: int, permission: Permission) -> Person:
    person = get_object_or_404(
        queries.visible_people(current_person(request)).select_related("organization__parent__parent"), pk=pk
    )
    if not queries.visible_people(current_person(request), permission).filter(pk=person.pk).exists():
        raise policies.NotAllowed(f"{permission} over person {pk}")
    return person
