"""The district's services: entered, asked again each quarter, and taken out when they are gone."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, discharge_about, raise_duty
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.vault.actions import prepare_record, save_record
from security_center.foundation.vault.queries import open_record
from security_center.prevention import ladders

from .. import content_loader as doctrine
from .. import policies
from ..models import Service
from ..sealing import seal

CHECK = "service.check"


class NameWanted(Exception):
    """A service has a name and one of our kinds."""


@transaction.atomic
def enter_service(
    *,
    actor: Person | None,
    district: Organization,
    kind: str,
    name: str,
    contact: str = "",
    note: str = "",
    places_free: int | None = None,
    wait_days: int | None = None,
) -> Service:
    """Put a service into the district's register. Raises NotAllowed, NameWanted."""
    policies.require_services(actor, district)
    if not name.strip() or kind not in doctrine.service_kinds():
        raise NameWanted
    take_turn()
    opened = save_record(prepare_record(recipients=[desk_recipient(district)]))
    row = Service(record=opened.record, district=district, kind=kind, checked_at=now(), checked_by=actor)
    row.places_free, row.wait_days = places_free, wait_days
    seal(opened, row, name=name, contact=contact, note=note)
    row.save(force_insert=True)
    record(actor=actor, verb="service.entered", about=row, organization_id=district.pk, detail={"kind": kind})
    _ask_again(row, actor)
    return row


@transaction.atomic
def check_service(
    *,
    actor: Person,
    service: Service,
    contact: str,
    note: str,
    places_free: int | None,
    wait_days: int | None,
) -> Service:
    """Somebody asked how many places are free and how long one waits. Raises NotAllowed."""
    policies.require_services(actor, service.district)
    take_turn()
    row = (
        Service.objects.select_for_update(of=("self",), no_key=True)
        .select_related("district")
        .get(pk=service.pk)
    )
    row.places_free, row.wait_days, row.checked_at, row.checked_by = places_free, wait_days, now(), actor
    seal(open_record(row.record, desk_recipient(row.district)), row, contact=contact, note=note)
    row.save()
    detail = {"places": places_free, "wait": wait_days}
    record(actor=actor, verb="service.checked", about=row, organization_id=row.district_id, detail=detail)
    _settle(row, actor, "checked")
    _ask_again(row, actor)
    return row


@transaction.atomic
def end_service(*, actor: Person, service: Service) -> None:
    """It is not there any more. Raises NotAllowed."""
    policies.require_services(actor, service.district)
    take_turn()
    if Service.objects.filter(pk=service.pk, ended_at__isnull=True).update(ended_at=now()):
        record(actor=actor, verb="service.ended", about=service, organization_id=service.district_id)
        _settle(service, actor, "ended")


def _ask_again(row: Service, actor: Person | None) -> None:
    """Each quarter: whoever asked last, then the district."""
    due = row.checked_at + timedelta(days=doctrine.service_check_days())
    rungs = [Rung(at=due - timedelta(days=7), audience="holder"), Rung(at=due, audience="holder")]
    rungs.append(Rung(at=due + timedelta(days=7), audience=ladders.DISTRICT))
    raise_duty(
        kind=CHECK,
        thing=row.thing,
        organization=row.district,
        ladder=rungs,
        actor=actor,
        due_at=due,
        holder=actor,
        path=row.path,
        repeat_minutes=7 * 24 * 60,
    )


def _settle(row: Service, actor: Person, outcome: str) -> None:
    discharge_about(thing=row.thing, kind=CHECK, actor=actor, outcome=outcome)
