"""What the pages of training read: how each place stands with each kind, and who that is. Names are opened on
the page of one kind alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.policies import organizations_with
from security_center.foundation.organizations.queries import people_with_any_role_at
from security_center.foundation.vault.columns import shown as opened_text
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention.doctrine.assessment import training_kinds
from security_center.prevention.doctrine.kinds import Audience, TrainingKind

from .models import TrainingRecord, TrainingRegister, TrainingRule
from .trained import Standing, standing

MOST_PLACES = 400
TEAM_ROLES = roles_with(Permission.CASE_JOIN)
ROLES: dict[Audience, list[Role]] = {
    Audience.TEAM: TEAM_ROLES,
    Audience.OFFICER: [Role.SRO],
    Audience.STAFF: list(Role),
}


def places_seen_by(person: Person) -> list[Organization]:
    found = (
        organizations_with(person, Permission.TRAINING_VIEW)
        .filter(active=True)
        .exclude(kind=Organization.Kind.STATE)
    )
    return list(found.select_related("parent__parent").order_by("kind", "name")[:MOST_PLACES])


@dataclass
class Cell:
    """One kind of training at one place: how many people stand how; of groups, how many of how many."""

    kind: TrainingKind
    counts: dict[Standing, int] = field(default_factory=dict)
    groups: int = 0
    groups_current: int = 0
    trained: int = 0
    out_of: int = 0

    @property
    def wanted(self) -> int:
        """Whose training does not count."""
        return self.counts.get(Standing.EXPIRED, 0) + self.counts.get(Standing.NEVER, 0)

    @property
    def soon(self) -> int:
        return self.counts.get(Standing.IN_30_DAYS, 0) + self.counts.get(Standing.IN_60_DAYS, 0)

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def counting(self) -> int:
        return sum(count for one, count in self.counts.items() if one.counts)


@dataclass(frozen=True)
class PlaceLine:
    place: Organization
    cells: list[Cell]


@dataclass(frozen=True)
class _Row:
    """A training without its texts."""

    pk: int
    place: int
    kind: str
    of: str
    person: int | None
    token: bytes
    trained: int
    out_of: int
    trained_on: date
    expires_on: date


def coverage(places: Sequence[Organization]) -> list[PlaceLine]:
    """How each place stands. Three queries, however many places."""
    rows: defaultdict[int, list[_Row]] = defaultdict(list)
    columns = (
        "pk",
        "register__place_id",
        "kind",
        "of",
        "person_id",
        "token",
        "trained",
        "out_of",
        "trained_on",
        "expires_on",
    )
    found = TrainingRecord.objects.filter(
        register__place__in=[place.pk for place in places], withdrawn_at__isnull=True
    )
    for values in found.order_by("trained_on", "pk").values_list(*columns):
        row = _Row(*values)
        rows[row.place].append(row)
    people = people_at(places)
    last = _last_days(
        {person.pk for by_audience in people.values() for those in by_audience.values() for person in those}
    )
    kinds = training_kinds().values()
    return [
        PlaceLine(
            place, [_cell(kind, people[place.pk], last, rows[place.pk], place.today()) for kind in kinds]
        )
        for place in places
    ]


def people_at(places: Sequence[Organization]) -> dict[int, dict[Audience, list[Person]]]:
    """Who at each place is looked at for what: by the roles they hold there, not above it."""
    everybody = people_with_any_role_at(places, list(Role))
    found: dict[int, dict[Audience, list[Person]]] = {}
    by_audience = {
        audience: people_with_any_role_at(places, roles)
        for audience, roles in ROLES.items()
        if audience is not Audience.STAFF
    }
    for place in places:
        found[place.pk] = {
            Audience.STAFF: everybody[place.pk],
            **{audience: by_place[place.pk] for audience, by_place in by_audience.items()},
        }
    return found


def _last_days(people: Iterable[int]) -> dict[tuple[int, str], date]:
    """(person, kind) → until when it counts, wherever it was entered."""
    found: dict[tuple[int, str], date] = {}
    rows = TrainingRecord.objects.filter(person__in=list(people), withdrawn_at__isnull=True).order_by(
        "expires_on"
    )
    for person, kind, expires_on in rows.values_list("person_id", "kind", "expires_on"):
        found[person, kind] = expires_on
    return found


def _cell(
    kind: TrainingKind,
    people: dict[Audience, list[Person]],
    last: dict[tuple[int, str], date],
    rows: list[_Row],
    today: date,
) -> Cell:
    cell = Cell(kind)
    counts: defaultdict[Standing, int] = defaultdict(int)
    for person in people.get(kind.audience, ()):
        counts[standing(last.get((person.pk, kind.key)), today)] += 1
    named: dict[bytes, _Row] = {}
    groups: dict[bytes, _Row] = {}
    for row in rows:
        if row.kind == kind.key and row.of != TrainingRecord.Of.PERSON:
            (groups if row.of == TrainingRecord.Of.GROUP else named)[row.token] = row
    for row in named.values():
        counts[standing(row.expires_on, today)] += 1
    cell.counts = dict(counts)
    for row in groups.values():
        cell.groups += 1
        if row.expires_on >= today:
            cell.groups_current += 1
            cell.trained += row.trained
            cell.out_of += row.out_of
    return cell


# --- one kind at one place
# -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Somebody, or a group, with the last training of this kind."""

    name: str
    standing: Standing
    row: Any = None
    trainer: str = ""
    is_group: bool = False


@dataclass(frozen=True)
class KindPage:
    kind: TrainingKind
    lines: list[Line]
    counts: dict[Standing, int]
    shown: str


def kind_page(
    place: Organization, kind: TrainingKind, opened: OpenRecord | None, shown: str = ""
) -> KindPage:
    today = place.today()
    people = people_at([place])[place.pk].get(kind.audience, [])
    mine = TrainingRecord.objects.filter(kind=kind.key, withdrawn_at__isnull=True).select_related(
        "register", "entered_by"
    )
    by_person = {
        row.person_id: row
        for row in mine.filter(person__in=[person.pk for person in people]).order_by("expires_on", "pk")
    }
    lines = [_line(person.name, by_person.get(person.pk), today, place, opened) for person in people]
    others: dict[bytes, TrainingRecord] = {}
    for row in mine.filter(register__place=place, person__isnull=True).order_by("trained_on", "pk"):
        others[bytes(row.token or b"")] = row
    for row in others.values():
        name = opened_text(opened, row, "name") if opened is not None else ""
        lines.append(_line(name, row, today, place, opened))
    counts: defaultdict[Standing, int] = defaultdict(int)
    for line in lines:
        counts[line.standing] += 1
    order = [Standing.EXPIRED, Standing.NEVER, Standing.IN_30_DAYS, Standing.IN_60_DAYS, Standing.CURRENT]
    lines.sort(key=lambda line: (order.index(line.standing), line.name.casefold()))
    chosen = [line for line in lines if line.standing == shown] if shown in set(Standing) else lines
    return KindPage(kind, chosen, dict(counts), shown if shown in set(Standing) else "")


def _line(
    name: str, row: TrainingRecord | None, today: date, place: Organization, opened: OpenRecord | None
) -> Line:
    here = row is not None and opened is not None and row.register.place_id == place.pk
    trainer = opened_text(opened, row, "trainer") if here and opened is not None and row is not None else ""
    is_group = row is not None and row.of == TrainingRecord.Of.GROUP
    return Line(name, standing(row.expires_on if row is not None else None, today), row, trainer, is_group)


def record_at(place: Organization, pk: Any) -> TrainingRecord | None:
    return (
        TrainingRecord.objects.filter(uuid=pk, register__place=place, withdrawn_at__isnull=True)
        .select_related("person")
        .first()
    )


# --- for the worker
# --------------------------------------------------------------------------------------------------


def training_rules() -> list[int]:
    """Ids of the districts that ask for training, or will."""
    with scopes_disabled():  # ids only, of all tenants
        return list(TrainingRule.objects.order_by("pk").values_list("district_id", flat=True))


def places_with_register() -> list[Organization]:
    """Of the district in scope: where trainings were ever noted."""
    return [
        row.place for row in TrainingRegister.objects.select_related("place__parent__parent").order_by("pk")
    ]


def people_on_teams(district_id: int) -> list[tuple[Person, Organization]]:
    """Everybody in the district whose role has a place on teams, once, with the place where they hold it."""
    within = Organization.objects.filter(
        Q(pk=district_id) | Q(parent=district_id), active=True
    ).select_related("parent__parent")
    places = list(within.order_by("kind", "pk"))
    found: dict[int, tuple[Person, Organization]] = {}
    by_place = people_with_any_role_at(places, TEAM_ROLES)
    for place in places:
        for person in by_place[place.pk]:
            found.setdefault(person.pk, (person, place))
    return list(found.values())
