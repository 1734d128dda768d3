"""The figures that must be zero, live, for the home page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission

from .desk import CAP, UNREAD, late_at, undecided_at, visible_to


@dataclass(frozen=True)
class NeverZero:
    """`without_decision`: past their clock and no person has decided; `unread`: nobody has opened them;
    `late`: any clock has run out. Capped at CAP. None where a damaged page of the database hides it."""

    without_decision: int | None
    unread: int | None
    late: int | None
    open: int | None


def never_zero(person: Person, permission: Permission = Permission.REPORT_LIST) -> NeverZero:
    """The figures over the desks where the person holds `permission`: to list reports, or only to see
    statistics."""
    seen = visible_to(person, permission).filter(closed_at__isnull=True).order_by()
    at = now()
    return NeverZero(
        without_decision=seen.filter(undecided_at(at))[:CAP].count(),
        unread=seen.filter(UNREAD)[:CAP].count(),
        late=seen.filter(late_at(at))[:CAP].count(),
        open=seen[:CAP].count(),
    )


def undecided_everywhere() -> int:
    """Over all districts of this installation; a number and nothing else, for whoever watches the machine."""
    from ..models import Report

    with scopes_disabled():
        return Report.objects.filter(undecided_at(now()), closed_at__isnull=True).count()


@dataclass(frozen=True)
class DeskCounts:
    """What one desk has open; nothing of what any report says."""

    open: int = 0
    late: int = 0
    without_decision: int = 0
    unread: int = 0


def by_desk(person: Person) -> dict[int, DeskCounts]:
    """Open reports of every desk whose statistics the person may see, in one query. A desk that has none is
    absent."""
    at = now()
    seen = visible_to(person, Permission.STATISTICS_VIEW).filter(closed_at__isnull=True).order_by()
    rows = seen.values("desk").annotate(
        still_open=Count("pk"),
        late=Count("pk", filter=late_at(at)),
        without_decision=Count("pk", filter=undecided_at(at)),
        unread=Count("pk", filter=UNREAD),
    )
    return {
        row["desk"]: DeskCounts(row["still_open"], row["late"], row["without_decision"], row["unread"])
        for row in rows
    }


@dataclass(frozen=True)
class Changes:
    """What happened on the person's desks since a moment; each capped at CAP."""

    received: int
    new_facts: int
    closed: int


def changes_since(person: Person, moment: datetime) -> Changes:
    seen = visible_to(person).order_by()
    return Changes(
        received=seen.filter(received_at__gt=moment)[:CAP].count(),
        new_facts=seen.filter(closed_at__isnull=True, new_facts_at__gt=moment)[:CAP].count(),
        closed=seen.filter(closed_at__gt=moment)[:CAP].count(),
    )


@dataclass(frozen=True)
class Arrival:
    """The newest report of a school: that it arrived and whether somebody has it, for whoever tests the line.
    Nothing of what it says."""

    number: str
    received_at: datetime
    read: bool
    acknowledged: bool


def last_arrivals(person: Person, schools: Iterable[Organization]) -> dict[int, Arrival]:
    """The newest report that was sent to each of `schools` which has one, by the school's id, for those who
    see its statistics. One look-up a school in one query, and one query for what they found."""
    seen = visible_to(person, Permission.STATISTICS_VIEW)
    newest = seen.filter(organization=OuterRef("pk")).order_by("-received_at", "-id").values("pk")[:1]
    asked = Organization.objects.filter(pk__in=[school.pk for school in schools]).annotate(
        newest=Subquery(newest)
    )
    found = [pk for pk in asked.values_list("newest", flat=True) if pk is not None]
    return {
        row["organization"]: Arrival(
            row["number"],
            row["received_at"],
            row["first_read_at"] is not None,
            row["acknowledged_at"] is not None,
        )
        for row in seen.filter(pk__in=found).values(
            "organization", "number", "received_at", "first_read_at", "acknowledged_at"
        )
    }
