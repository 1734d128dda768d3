"""Desks side by side: what is open, late, undecided, unread, and the hours without a reader. Counts only,
never a word of a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from security_center.foundation.organizations import places
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.places import District, Place
from security_center.foundation.organizations.policies import has
from security_center.prevention import pages
from security_center.reporting.queries import DeskCounts, by_desk

NOTHING = DeskCounts()


@dataclass(frozen=True)
class DeskRow:
    organization: Organization
    counts: DeskCounts
    gap: str
    open_form: bool
    closed_because: list[str]
    may_list: bool  # the person may open the lists behind the numbers


@dataclass(frozen=True)
class DistrictRow:
    district: District
    counts: DeskCounts
    closed_forms: int
    with_gap: int


class RollUp:
    """Every desk whose statistics a person may see, in three queries: figures are of all of them, whatever a
    page shows."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.places = (
            organizations.organizations_for(person, Permission.STATISTICS_VIEW)
            .filter(active=True)
            .exclude(kind=Organization.Kind.STATE)
        )

    @cached_property
    def desks(self) -> list[Place]:
        return places.light(self.places)

    @cached_property
    def schools(self) -> set[int]:
        return {desk.pk for desk in self.desks if desk.kind == Organization.Kind.SCHOOL}

    @cached_property
    def districts(self) -> list[District]:
        return places.by_district(self.desks)

    @property
    def is_wide(self) -> bool:
        """Several districts, with more desks than a page holds: their districts stand side by side, not their
        desks."""
        return len(self.districts) > 1 and len(self.desks) > places.PAGE

    @cached_property
    def counts(self) -> dict[int, DeskCounts]:
        return by_desk(self._person)

    @cached_property
    def published(self) -> pages.Published:
        return pages.published(self.places)

    @cached_property
    def closed(self) -> set[int]:
        return {desk.pk for desk in self.desks} - self.published.open

    @cached_property
    def closed_schools(self) -> set[int]:
        return self.schools - self.published.open

    @property
    def orders(self) -> dict[str, Any]:
        """For places.listed: what needs somebody stands first."""
        return {"desk_order": self._desk_order, "district_order": self._district_order}

    def desk_rows(self, shown: Iterable[Place]) -> list[DeskRow]:
        """Two queries for those shown."""
        lines = pages.desk_lines(places.whole(shown), plans=False)
        return [
            DeskRow(
                line.organization,
                self.counts.get(line.organization.pk, NOTHING),
                line.gap,
                line.open,
                line.closed_because,
                has(self._person, Permission.REPORT_LIST, line.organization),
            )
            for line in lines
        ]

    def district_rows(self, shown: Iterable[District]) -> list[DistrictRow]:
        return [self._district_row(district) for district in shown]

    def worst_desks(self, most: int) -> list[DeskRow]:
        return self.desk_rows(sorted(self.desks, key=self._desk_order)[:most])

    def worst_districts(self, most: int) -> list[DistrictRow]:
        return self.district_rows(sorted(self.districts, key=self._district_order)[:most])

    def _district_row(self, district: District) -> DistrictRow:
        found = [self.counts[place.pk] for place in district.places if place.pk in self.counts]
        together = DeskCounts(
            sum(one.open for one in found),
            sum(one.late for one in found),
            sum(one.without_decision for one in found),
            sum(one.unread for one in found),
        )
        return DistrictRow(
            district, together, district.count(self.closed_schools), district.count(self.published.gap)
        )

    def _desk_order(self, desk: Place) -> tuple[int, int, int, str]:
        counts = self.counts.get(desk.pk, NOTHING)
        return (-counts.without_decision, -counts.late, -counts.unread, desk.name)

    def _district_order(self, district: District) -> tuple[int, int, int, int, str]:
        row = self._district_row(district)
        return (
            -row.counts.without_decision,
            -row.counts.late,
            -row.closed_forms,
            -row.with_gap,
            district.name,
        )
