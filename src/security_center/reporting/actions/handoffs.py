"""One desk hands a report to another. It stays the giver's duty until the receiver acknowledges."""

from __future__ import annotations

from django.db import transaction
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import discharge, raise_duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import actor_string
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.vault.actions import share_record
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from .. import policies
from ..models import Handoff, Report
from ..sealing import desk_recipient, seal, unseal
from .decisions import NoWrittenBasis
from .desk import discharge_all, locked, raise_follow_up, unsealed

TAKE_OVER = "reporting.take_over"


class NotADesk(Exception):
    """A report can be handed to a school's or a district's desk other than the one that has it."""


class AlreadyHandedOver(Exception):
    """Another hand-over of this report still waits for its receiver."""


@transaction.atomic
def hand_to_desk(*, actor: Person, report: Report, to_desk: Organization, reason: str) -> Handoff:
    """Offer the report to another desk, in this district or another, with a written reason that the receiver reads after taking it."""
    policies.require(actor, Permission.REPORT_ASSIGN, report)
    if to_desk.kind == Organization.Kind.STATE or to_desk.pk == report.desk_id or not to_desk.active:
        raise NotADesk
    if not reason.strip():
        raise NoWrittenBasis
    fresh = locked(report)
    if fresh.handoff_to_id is not None:
        raise AlreadyHandedOver
    opened = unsealed(fresh)
    share_record(opened=opened, recipients=[desk_recipient(to_desk), desk_recipient(to_desk.district)])
    handoff = Handoff(report=fresh, from_desk=fresh.desk, to_desk=to_desk, to_district=to_desk.district, by=actor, at=now())
    seal(opened, handoff, reason=reason)
    handoff.save(force_insert=True)
    fresh.handoff_to = to_desk
    fresh.save(update_fields=["handoff_to"])
    ladder = ladders.acknowledgement(fresh.urgency, now(), calendar_of(to_desk))
    raise_duty(
        kind=TAKE_OVER,
        thing=fresh.thing,
        organization=to_desk,
        ladder=ladder.rungs,
        actor=actor_string(actor),
        urgency=fresh.urgency,
        path=f"/desk/handoffs/{handoff.uuid}/",
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )
    record(actor=actor_string(actor), verb="handoff.offered", thing=fresh.thing, organization_id=fresh.desk_id, detail={"to": to_desk.pk})
    return handoff


@transaction.atomic
def take_over(*, actor: Person, handoff: Handoff) -> Report:
    """The receiving desk acknowledges: from now on the report is its duty, and the giver can read it no longer."""
    if not has(actor, Permission.REPORT_WRITE, handoff.to_desk):
        raise NotAllowed(f"take over at organization {handoff.to_desk_id}")
    fresh = Handoff.objects.select_for_update().get(pk=handoff.pk)
    report = Report._base_manager.select_for_update().get(pk=fresh.report_id)
    if fresh.acknowledged_at is not None:
        return report
    at = now()
    fresh.acknowledged_by, fresh.acknowledged_at = actor, at
    fresh.save()
    for duty in open_about(report.thing):
        discharge(duty=duty, actor=actor_string(actor), outcome="taken_over")
    report.desk, report.district, report.handoff_to = fresh.to_desk, fresh.to_district, None
    report.holder = report.acknowledged_by = actor
    report.acknowledged_at = report.assigned_at = at
    report.save()
    raise_follow_up(report, actor)
    report.save()
    record(
        actor=actor_string(actor), verb="handoff.taken_over", thing=report.thing, organization_id=report.desk_id, detail={"from": fresh.from_desk_id}
    )
    return report


@transaction.atomic
def take_back(*, actor: Person, report: Report) -> Report:
    """The giver withdraws an offer that nobody has taken."""
    policies.require(actor, Permission.REPORT_ASSIGN, report)
    fresh = locked(report)
    with scopes_disabled():  # the row lies in the receiver's scope; it is found by a report that the policy has let through
        Handoff.objects.filter(report=fresh, acknowledged_at__isnull=True).delete()
    fresh.handoff_to = None
    fresh.save(update_fields=["handoff_to"])
    discharge_all(fresh, TAKE_OVER, actor, "withdrawn")
    record(actor=actor_string(actor), verb="handoff.withdrawn", thing=fresh.thing, organization_id=fresh.desk_id)
    return fresh


def reason_of(handoff: Handoff, report: Report) -> str:
    return unseal(unsealed(report), handoff, "reason")


__all__ = ["TAKE_OVER", "AlreadyHandedOver", "NotADesk", "hand_to_desk", "reason_of", "take_back", "take_over"]
