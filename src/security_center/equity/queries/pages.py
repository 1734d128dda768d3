"""What the pages show: figures as they were published, never a case and never a student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_scopes import scope

from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.school_years import Period, period_of
from security_center.foundation.vault.columns import unseal
from security_center.threat_assessment import content_loader as doctrine

from .. import sealing
from ..content_loader import SCHOOL, UNKNOWN, axes
from ..csv_rows import EnrolmentRow, StudentRow, parse
from ..models import Figures, Import, ProtectedRow, Reading
from ..tables import ENROLMENT, NODES, Node, axis_keys

TITLES = {
    "referrals": _lazy("Cases, and how often a group is referred compared with the others"),
    "assessments": _lazy("Cases that were assessed and judged"),
    "raised": _lazy("Judged as a medium or high concern"),
    "told_raised": _lazy("Law enforcement was told, among medium and high concern"),
    "told_low": _lazy("Law enforcement was told, among low concern"),
    "supported": _lazy("A step that helps the student was set within 14 days"),
    "removed": _lazy("Kept out of school, and the school days"),
    "ended": _lazy("Closed, and the days it took"),
    "reopened": _lazy("Opened again within 180 days"),
}


def published(district: Organization, kind: str, period: Period) -> Figures | None:
    return Figures.objects.filter(district=district, kind=kind, period=period.key).first()


def districts_of(person: Person, permission: Permission = Permission.STATISTICS_VIEW) -> list[Organization]:
    """The districts whose figures the person may see: of a school's leader, the school's."""
    places = (
        organizations.organizations_for(person, permission)
        .exclude(kind=Organization.Kind.STATE)
        .select_related("parent__parent")
    )
    found = {place.district.pk: place.district for place in places}
    return sorted(found.values(), key=lambda place: place.name)


@dataclass(frozen=True)
class PublishedFigures:
    """The figures of one kind that a district has published, the newest first, and the one that is looked
    at."""

    district: Organization
    rows: list[Figures]
    chosen: Figures | None

    @property
    def period(self) -> Period | None:
        return period_of(self.chosen.period) if self.chosen is not None else None

    @property
    def periods(self) -> list[Period]:
        return [period_of(row.period) for row in self.rows]


class NoSuchFigures(Exception):
    """Nothing was published for the period that the address names."""


def published_figures(
    district: Organization, kind: str, period: str = "", *, years_only: bool = False
) -> PublishedFigures:
    """Raises NoSuchFigures."""
    rows = [
        row
        for row in Figures.objects.filter(district=district, kind=kind)
        if not years_only or len(row.period) == 7
    ]
    rows.sort(key=lambda row: (period_of(row.period).day_after, -period_of(row.period).half), reverse=True)
    chosen = next((row for row in rows if row.period == period), None)
    if period and chosen is None:
        raise NoSuchFigures(period)
    return PublishedFigures(district, rows, chosen or (rows[0] if rows else None))


def open_reading(district: Organization) -> Reading | None:
    return Reading.objects.filter(district=district, read_at__isnull=True).order_by("-month").first()


@dataclass(frozen=True)
class Line:
    """One group. `cell` is None where the figure is kept back."""

    label: Any
    cell: dict[str, Any] | None


@dataclass(frozen=True)
class Table:
    metric: Any  # an EquityMetric
    title: Any
    node: Node
    lines: list[Line]
    total: dict[str, Any] | None  # None: the whole table is kept back
    with_of: bool


def axis_label(axis: str) -> Any:
    return doctrine.equity_groups()[axis]


def equity_tables(figures: Figures, axis: str) -> list[Table]:
    """The tables by one axis, in the order of the doctrine's metrics."""
    labels = _labels(figures.district, axis)
    found = []
    for node in NODES.values():
        table = figures.tables.get(f"{node.key}/{axis}")
        if table is None:
            continue
        lines = [Line(labels.get(group, group), cell) for group, cell in table["rows"].items()]
        metric = doctrine.equity_metrics().get(node.metric)
        with_of = node.of != ENROLMENT or any(line.cell and line.cell["of"] for line in lines)
        found.append(Table(metric, TITLES[node.key], node, lines, table["total"], with_of))
    return found


def _labels(district: Organization, axis: str) -> dict[str, Any]:
    if axis == SCHOOL:
        return {school.slug: school.name for school in organizations.schools_of(district)}
    return {**{key: group.label for key, group in axes()[axis].groups.items()}, UNKNOWN: _("Not known")}


def imports_of(district: Organization) -> list[Import]:
    return list(Import.objects.filter(district=district).select_related("sent_by").order_by("-sent_at")[:50])


def import_at(person: Person, uuid: UUID) -> Import | None:
    """A file of a district where the person may import."""
    districts = [district.pk for district in districts_of(person, Permission.EQUITY_IMPORT)]
    return (
        Import.objects.filter(uuid=uuid, district__in=districts)
        .select_related("district__parent", "sent_by")
        .first()
    )


def is_import_of_own(person: Person, uuid: UUID) -> bool:
    """Whether the file belongs to a district of this person: then they are refused, otherwise there is
    nothing."""
    places = [
        place.district.pk for place in organizations.visible_organizations(person).select_related("parent")
    ]
    return Import.objects.filter(uuid=uuid, district__in=places).exists()


@dataclass(frozen=True)
class Preview:
    """What a file holds, in numbers: never a student's values."""

    rows: int
    known: int  # of a file of students: those whom the file in use names too
    new: int
    gone: int  # those whom only the file in use names
    counts: list[tuple[Any, int]]  # of a file of enrolment: students by field


def preview(source: Import) -> Preview | None:
    """None when it was undone: its rows are gone."""
    if source.state == Import.State.UNDONE:
        return None
    if source.state != Import.State.WAITING:
        return Preview(source.rows, 0, 0, 0, [])
    parsed = parse(source.kind, unseal(sealing.opened(source), source, "content"))
    used = Import.objects.filter(
        district=source.district, kind=source.kind, school_year=source.school_year, state=Import.State.USED
    ).first()
    if source.kind == Import.Kind.ENROLMENT:
        sums: dict[str, int] = {}
        for row in parsed.rows:
            if isinstance(row, EnrolmentRow):
                sums[row.axis] = sums.get(row.axis, 0) + row.students
        return Preview(source.rows, 0, 0, 0, [(axes()[axis].label, count) for axis, count in sums.items()])
    there = (
        set(ProtectedRow.objects.filter(source=used).values_list("token", flat=True))
        if used is not None
        else set()
    )
    asked = {
        sealing.blinded(source.district, row.identifier) for row in parsed.rows if isinstance(row, StudentRow)
    }
    return Preview(source.rows, len(asked & there), len(asked - there), len(there - asked), [])


def other_metrics(figures: Figures) -> list[tuple[Any, dict[str, Any] | None, Any]]:
    """(metric, cell or None, why there is none) of the metrics that are no table by group."""
    metrics = doctrine.equity_metrics()
    kept = _("Kept back, or too few.")
    return [
        (metrics["young_child"], figures.tables.get("young_child"), kept),
        (metrics["mdr_done"], figures.tables.get("mdr_done"), kept),
        (metrics["iep_present"], figures.tables.get("iep_present"), kept),
    ]


def published_year(district: Organization) -> tuple[Figures | None, Figures | None]:
    """(statistics, equity) of the last school year that was published. The public program asks this, which
    knows no person and no scope."""
    with scope(district=[district.pk]):
        statistics = published_figures(district, Figures.Kind.STATISTICS, years_only=True).chosen
        if statistics is None:
            return None, None
        return statistics, published(district, Figures.Kind.EQUITY, period_of(statistics.period))


def all_tables(figures: Figures) -> list[tuple[Any, list[Table]]]:
    """(kind of group, its tables). In the public table only what anything is shown of."""
    found = [
        (axis_label(axis), [table for table in equity_tables(figures, axis) if table.total])
        for axis in axis_keys()
    ]
    return [(label, tables) for label, tables in found if tables]
