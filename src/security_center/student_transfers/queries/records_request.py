"""Students who come from other schools: what is still asked, and whether the district knows the name."""

from __future__ import annotations

import uuid

from django.db.models import Q

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import organizations_with
from security_center.threat_assessment.queries.list import visible_to
from security_center.threat_assessment.queries.subject import cases_named_like

from .. import content_loader as content
from .. import policies
from ..models import Transfer, TransferItem

SHOWN = 50


class TransferUnknown(Exception):
    """No such transfer, or none that this person may know of."""


def knows_a_case(person: Person, district: Organization, name: str) -> bool:
    """Whether one of them is at a school whose cases this person may know of."""
    return cases_named_like(district, name).filter(pk__in=visible_to(person).values("pk")).exists()


def known_transfer(person: Person, pk: uuid.UUID) -> Transfer:
    row = (
        Transfer.objects.select_related(
            "school__parent__parent", "district", "began_by", "completed_by", "case"
        )
        .filter(uuid=pk)
        .first()
    )
    if row is None or not policies.may_see_transfer(person, row):
        raise TransferUnknown
    return row


def transfers(person: Person) -> list[tuple[Transfer, int, bool]]:
    """Each with how many safety records are not answered, and whether the prior school reports an expulsion.
    It names no student."""
    schools = organizations_with(person, Permission.CASE_TEAM).values("pk")
    rows = Transfer.objects.filter(Q(school__in=schools) | Q(began_by=person)).select_related(
        "school", "began_by"
    )
    listed = list(rows.order_by("completed_at", "-began_at", "-pk")[:SHOWN])
    open_items: dict[int, int] = {}
    expelled: set[int] = set()
    kinds = content.transfer_items()
    for item in TransferItem.objects.filter(transfer__in=[row.pk for row in listed]):
        kind = kinds.get(item.key)
        if kind is None:
            continue
        if kind.safety and not item.settled:
            open_items[item.transfer_id] = open_items.get(item.transfer_id, 0) + 1
        if kind.expulsion and item.answer in {"yes", "no"}:
            expelled.add(item.transfer_id)
    return [(row, open_items.get(row.pk, 0), row.pk in expelled) for row in listed]


def schools_to_expect_at(person: Person) -> list[Organization]:
    found = organizations_with(person, Permission.CASE_OPEN).filter(
        active=True, kind=Organization.Kind.SCHOOL
    )
    return list(found.select_related("parent__parent").order_by("name")[:400])
