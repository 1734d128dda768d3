"""The net under all other rules: an open report that rests with nobody is rung for again.

A person leaves, a role ends, an alternate changes: none of it may leave a report that nobody is asked about.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django_scopes import scopes_disabled

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.queries import is_open_about
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.prevention import ladders
from security_center.prevention.queries import alternate_of, calendar_of

from .. import policies
from ..kept_out import may_take_reserved, shut_to_its_reader
from ..models import Report
from ..report_ledger import to_ledger
from .desk import THE_HOLDERS, locked
from .follow_up import cancel_all
from .intake import raise_acknowledge

AT_ONCE = 200


def forgotten() -> QuerySet[Report]:
    """Open reports without an open duty that no active person holds as decided."""
    held = Q(holder__isnull=False, holder__is_active=True, decided_at__isnull=False)
    return (
        Report.objects.filter(closed_at__isnull=True)
        .exclude(held)
        .exclude(is_open_about(Concat(Value("report:"), OuterRef("number"))))
    )


@transaction.atomic
def ring_again(*, report: Report, actor: Person | None = None) -> Report:
    """The report is in nobody's hands: somebody has to acknowledge it anew, at its desk's full ladder."""
    fresh = locked(report)
    ladder = ladders.acknowledgement(fresh.urgency, now(), calendar_of(fresh.desk))
    fresh.holder = fresh.assigned_at = fresh.acknowledged_at = fresh.acknowledged_by = None
    fresh.acknowledge_by = ladder.due_at
    fresh.save()
    who = ledger_name(actor) if actor is not None else "worker"
    for kind in THE_HOLDERS:
        cancel_all(report=fresh, kind=kind, actor=actor, outcome="restarted")
    raise_acknowledge(report=fresh, ladder=ladder, actor=who)
    to_ledger(fresh, who, "report.rings_again")
    return fresh


@transaction.atomic
def release_held(*, person: Person, actor: Person | None) -> int:
    """The person has left, or lost a role: open reports in their hands that they can work on no longer ring
    again at once. Returns how many."""
    released = 0
    # The person may hold reports of several districts; each is found by its holder and given back to its own
    # desk
    with scopes_disabled():
        held = Report.objects.filter(holder=person, closed_at__isnull=True).select_related(
            "desk__parent__parent", "district"
        )
        for report in held:
            if not person.is_active or not policies.can(person, Permission.REPORT_WRITE, report):
                ring_again(report=report, actor=actor)
                released += 1
        # A finished report may be opened again by its reporter, in a program that knows no people: it must
        # not come back into hands that are gone.
        finished = Report.objects.filter(holder=person, closed_at__isnull=False)
        for desk in Organization.objects.filter(pk__in=finished.values("desk")).select_related(
            "parent__parent"
        ):
            if not has(person, Permission.REPORT_WRITE, desk):
                finished.filter(desk=desk).update(holder=None)
    return released


@transaction.atomic
def reserve_again(*, district: Organization) -> int:
    """Reports about the district that are shut to their one reader (who left, lost the role, or is whom it is
    about) go to the alternate named since, and ring for them anew. Until one is named they ring for those who
    can name one (`kept_out.reserved_audience`). Returns how many moved."""
    alternate = alternate_of(district)
    if alternate is None:
        return 0
    reserved = Report.objects.filter(closed_at__isnull=True, reserved_for__isnull=False).exclude(
        reserved_for=alternate
    )
    moved = 0
    for report in reserved.select_related("reserved_for", "desk__parent__parent").order_by("pk"):
        if not shut_to_its_reader(report) or not may_take_reserved(alternate, report):
            continue
        fresh = locked(report)
        fresh.reserved_for = alternate
        fresh.save(update_fields=["reserved_for"])
        to_ledger(fresh, "worker", "report.reserved", **{"for": alternate.pk})
        ring_again(report=fresh)
        moved += 1
        if moved == AT_ONCE:
            break
    return moved
