"""Desks side by side: what is open, late, undecided, unread, and the hours without a reader. Counts only, never a word of a report."""

from __future__ import annotations

from dataclasses import dataclass

from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.prevention import pages
from security_center.reporting.queries import DeskCounts, by_desk

MOST = 500


@dataclass(frozen=True)
class DeskRow:
    organization: Organization
    counts: DeskCounts
    gap: str
    open_form: bool
    closed_because: list[str]
    may_list: bool  # the person may open the lists behind the numbers

    @property
    def order(self) -> tuple[int, int, int, str]:
        """What needs somebody first."""
        return (-self.counts.without_decision, -self.counts.late, -self.counts.unread, self.organization.name)


@dataclass(frozen=True)
class DistrictRow:
    district: Organization
    counts: DeskCounts
    schools: int
    closed_forms: int
    with_gap: int


def desk_rows(person: Person, district: Organization | None = None) -> list[DeskRow]:
    """Every desk whose statistics the person may see (of one district). A fixed number of queries."""
    places = organizations.organizations_for(person, Permission.STATISTICS_VIEW).filter(active=True).exclude(kind=Organization.Kind.STATE)
    places = places.select_related("parent__parent").order_by("name")
    desks = [place for place in places[:MOST] if district is None or place.district.pk == district.pk]
    listed = set(organizations.organizations_for(person, Permission.REPORT_LIST).values_list("pk", flat=True))
    counts = by_desk(person)
    return [
        DeskRow(
            line.organization,
            counts.get(line.organization.pk, DeskCounts()),
            line.gap,
            line.open,
            line.closed_because,
            line.organization.pk in listed,
        )
        for line in pages.desk_lines(desks)
    ]


def district_rows(rows: list[DeskRow]) -> list[DistrictRow]:
    """The same, a line for each district: for a state."""
    by_district: dict[int, list[DeskRow]] = {}
    for row in rows:
        by_district.setdefault(row.organization.district.pk, []).append(row)
    found = []
    for group in by_district.values():
        schools = [row for row in group if row.organization.kind == Organization.Kind.SCHOOL]
        found.append(
            DistrictRow(
                group[0].organization.district,
                DeskCounts(
                    sum(row.counts.open for row in group),
                    sum(row.counts.late for row in group),
                    sum(row.counts.without_decision for row in group),
                    sum(row.counts.unread for row in group),
                ),
                len(schools),
                sum(1 for row in schools if not row.open_form),
                sum(1 for row in group if row.gap),
            )
        )
    return sorted(found, key=lambda row: (-row.counts.without_decision, -row.counts.late, row.district.name))
