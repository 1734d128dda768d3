"""How many alerts of which kind each school had in a month: too many of one kind, and nobody hears the one
that matters (threat-assessment.md F9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from security_center.foundation.notifications import kinds
from security_center.foundation.notifications.queries import volume, volume_by_kind, volume_by_place
from security_center.foundation.organizations import places
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.places import District, Listed, Wanted
from security_center.foundation.organizations.queries import organizations_for

MONTHS = 12
PLACES_SHOWN = 20  # each with a line for every kind


@dataclass(frozen=True)
class Line:
    place: str
    kind: str
    messages: int
    people: int
    unopened: int


@dataclass(frozen=True)
class Month:
    first: date
    lines: list[Line]  # of the places listed, those with the most messages first
    by_kind: list[Line]  # of all schools together, the most frequent first
    districts: list[tuple[District, int, int]]  # messages, and those that nobody opened
    list: Listed


def months_until(today: date) -> list[date]:
    """The first days of the last twelve months, this one first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        last = found[-1]
        found.append(
            last.replace(year=last.year - 1, month=12)
            if last.month == 1
            else last.replace(month=last.month - 1)
        )
    return found


def alerts_of(person: Person, first: date, zone: ZoneInfo, wanted: Wanted | None = None) -> Month:
    """Raises NoSuchDistrict."""
    seen = organizations_for(person, Permission.STATISTICS_VIEW)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first, following))
    every = places.light(seen)
    sent = {row.organization_id: row for row in volume_by_place(seen, begins, ends)}
    silent = (0, 0)

    def counted(district: District) -> tuple[int, int]:
        rows = [sent[place.pk] for place in district.places if place.pk in sent]
        return (sum(row.messages for row in rows), sum(row.unopened for row in rows)) if rows else silent

    page = places.listed(
        [place for place in every if place.pk in sent] if wanted is None or not wanted.district else every,
        wanted or Wanted(),
        desk_order=lambda place: (-sent[place.pk].messages if place.pk in sent else 0, place.name),
        district_order=lambda district: (-counted(district)[0], district.name),
        most=PLACES_SHOWN,
    )
    names = {place.pk: place.name for place in page.desks}
    shown = Organization.objects.filter(pk__in=names)
    lines = [
        Line(names[row.organization_id], _words(row.kind), row.messages, row.people, row.unopened)
        for row in volume(shown, begins, ends)
    ]
    together: dict[str, Line] = {}
    for kind, messages, unopened in volume_by_kind(seen, begins, ends):
        before = together.get(_words(kind), Line("", _words(kind), 0, 0, 0))
        together[before.kind] = Line(
            "", before.kind, before.messages + messages, 0, before.unopened + unopened
        )
    by_kind = sorted(together.values(), key=lambda line: -line.messages)
    return Month(first, lines, by_kind, [(one, *counted(one)) for one in page.districts], page)


def _words(kind: str) -> str:
    """The subject of many messages together: what differs from one to the other is left open."""
    return (
        kinds.completed(kinds.get(kind).subject, dict.fromkeys(kinds.PLACEHOLDERS, "…"))
        if kinds.is_known(kind)
        else kind
    )
