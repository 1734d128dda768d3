"""Incident rooms, and what might belong in one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has, organizations_with
from security_center.foundation.vault.columns import shown
from security_center.foundation.vault.provider import VaultLocked
from security_center.foundation.vault.queries import open_records

from .. import policies
from ..models import Conflict, IncidentGroup, Report, SubjectMention, SubjectToken
from .desk import BURST_WINDOW, visible_to


@dataclass(frozen=True)
class Room:
    """A group with what decides: how many of its reports are open, and how long the oldest of them has waited
    for an answer."""

    group: IncidentGroup
    title: str
    status_line: str
    total: int
    open: int
    unanswered: int
    oldest_unanswered: datetime | None


def groups_seen_by(person: Person) -> QuerySet[IncidentGroup]:
    """Rooms at this person's desks; never one that holds a report which is kept from them, since its title
    tells what that report is about."""
    about_them = Conflict.objects.filter(report__group=OuterRef("pk"), person=person)
    reserved = (
        Report.objects.filter(group=OuterRef("pk"), reserved_for__isnull=False)
        .exclude(reserved_for=person)
        .order_by()
    )
    seen = IncidentGroup.objects.filter(desk__in=organizations_with(person, Permission.REPORT_LIST)).exclude(
        Exists(about_them) | Exists(reserved)
    )
    return seen.select_related("desk__parent__parent", "opened_by")


def group_for(person: Person, pk: uuid.UUID) -> IncidentGroup | None:
    return groups_seen_by(person).filter(uuid=pk).first()


def rooms(person: Person, closed: bool = False) -> list[Room]:
    """The rooms at this person's desks, the newest first. Titles stay closed while the vault is."""
    is_open = Q(reports__closed_at__isnull=True)
    unanswered = is_open & Q(reports__reporter_replied_at__isnull=True, reports__may_we_message=True)
    counted = groups_seen_by(person).annotate(
        total=Count("reports"),
        still_open=Count("reports", filter=is_open),
        without_answer=Count("reports", filter=unanswered),
        oldest=Min("reports__received_at", filter=unanswered),
    )
    # A room is over when its last report is closed, whoever closed it.
    shown = (
        counted.filter(Q(still_open=0) | Q(closed_at__isnull=False))
        if closed
        else counted.filter(still_open__gt=0, closed_at__isnull=True)
    )
    groups = list(shown.order_by("-opened_at", "-pk")[:50])
    texts = _texts(person, groups)
    return [
        Room(group, *texts[group.pk], group.total, group.still_open, group.without_answer, group.oldest)
        for group in groups
    ]


def room(person: Person, group: IncidentGroup) -> Room:
    reports = reports_in(person, group)
    waiting = [
        r for r in reports if r.closed_at is None and r.reporter_replied_at is None and r.may_we_message
    ]
    title, line = _texts(person, [group])[group.pk]
    still_open = sum(r.closed_at is None for r in reports)
    oldest = min((r.received_at for r in waiting), default=None)
    return Room(group, title, line, len(reports), still_open, len(waiting), oldest)


def _texts(person: Person, groups: Sequence[IncidentGroup]) -> dict[int, tuple[str, str]]:
    """Title and line of each, for those who read reports: a superintendent sees that there is a group, and
    how many wait in it."""
    readable = [group for group in groups if has(person, Permission.REPORT_READ, group.desk)]
    try:
        opened = open_records({group.record: [desk_recipient(group.desk)] for group in readable})
    except VaultLocked:
        opened = {}
    texts = dict.fromkeys((group.pk for group in groups), ("", ""))
    for group in readable:
        if group.record in opened:
            texts[group.pk] = (
                shown(opened[group.record], group, "title"),
                shown(opened[group.record], group, "status_line"),
            )
    return texts


def reports_in(person: Person, group: IncidentGroup) -> list[Report]:
    """Those of the group's reports that this person may see, the open ones first, then by arrival."""
    found = (
        visible_to(person)
        .filter(group=group)
        .select_related("organization", "desk__parent__parent", "district", "holder")
    )
    return sorted(found.order_by("received_at", "id")[:1000], key=lambda report: report.closed_at is not None)


def candidates(person: Person, around: Report) -> list[Report]:
    """Open reports at the same desk, in no group yet, that came within ten minutes before or after, or name
    somebody by a blinded token that this one names too. Arrival times and tokens are compared; no text is
    opened."""
    near = Q(
        received_at__gte=around.received_at - BURST_WINDOW, received_at__lte=around.received_at + BURST_WINDOW
    )
    told_apart = SubjectMention.State.REJECTED
    tokens = SubjectToken.objects.filter(
        subject__mentions__in=SubjectMention.objects.filter(report=around).exclude(state=told_apart)
    )
    alike = SubjectToken.objects.filter(token__in=tokens.values("token")).values("subject")
    named = SubjectMention.objects.filter(subject__in=alike).exclude(state=told_apart).values("report")
    found = visible_to(person, Permission.REPORT_ASSIGN).filter(
        near | Q(pk__in=named), desk=around.desk_id, group__isnull=True, closed_at__isnull=True
    )
    return list(
        found.select_related("organization", "desk__parent__parent", "district", "holder").order_by(
            "received_at", "id"
        )[:500]
    )


def chosen_reports(person: Person, numbers: list[str]) -> list[Report]:
    """The reports with these numbers which the person may move."""
    found = visible_to(person, Permission.REPORT_ASSIGN).filter(
        number__in=[number.upper() for number in numbers]
    )
    return [
        r
        for r in found.select_related("organization", "desk__parent__parent", "district")
        if policies.can(person, Permission.REPORT_ASSIGN, r)
    ]
