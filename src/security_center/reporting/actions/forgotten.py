"""The net under all other rules: an open report that rests with nobody is rung for again.

A person leaves, a role ends, an alternate changes: none of it may leave a report that nobody is asked about.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.queries import is_open_about
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import actor_string
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.prevention import ladders
from security_center.prevention.queries import alternate_of, calendar_of

from .. import policies
from ..models import Report
from .desk import THE_HOLDERS, locked
from .follow_up import cancel_all
from .intake import raise_acknowledge

AT_ONCE = 200


def forgotten() -> QuerySet[Report]:
    """Open reports without an open duty that no active person holds as decided."""
    held = Q(holder__isnull=False, holder__is_active=True, decided_at__isnull=False)
    return Report.objects.filter(closed_at__isnull=True).exclude(held).exclude(is_open_about(Concat(Value("report:"), OuterRef("number"))))


@transaction.atomic
def ring_again(*, report: Report, actor: Person | None = None) -> Report:
    """The report is in nobody's hands: somebody has to acknowledge it anew, at its desk's full ladder."""
    fresh = locked(report)
    ladder = ladders.acknowledgement(fresh.urgency, now(), calendar_of(fresh.desk))
    fresh.holder = fresh.assigned_at = fresh.acknowledged_at = fresh.acknowledged_by = None
    fresh.acknowledge_by = ladder.due_at
    fresh.save()
    who = actor_string(actor) if actor is not None else "worker"
    for kind in THE_HOLDERS:
        cancel_all(report=fresh, kind=kind, actor=actor, outcome="restarted")
    raise_acknowledge(report=fresh, ladder=ladder, actor=who)
    record(actor=who, verb="report.rings_again", thing=fresh.thing, organization_id=fresh.desk_id)
    return fresh


@transaction.atomic
def release_held(*, person: Person, actor: Person | None) -> int:
    """The person has left, or lost a role: open reports in their hands that they can work on no longer ring again at once. Returns how many."""
    released = 0
    with scopes_disabled():  # the person may hold reports of several districts; each is found by its holder and given back to its own desk
        held = Report.objects.filter(holder=person, closed_at__isnull=True).select_related("desk__parent__parent", "district")
        for report in held:
            if not person.is_active or not policies.can(person, Permission.REPORT_WRITE, report):
                ring_again(report=report, actor=actor)
                released += 1
    return released


@transaction.atomic
def reserve_again(*, district: Organization) -> int:
    """Reports about the district whose one reader has left go to the alternate named since. Returns how many."""
    alternate = alternate_of(district)
    if alternate is None:
        return 0
    orphans = list(Report.objects.filter(closed_at__isnull=True, reserved_for__is_active=False)[:AT_ONCE])
    for report in orphans:
        report.reserved_for = alternate
        report.save(update_fields=["reserved_for"])
        record(actor="worker", verb="report.reserved", thing=report.thing, organization_id=report.desk_id, detail={"for": alternate.pk})
    return len(orphans)
