"""Surge: many reports of one rumor, grouped by a reader, answered with one line, closed together. Each thread stays its reporter's own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import actor_string
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.queries import open_record
from security_center.foundation.vault.records import OpenRecord

from .. import policies
from ..models import Approval, IncidentGroup, Report
from ..sealing import desk_recipient, seal
from .decisions import NoWrittenBasis, close, decide
from .desk import acknowledge
from .thread import NothingToSend, desk_writes

MOST_AT_ONCE = 500


class GroupClosed(Exception):
    """A closed group takes no more reports."""


class TooManyAtOnce(Exception):
    """More reports than one press may move."""


def opened_group(group: IncidentGroup) -> OpenRecord:
    return open_record(group.record, desk_recipient(group.desk))


@transaction.atomic
def open_group(*, actor: Person, desk: Organization, title: str, reports: Sequence[Report] = ()) -> IncidentGroup:
    """Open an incident room at a desk, with its first reports."""
    require(actor, Permission.REPORT_ASSIGN, desk)
    if not title.strip():
        raise NothingToSend
    opened = new_record(recipients=list({desk_recipient(desk), desk_recipient(desk.district)}))
    group = IncidentGroup(record=opened.record, district=desk.district, desk=desk, opened_by=actor, opened_at=now())
    seal(opened, group, title=title)
    group.save(force_insert=True)
    record(actor=actor_string(actor), verb="group.opened", thing=f"group:{group.uuid}", organization_id=desk.pk)
    add_to_group(actor=actor, group=group, reports=reports)
    return group


@transaction.atomic
def add_to_group(*, actor: Person, group: IncidentGroup, reports: Sequence[Report]) -> int:
    """Put reports into the group and acknowledge them: a person has chosen each, so each has been seen."""
    if group.closed_at is not None:
        raise GroupClosed
    if len(reports) > MOST_AT_ONCE:
        raise TooManyAtOnce
    for report in reports:
        policies.require(actor, Permission.REPORT_ASSIGN, report)
        Report.objects.filter(pk=report.pk).update(group=group)
        if report.acknowledged_at is None:
            acknowledge(actor=actor, report=report)
        record(actor=actor_string(actor), verb="group.added", thing=report.thing, organization_id=report.desk_id, detail={"group": group.pk})
    return len(reports)


@transaction.atomic
def remove_from_group(*, actor: Person, report: Report) -> None:
    policies.require(actor, Permission.REPORT_ASSIGN, report)
    Report.objects.filter(pk=report.pk).update(group=None)
    record(actor=actor_string(actor), verb="group.removed", thing=report.thing, organization_id=report.desk_id)


@transaction.atomic
def answer_group(*, actor: Person, group: IncidentGroup, line: str) -> int:
    """Give every reporter of the group the same accurate line, each in their own thread. Returns how many were written to."""
    if not line.strip():
        raise NothingToSend
    require(actor, Permission.REPORT_WRITE, group.desk)
    seal(opened_group(group), group, status_line=line)
    group.save(update_fields=["status_line"])
    written = 0
    for report in group.reports.filter(may_we_message=True).select_related("desk", "district"):
        desk_writes(actor=actor, report=report, body=line)
        written += 1
    record(actor=actor_string(actor), verb="group.answered", thing=f"group:{group.uuid}", organization_id=group.desk_id, detail={"reports": written})
    return written


@transaction.atomic
def close_group(*, actor: Person, group: IncidentGroup, actions: Sequence[str], validity: str, considered: str) -> tuple[int, int]:
    """Decide and close every open report of the group on one written basis. Those that need a second reader wait for one.

    Returns (closed, waiting).
    """
    if not considered.strip():
        raise NoWrittenBasis
    require(actor, Permission.REPORT_CLOSE, group.desk)
    closed = waiting = 0
    for report in group.reports.filter(closed_at__isnull=True).select_related("desk", "district"):
        if report.approvals.filter(kind=Approval.Kind.CLOSE, decision=Approval.Decision.WAITING).exists():
            waiting += 1
            continue
        decide(actor=actor, report=report, actions=actions, validity=validity, considered=considered)
        if isinstance(close(actor=actor, report=report, reason=considered), Approval):
            waiting += 1
        else:
            closed += 1
    if not waiting:
        group.closed_at = now()
        group.save(update_fields=["closed_at"])
    record(
        actor=actor_string(actor),
        verb="group.closed" if not waiting else "group.closing",
        thing=f"group:{group.uuid}",
        organization_id=group.desk_id,
        detail={"closed": closed, "waiting": waiting},
    )
    return closed, waiting
