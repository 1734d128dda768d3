"""The desk: which reports a person sees, as keyset pages of 50 with capped counts."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.policies import held, organizations_with

from ..models import Approval, Conflict, Report
from ..models.report import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAGE = 50
CAP = 1000
TABS = ("mine", "unassigned", "late", "all")
WAITING = ("undecided", "unread")
UNREAD = Q(first_read_at__isnull=True)
BURST_WINDOW = timedelta(minutes=10)
BURST_LOOKBACK = timedelta(hours=6)
BURST_SIZE = 4
BURST_MOST = 500


def visible_to(person: Person, permission: Permission = Permission.REPORT_LIST) -> QuerySet[Report]:
    """Reports whose desk lets `person` see them: those of desks where their role gives `permission`, the district's readers those of all its schools;
    never one that a conflict or a reservation keeps from them. Strangers get nothing. The surrounding scope is the tripwire behind this.
    """
    desks = list(organizations_with(person, permission).values_list("pk", "kind", "parent"))
    roots = {assignment.organization_id for assignment in held(person) if permission in ROLE_PERMISSIONS[Role(assignment.role)]}
    return _kept(Report.objects.filter(_at(desks, roots)), person)


def things_kept_from(person: Person, things: Iterable[str]) -> set[str]:
    """Those of `things` ("report:<number>", as a duty names it) that a conflict or a reservation keeps from the person. One query."""
    numbers = {thing.removeprefix("report:") for thing in things if thing.startswith("report:")}
    if not numbers:
        return set()
    with scopes_disabled():  # a report that is being handed over still lies in the giver's district; only names that the caller has come back
        reports = Report.objects.filter(number__in=numbers)
        return {f"report:{number}" for number in reports.exclude(pk__in=_kept(reports, person).values("pk")).values_list("number", flat=True)}


def _at(desks: list[tuple[int, str, int | None]], roots: set[int]) -> Q:
    """One equality where it can be had: a list of a whole district then reads one index in its order, at a million rows as at a thousand.

    Whoever holds the permission at a district by a role (`roots`: where the person's roles are) holds it at every desk in it. An administrator's
    access session does not: it is open at exactly one desk, and a district's opens no school's list.
    """
    whole = [pk for pk, kind, parent in desks if kind == Organization.Kind.DISTRICT and (pk in roots or parent in roots)]
    alone = [pk for pk, kind, parent in desks if kind != Organization.Kind.STATE and pk not in whole and parent not in whole]
    if not whole:
        return Q(desk=alone[0]) if len(alone) == 1 else Q(desk__in=alone)
    within = Q(district=whole[0]) if len(whole) == 1 else Q(district__in=whole)
    return within | Q(desk__in=alone) if alone else within


def _kept(found: QuerySet[Report], person: Person) -> QuerySet[Report]:
    conflicted = Conflict.objects.filter(report=OuterRef("pk"), person=person)
    return found.filter(Q(reserved_for__isnull=True) | Q(reserved_for=person)).exclude(Exists(conflicted))


@dataclass(frozen=True)
class Filters:
    """What stands in the address of a desk page."""

    tab: str = "all"
    urgency: str = ""
    category: str = ""
    school: str = ""
    state: str = ""
    waiting: str = ""  # "undecided": past its clock without a human decision; "unread": nobody has opened it
    closed: bool = False
    number: str = ""
    after: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        tab = query.get("tab", "all")
        return cls(
            tab=tab if tab in TABS else "all",
            urgency=query.get("urgency", "") if query.get("urgency") in Urgency.values else "",
            category=query.get("category", "")[:40],
            school=query.get("school", "")[:80],
            state=query.get("state", "") if query.get("state") in Report.State.values else "",
            waiting=query.get("waiting", "") if query.get("waiting") in WAITING else "",
            closed=query.get("closed") == "1",
            number=query.get("number", "").strip().upper().replace("-", "").replace(" ", "")[:8],
            after=query.get("after", "")[:120],
        )


@dataclass(frozen=True)
class Marks:
    """What a row tells beside its own columns."""

    linked: int = 0
    second_reader: bool = False


@dataclass
class Desk:
    """One page of the desk. `counts`: per tab, at most CAP (shown as "1000+"); `next_after`: the key of the following page or ""."""

    filters: Filters
    rows: list[Report]
    counts: dict[str, int]
    next_after: str
    last_received_at: datetime | None
    schools: list[Organization] = field(default_factory=list)
    marks: dict[int, Marks] = field(default_factory=dict)  # by the row's id
    without_decision: int = 0
    waits_longest: Report | None = None
    burst: list[Report] = field(default_factory=list)


def desk_page(person: Person, filters: Filters) -> Desk:
    """A page of open work by urgency and age (or of closed reports, the newest first)."""
    everything = visible_to(person)
    open_work = everything.filter(closed_at__isnull=True)
    tabs = {tab: _tab(open_work, tab, person) for tab in TABS}
    counts = {tab: found.order_by()[:CAP].count() for tab, found in tabs.items()}
    found = everything.filter(closed_at__isnull=False) if filters.closed else tabs[filters.tab]
    if filters.number:
        found = everything.filter(number=filters.number)
    if filters.urgency:
        found = found.filter(urgency=filters.urgency)
    if filters.category:
        found = found.filter(category=filters.category)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.waiting:
        found = found.filter(undecided_at(now()) if filters.waiting == "undecided" else UNREAD)
    if filters.school:
        found = found.filter(organization__slug=filters.school)
    rows, next_after = _page(found, filters)
    newest = everything.order_by("-received_at", "-id").values_list("received_at", flat=True).first()
    schools = list(organizations_with(person, Permission.REPORT_LIST).filter(kind=Organization.Kind.SCHOOL).order_by("name")[:200])
    open_now = open_work.order_by()
    return Desk(
        filters,
        rows,
        counts,
        next_after,
        newest,
        schools,
        marks=_marks(rows, person),
        without_decision=open_now.filter(undecided_at(now()))[:CAP].count(),
        waits_longest=open_now.filter(acknowledged_at__isnull=True).defer(*_SEALED).order_by("acknowledge_by").first(),
        burst=burst_of(open_now),
    )


def _marks(rows: list[Report], person: Person) -> dict[int, Marks]:
    """Two queries for a whole page: how many reports are linked to each row, and which wait for a second reader."""
    keys = [row.pk for row in rows]
    others = _kept(Report.objects.filter(linked_to__in=keys), person)
    linked = dict(others.order_by().values_list("linked_to").annotate(count=Count("pk")))
    waiting = set(Approval.objects.filter(report__in=keys, decision=Approval.Decision.WAITING).values_list("report", flat=True))
    return {pk: Marks(linked.get(pk, 0), pk in waiting) for pk in keys}


def burst_of(open_now: QuerySet[Report]) -> list[Report]:
    """The largest burst of the last hours: reports that came to one desk within ten minutes of each other and are in no group yet.

    Only arrival times are compared; nothing is opened.
    """
    recent = open_now.filter(group__isnull=True, received_at__gte=now() - BURST_LOOKBACK).select_related("organization", "desk", "holder")
    by_desk: dict[int, list[Report]] = {}
    for report in recent.defer(*_SEALED).order_by("-received_at", "-id")[:BURST_MOST]:
        by_desk.setdefault(report.desk_id, []).append(report)
    best: list[Report] = []
    for newest_first in by_desk.values():
        rows = newest_first[::-1]
        start = 0
        for end, report in enumerate(rows):
            while report.received_at - rows[start].received_at > BURST_WINDOW:
                start += 1
            if end - start + 1 > len(best):
                best = rows[start : end + 1]
    return best if len(best) >= BURST_SIZE else []


def _tab(open_work: QuerySet[Report], tab: str, person: Person) -> QuerySet[Report]:
    if tab == "mine":
        return open_work.filter(holder=person)
    if tab == "unassigned":
        return open_work.filter(holder__isnull=True)
    if tab == "late":
        return open_work.filter(late_at(now()))
    return open_work


def undecided_at(moment: datetime) -> Q:
    """Its clock for a human decision has run out: the figure that must be zero."""
    return Q(decided_at__isnull=True, decide_by__lt=moment)


def late_at(moment: datetime) -> Q:
    """A clock has run out: computed when read, so that it is true even while the worker is down."""
    return Q(closed_at__isnull=True) & (Q(acknowledged_at__isnull=True, acknowledge_by__lt=moment) | Q(decided_at__isnull=True, decide_by__lt=moment))


def _page(found: QuerySet[Report], filters: Filters) -> tuple[list[Report], str]:
    key = _key(filters.after)
    if filters.closed:
        ordered = found.order_by("-received_at", "-id")
        if key:
            ordered = ordered.filter(Q(received_at__lt=key[1]) | Q(received_at=key[1], id__lt=key[2]))
    else:
        ordered = found.order_by("urgency", "received_at", "id")
        if key:
            urgency, received, pk = key
            later = Q(urgency__gt=urgency) | Q(urgency=urgency, received_at__gt=received) | Q(urgency=urgency, received_at=received, id__gt=pk)
            ordered = ordered.filter(urgency__gte=urgency).filter(later)
    rows = list(ordered.select_related("organization", "desk__parent__parent", "district", "holder").defer(*_SEALED)[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return rows, _write_key(rows[-1]) if more else ""


_SEALED = ("what_happened", "who", "when_where", "weapon", "how_do_you_know", "content_digest", "locator_digest")


def _write_key(report: Report) -> str:
    return base64.urlsafe_b64encode(f"{report.urgency}|{report.received_at.isoformat()}|{report.pk}".encode()).decode().rstrip("=")


def _key(after: str) -> tuple[str, datetime, int] | None:
    """An address with a spoilt key shows the first page again."""
    if not after:
        return None
    try:
        urgency, received, pk = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split("|")
        return urgency, datetime.fromisoformat(received).astimezone(UTC), int(pk)
    except (ValueError, OverflowError, binascii.Error, UnicodeDecodeError):
        return None


def next_in_queue(person: Person, but_not: Report | None = None) -> Report | None:
    """The open report this person should take next: their own or unassigned, unacknowledged first, by urgency and age."""
    waiting = visible_to(person, Permission.REPORT_READ).filter(closed_at__isnull=True).filter(Q(holder=person) | Q(holder__isnull=True))
    if but_not is not None:
        waiting = waiting.exclude(pk=but_not.pk)
    fresh = waiting.filter(Q(acknowledged_at__isnull=True) | Q(new_facts_at__isnull=False))
    return (fresh.order_by("urgency", "received_at", "id").first()) or waiting.order_by("urgency", "received_at", "id").first()
