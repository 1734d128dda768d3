"""The services of a district, opened for whoever works on cases there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import organizations_with
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.vault.opened_rows import OpenedRow
from security_center.foundation.vault.queries import open_records

from .. import content_loader as doctrine
from ..models import Service

MOST = 300


class ServiceUnknown(LookupError):
    """No service that this person may know of."""


def districts_of(person: Person) -> list[Organization]:
    """The districts in which the person has a place on teams, at whatever school."""
    places = (
        organizations_with(person, Permission.CASE_JOIN)
        .exclude(kind=Organization.Kind.STATE)
        .select_related("parent__parent")
    )
    return list({place.district.pk: place.district for place in places.order_by("kind", "name")}.values())


def _visible(person: Person) -> QuerySet[Service]:
    districts = [district.pk for district in districts_of(person)]
    return Service.objects.filter(district__in=districts, ended_at__isnull=True).select_related(
        "district", "checked_by"
    )


def services_in(person: Person, district: Organization) -> list[OpenedRow]:
    return _opened(_visible(person).filter(district=district).order_by("kind", "pk")[:MOST])


def known_service(person: Person, pk: UUID) -> OpenedRow:
    """Raises ServiceUnknown."""
    found = _opened(_visible(person).filter(uuid=pk))
    if not found:
        raise ServiceUnknown(pk)
    return found[0]


def kinds_of(things: Sequence[str]) -> dict[str, str]:
    """What kind of service each is: a fixed word, so that several to be asked again can be told apart in a
    list of duties."""
    numbers = {thing.partition(":")[2]: thing for thing in things}
    labels = doctrine.service_kinds()
    return {
        numbers[str(pk)]: str(labels[kind])
        for pk, kind in Service.objects.filter(pk__in=numbers).values_list("pk", "kind")
    }


def _opened(rows: Iterable[Service]) -> list[OpenedRow]:
    services = list(rows)
    records = open_records({row.record: [desk_recipient(row.district)] for row in services})
    return [
        OpenedRow(row, shown_all(records[row.record], row, ("name", "contact", "note")))
        for row in services
        if row.record in records
    ]
