"""A report is about somebody who would read it: it is kept from them and begins anew elsewhere."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.queries import all_supervised_by
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.queries import recipients_of
from security_center.prevention import ladders
from security_center.prevention.queries import calendar_of

from ..models import Approval, Conflict, Report
from ..report_ledger import to_ledger
from .desk import THE_HOLDERS, kept_out, locked_for, unsealed, withdraw_offer
from .follow_up import cancel_all, restart_second_reader
from .intake import raise_acknowledge


@transaction.atomic
def set_conflict(*, actor: Person, report: Report, about: Person) -> Report:
    """The report is about `about`: keep it from them and from everybody they supervise, and move it to the
    district when it lay on a desk of theirs.

    The reader who finds this out may well lose sight of the report by it; that is the point.
    """
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    at = now()
    Conflict.objects.update_or_create(report=fresh, person=about, defaults={"named": True, "set_at": at})
    for person_id in all_supervised_by(about):
        Conflict.objects.get_or_create(
            report=fresh, person_id=person_id, defaults={"named": False, "set_at": at}
        )
    to_ledger(fresh, actor, "report.conflict_set", people=len(kept_out(fresh)))
    _restart_elsewhere(fresh, fresh.district, actor)
    return fresh


def _restart_elsewhere(report: Report, desk: Organization, actor: Person) -> None:
    """Move the report to `desk` and start its clocks anew there, without those whom a conflict keeps out."""
    withdraw_offer(report=report, actor=actor)
    if report.desk_id != desk.pk:
        if desk_recipient(desk) not in recipients_of(report.record):
            vault.share_record(opened=unsealed(report), recipients=[desk_recipient(desk)])
        report.desk = desk
    # What a person asked about a report that is kept from them now falls away: it is nobody's request.
    waiting = Approval.objects.filter(report=report, decision=Approval.Decision.WAITING)
    waiting.filter(asked_by__in=kept_out(report)).update(decision=Approval.Decision.REFUSED, decided_at=now())
    report.holder = report.acknowledged_by = report.acknowledged_at = report.assigned_at = None
    for kind in THE_HOLDERS:
        cancel_all(report=report, kind=kind, actor=actor, outcome="moved")
    ladder = ladders.acknowledgement(report.urgency, now(), calendar_of(desk))
    report.acknowledge_by = ladder.due_at
    report.save()
    restart_second_reader(report=report, actor=actor)
    if report.closed_at is None:
        raise_acknowledge(report=report, ladder=ladder, actor=ledger_name(actor))
