"""Who directs whose work."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from .. import policies
from ..models import Person, RoleAssignment, Supervision
from .roles import open_now


def supervises(supervisor: Person, supervised: Person) -> bool:
    """True when `supervisor` directs the work of `supervised`, directly or through others."""
    return supervised.pk in all_supervised_by(supervisor)


def all_supervised_by(person: Person) -> set[int]:
    """Ids of everyone below `person` in the lines of supervision, transitively; never the person."""
    found: set[int] = set()
    front: set[int] = {person.pk}
    while front:
        front = (
            set(Supervision.objects.filter(supervisor__in=front).values_list("supervised", flat=True))
            - found
            - {person.pk}
        )
        found |= front
    return found


def supervisors_of(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(supervises__supervised=person).order_by("name")


def supervised_by(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(supervised_by__supervisor=person).order_by("name")


def possible_supervisors(person: Person) -> QuerySet[Person]:
    """Who may direct this person's work: people entered at, or holding a role at, any place of theirs or one
    above it."""
    above = {ancestor.pk for place in policies.places_of(person) for ancestor in place.line()}
    roles = RoleAssignment.objects.filter(open_now(), organization__in=above).values("person")
    return (
        Person.objects.filter(Q(organization__in=above) | Q(pk__in=roles), is_active=True)
        .exclude(pk=person.pk)
        .order_by("name", "pk")
    )
