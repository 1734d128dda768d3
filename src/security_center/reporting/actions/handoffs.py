"""One desk hands a report to another. It stays the giver's duty until the receiver acknowledges."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scopes_disabled

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import raise_duty
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.actions import keep_only, share_record
from security_center.foundation.vault.columns import seal, shown
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from .. import policies
from ..models import Handoff, Report
from ..report_ledger import to_ledger
from .decisions import NoWrittenBasis
from .desk import TAKE_OVER, locked_for, move, own_desks, unsealed, withdraw_offer
from .follow_up import ACKNOWLEDGE, discharge_all, raise_follow_up, restart_second_reader
from .subjects import pattern_moves


class NotADesk(Refusal):
    """A report can be handed to a school's or a district's desk other than the one that has it."""

    fields = ("desk",)
    sentence = _lazy("It cannot be handed there. Choose another desk.")


class OfferGone(Refusal):
    """The other desk took the offer back, or the report was closed, while this desk was looking at it."""

    sentence = _lazy("The report has moved on meanwhile, so this was not done. Look at the page again.")


class AlreadyHandedOver(Refusal):
    """Another hand-over of this report still waits for its receiver."""

    sentence = _lazy("It is already offered to another desk. Take that back first.")


@transaction.atomic
def hand_to_desk(*, actor: Person, report: Report, to_desk: Organization, reason: str) -> Handoff:
    """Offer the report to another desk, in this district or another, with a written reason that the receiver
    reads after taking it."""
    policies.require(actor, Permission.REPORT_ASSIGN, report)
    if to_desk.kind == Organization.Kind.STATE or to_desk.pk == report.desk_id or not to_desk.active:
        raise NotADesk
    if not reason.strip():
        raise NoWrittenBasis
    fresh = locked_for(actor=actor, permission=Permission.REPORT_ASSIGN, report=report)
    if fresh.closed_at is not None:
        raise NotADesk
    has_left = fresh.about_staff and fresh.district_id != fresh.organization_id
    if (fresh.reserved_for_id is not None or has_left) and to_desk.district.pk == fresh.organization_id:
        raise NotADesk  # it is about that district; its own desks are whom it was kept from
    if fresh.handoff_to_id is not None:
        raise AlreadyHandedOver
    opened = unsealed(fresh)
    share_record(opened=opened, recipients=desk_recipients(to_desk, to_desk.district))
    handoff = Handoff(
        report=fresh, from_desk=fresh.desk, to_desk=to_desk, to_district=to_desk.district, by=actor, at=now()
    )
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
        actor=actor,
        urgency=fresh.urgency,
        path=f"/desk/handoffs/{handoff.uuid}/",
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )
    to_ledger(fresh, actor, "handoff.offered", to=to_desk.pk)
    return handoff


@transaction.atomic
def take_over(*, actor: Person, handoff: Handoff) -> Report:
    """The receiving desk acknowledges: from now on the report is its duty, and the giver can read it no
    longer."""
    if not has(actor, Permission.REPORT_WRITE, handoff.to_desk):
        raise NotAllowed(f"take over at organization {handoff.to_desk_id}")
    take_turn()
    fresh = Handoff.objects.select_for_update(no_key=True).filter(pk=handoff.pk).first()
    if fresh is None:
        raise OfferGone
    # The report still lies in the giver's district; the hand-over to this desk is what lets it through
    with scopes_disabled():
        report = (
            Report.objects.select_for_update(of=("self",), no_key=True)
            .select_related("desk", "district")
            .get(pk=fresh.report_id)
        )
        if fresh.acknowledged_at is not None:
            return report
        if report.conflicts.filter(person=actor).exists():
            raise NotAllowed(f"take over {report.thing}")
        at = now()
        fresh.acknowledged_by, fresh.acknowledged_at = actor, at
        fresh.save()
        discharge_all(report=report, kind=TAKE_OVER, actor=actor, outcome="taken_over")
        discharge_all(report=report, kind=ACKNOWLEDGE, actor=actor, outcome="taken_over")
        pattern_moves(report=report, district=fresh.to_district, actor=actor)
        if report.district_id != fresh.to_district_id:
            report.group = None  # the room stays with the desk that gave it away; nobody here may see it
        report.desk, report.district, report.handoff_to = fresh.to_desk, fresh.to_district, None
        report.reserved_for = (
            None  # it was kept from the people of the district it is about, and has left that district
        )
        report.holder = report.acknowledged_by = actor
        report.acknowledged_at = report.assigned_at = at
        if report.state == Report.State.RECEIVED:
            move(report, Report.State.READING)
        report.save()
        raise_follow_up(report=report, actor=actor)
        restart_second_reader(report=report, actor=actor)
        report.save()
        # From here on the giver's people are kept out by policy, and by the key as well.
        gone = keep_only(record=report.record, recipients=own_desks(report), actor=ledger_name(actor))
    to_ledger(report, actor, "handoff.taken_over", **{"from": fresh.from_desk_id}, keys_dropped=gone)
    return report


@transaction.atomic
def take_back(*, actor: Person, report: Report) -> Report:
    """The giver withdraws an offer that nobody has taken."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_ASSIGN, report=report)
    withdraw_offer(report=fresh, actor=actor)
    fresh.save(update_fields=["handoff_to"])
    to_ledger(fresh, actor, "handoff.withdrawn")
    return fresh


def reason_of(handoff: Handoff, report: Report) -> str:
    return shown(unsealed(report), handoff, "reason")
