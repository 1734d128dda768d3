"""The desk: which reports a person sees, as keyset pages of 50 with capped counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import (
    opened_by_session,
    organizations_with,
    roots_of,
    whole_districts,
)
from security_center.foundation.sqlite.damage import readable

from ..models import Approval, Conflict, Report
from ..models.report import Urgency
from .damaged import salvaged
from .order import in_order, newest_first, read_key, write_key

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
    """Reports whose desk lets `person` see them: those of desks where their role gives `permission`, the
    district's readers those of all its schools; never one that a conflict or a reservation keeps from them.
    Strangers get nothing. The surrounding scope is the tripwire behind this."""
    return _kept(Report.objects.filter(_at(person, permission)), person)


def things_kept_from(person: Person, things: Iterable[str]) -> set[str]:
    """Those of `things` ("report:<number>", as a duty names it) that a conflict or a reservation keeps from
    the person. One query."""
    numbers = {thing.removeprefix("report:") for thing in things if thing.startswith("report:")}
    if not numbers:
        return set()
    # A report that is being handed over still lies in the giver's district; only names that the caller has
    # come back
    with scopes_disabled():
        reports = Report.objects.filter(number__in=numbers)
        return {
            f"report:{number}"
            for number in reports.exclude(pk__in=_kept(reports, person).values("pk")).values_list(
                "number", flat=True
            )
        }


def _at(person: Person, permission: Permission) -> Q:
    """One equality where it can be had: a list of a whole district then reads one index in its order, at a
    million rows as at a thousand.

    Whoever holds the permission at a district by a role holds it at every desk in it. An administrator's
    access session does not: it is open at exactly one desk, and a district's opens no school's list."""
    whole = whole_districts(person, permission)
    named = [*roots_of(person, permission), *opened_by_session(person, permission)]
    alone = {
        place.pk
        for place in named
        if place.kind != Organization.Kind.STATE and not {place.pk, place.parent_id} & whole
    }
    if not whole:
        return Q(desk=alone.pop()) if len(alone) == 1 else Q(desk__in=alone)
    within = Q(district__in=whole) if len(whole) > 1 else Q(district=next(iter(whole)))
    return within | Q(desk__in=alone) if alone else within


def _kept(found: QuerySet[Report], person: Person) -> QuerySet[Report]:
    # Few, and read once: asked row by row it would double the cost of a count
    conflicted = Conflict.objects.filter(person=person).values("report")
    return found.filter(Q(reserved_for__isnull=True) | Q(reserved_for=person)).exclude(pk__in=conflicted)


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
    """What a row tells beside its own columns. `second_reader`: one is waited for; None where a damaged page
    of the database hides it."""

    linked: int = 0
    second_reader: bool | None = False


@dataclass(frozen=True)
class Burst:
    """Reports that came to one desk together, by the number of the first of them."""

    place: str
    number: str
    count: int


@dataclass
class Desk:
    """One page of the desk. `counts`: per tab, at most CAP (shown as "1000+"), None where a damaged page of
    the database hides it, as `without_decision`; `next_after`: the key of the following page or "". `hidden`:
    rows may be missing because of such a page."""

    filters: Filters
    rows: list[Report]
    counts: dict[str, int | None]
    next_after: str
    last_received_at: datetime | None
    schools: list[Organization] = field(default_factory=list)
    marks: dict[int, Marks] = field(default_factory=dict)  # by the row's id
    without_decision: int | None = 0
    hidden: bool = False
    waits_longest: Report | None = None
    burst: Burst | None = None


def desk_page(person: Person, filters: Filters) -> Desk:
    """A page of open work in the order of `order` (or of closed reports, the newest first)."""
    everything = visible_to(person)
    open_work = everything.filter(closed_at__isnull=True)
    tabs = {tab: _tab(open_work, tab, person) for tab in TABS}
    counts: dict[str, int | None] = {
        tab: readable(found.order_by()[:CAP].count, None) for tab, found in tabs.items()
    }
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
    whole = readable(lambda: _page(found, filters), None)
    rows, next_after = whole or (salvaged(found, PAGE), "")
    latest = everything.order_by("-received_at", "-id").values_list("received_at", flat=True)
    newest = None if rows else readable(latest.first, None)
    schools = organizations_with(person, Permission.REPORT_LIST).filter(kind=Organization.Kind.SCHOOL)
    open_now = open_work.order_by()
    return Desk(
        filters,
        rows,
        counts,
        next_after,
        newest,
        readable(lambda: list(schools.only("name", "slug").order_by("name")[:200]), []),
        marks=readable(lambda: _marks(rows, person), {row.pk: Marks(second_reader=None) for row in rows}),
        without_decision=readable(open_now.filter(undecided_at(now()))[:CAP].count, None),
        hidden=whole is None,
        waits_longest=readable(
            open_now.filter(acknowledged_at__isnull=True).only(*_CLOCKS).order_by("acknowledge_by").first,
            None,
        ),
        burst=readable(lambda: burst_of(open_now), None),
    )


def _marks(rows: list[Report], person: Person) -> dict[int, Marks]:
    """Two queries for a whole page: how many reports are linked to each row, and which wait for a second
    reader."""
    keys = [row.pk for row in rows]
    others = _kept(Report.objects.filter(linked_to__in=keys), person)
    linked = dict(others.order_by().values_list("linked_to").annotate(count=Count("pk")))
    waiting = set(
        Approval.objects.filter(report__in=keys, decision=Approval.Decision.WAITING).values_list(
            "report", flat=True
        )
    )
    return {pk: Marks(linked.get(pk, 0), pk in waiting) for pk in keys}


def burst_of(open_now: QuerySet[Report]) -> Burst | None:
    """The largest burst of the last hours: reports that came to one desk within ten minutes of each other and
    are in no group yet.

    Only arrival times are compared; nothing is opened.
    """
    recent = open_now.filter(group__isnull=True, received_at__gte=now() - BURST_LOOKBACK).order_by(
        "-received_at", "-id"
    )
    by_desk: dict[tuple[int, str], list[tuple[datetime, str]]] = {}
    for desk, name, received_at, number in recent.values_list("desk", "desk__name", "received_at", "number")[
        :BURST_MOST
    ]:
        by_desk.setdefault((desk, name), []).append((received_at, number))
    best = Burst("", "", 0)
    for (_desk, place), latest_first in by_desk.items():
        rows = latest_first[::-1]
        start = 0
        for end, (received_at, _number) in enumerate(rows):
            while received_at - rows[start][0] > BURST_WINDOW:
                start += 1
            if end - start + 1 > best.count:
                best = Burst(place, rows[start][1], end - start + 1)
    return best if best.count >= BURST_SIZE else None


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
    # Said of each clock, so that each finds its own index, where few or none of many are late
    still_open = Q(closed_at__isnull=True)
    untaken = still_open & Q(acknowledged_at__isnull=True, acknowledge_by__lt=moment)
    return untaken | (still_open & undecided_at(moment))


def _page(found: QuerySet[Report], filters: Filters) -> tuple[list[Report], str]:
    key = read_key(filters.after)
    ordered = newest_first(found, key) if filters.closed else in_order(found, key)
    rows = list(ordered.defer(*SEALED)[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    join(rows)
    return rows, write_key(rows[-1]) if more else ""


def join(rows: list[Report]) -> None:
    """Give the rows their school, their desk with all above it and their holder: two queries, and each place
    and person made once, not once a row."""
    wanted = {pk for row in rows for pk in (row.organization_id, row.desk_id)}
    places = Organization.objects.select_related("parent__parent").in_bulk(wanted)
    holders = Person.objects.only("name", "email").in_bulk(
        {row.holder_id for row in rows if row.holder_id is not None}
    )
    for row in rows:
        row.organization, row.desk = places[row.organization_id], places[row.desk_id]
        row.holder = holders[row.holder_id] if row.holder_id is not None else None


SEALED = (
    "what_happened",
    "who",
    "when_where",
    "weapon",
    "how_do_you_know",
    "content_digest",
    "locator_digest",
)
_CLOCKS = (
    "number",
    "category",
    "received_at",
    "acknowledged_at",
    "acknowledge_by",
    "decided_at",
    "decide_by",
    "closed_at",
)


def next_in_queue(person: Person) -> Report | None:
    """The report this person should take next: of their own and of those that nobody has, the first of the
    list which nobody has taken, where something new has come or whose clock is late; when there is none, the
    first that waits for its decision, and then the first at all."""
    waiting = (
        visible_to(person, Permission.REPORT_READ)
        .filter(closed_at__isnull=True)
        .filter(Q(holder=person) | Q(holder__isnull=True))
    )
    ordered = in_order(waiting)
    due = ordered.filter(Q(acknowledged_at__isnull=True) | Q(new_facts_at__isnull=False) | late_at(now()))
    return due.first() or ordered.filter(decided_at__isnull=True).first() or ordered.first()
