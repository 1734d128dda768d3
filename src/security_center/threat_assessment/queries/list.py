"""Which cases a person knows of, as keyset pages of 50."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import organizations_with
from security_center.foundation.organizations.queries import is_id

from ..models import Case, Member

PAGE = 50
CAP = 1000
TABS = ("mine", "open", "late", "closed", "practice")
COUNTED = frozenset({"mine", "open", "late"})  # a practice case stands in no figure


def cases_opened_in(district: Organization, begins: datetime, ends: datetime) -> QuerySet[Case]:
    """For figures of a district: they count and name nobody."""
    return Case.objects.filter(district=district, opened_at__gte=begins, opened_at__lt=ends, practice=False)


def visible_to(person: Person) -> QuerySet[Case]:
    """Cases that the person may know of: those they are a member of, and those of schools where their role
    lists cases."""
    schools = organizations_with(person, Permission.CASE_LIST).values("pk")
    joined = organizations_with(person, Permission.CASE_JOIN).values("pk")
    return Case.objects.filter(Q(school__in=schools) | (Q(pk__in=_joined(person)) & Q(school__in=joined)))


def _joined(person: Person) -> Any:
    """Ids of the cases that the person is a member of: few, so that a list of all cases never asks each of
    its rows for its members."""
    return Member.objects.filter(person=person, removed_at__isnull=True).values("case")


def open_cases_of(place: Organization) -> QuerySet[Case]:
    """Of a school; of a district those of all its schools. Late ones first."""
    where = Q(school=place) if place.kind == Organization.Kind.SCHOOL else Q(district=place)
    return Case.objects.filter(where, closed_at__isnull=True).order_by("state_due", "pk")


def practice_cases() -> QuerySet[Case]:
    return Case.objects.filter(practice=True)


def closed_cases() -> QuerySet[Case]:
    """Those that are closed and not destroyed yet."""
    return Case.objects.filter(closed_at__isnull=False, expunged_at__isnull=True).select_related(
        "school__parent__parent", "lead"
    )


def numbers_of_expunged() -> Iterator[str]:
    """Numbers of the destroyed cases of all tenants: what an older backup would bring back. Numbers only."""
    with scopes_disabled():
        yield from (
            Case.objects.filter(expunged_at__isnull=False)
            .order_by("pk")
            .values_list("number", flat=True)
            .iterator()
        )


def kept_cases(numbers: Iterable[str]) -> list[Case]:
    """Of those numbers, of all tenants, the cases that are not destroyed. Called without a scope."""
    return list(Case.objects.filter(number__in=list(numbers), expunged_at__isnull=True))


@dataclass(frozen=True)
class Filters:
    tab: str = "mine"
    after: str = ""

    @classmethod
    def from_query(cls, query: dict[str, str]) -> Filters:
        tab = query.get("tab", "")
        return cls(tab if tab in TABS else "mine", query.get("after", ""))


@dataclass(frozen=True)
class CaseList:
    filters: Filters
    rows: list[Case]
    counts: dict[str, int]
    next_after: str
    # Ids of those that the person is a member of: the others show number, school and clock only
    mine: frozenset[int]


def case_list(person: Person, filters: Filters) -> CaseList:
    known, at = visible_to(person), now()
    seen = known.filter(practice=False)
    tabs = {
        "mine": seen.filter(pk__in=_joined(person), closed_at__isnull=True),
        "open": seen.filter(closed_at__isnull=True),
        "late": seen.filter(closed_at__isnull=True, state_due__lt=at),
        "closed": seen.filter(closed_at__isnull=False),
        "practice": known.filter(practice=True),
    }
    counts = {tab: found.order_by()[: CAP + 1].count() for tab, found in tabs.items() if tab in COUNTED}
    rows, next_after = _page(tabs[filters.tab], filters)
    ids = [row.pk for row in rows]
    mine = Member.objects.filter(case__in=ids, person=person, removed_at__isnull=True).values_list(
        "case_id", flat=True
    )
    return CaseList(filters, rows, counts, next_after, frozenset(mine))


def _page(found: QuerySet[Case], filters: Filters) -> tuple[list[Case], str]:
    """Newest first; the key is the moment and the id of the last row. Which rows is asked first, so that the
    database sorts no wide ones."""
    ordered = found.order_by("-opened_at", "-pk")
    key = _key(filters.after)
    if key is not None:
        ordered = ordered.filter(Q(opened_at__lt=key[0]) | Q(opened_at=key[0], pk__lt=key[1]))
    ids = list(ordered.values_list("pk", flat=True)[: PAGE + 1])
    more = len(ids) > PAGE
    shown = (
        Case.objects.filter(pk__in=ids[:PAGE])
        .select_related("school", "lead")
        .defer("concern", "subject_name", "subject_facts")
    )
    rows = list(shown.order_by("-opened_at", "-pk"))
    return rows, f"{rows[-1].opened_at.isoformat()}~{rows[-1].pk}" if more else ""


def _key(after: str) -> tuple[datetime, int] | None:
    moment, _, pk = after.partition("~")
    try:
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (at, int(pk)) if is_id(pk) else None
