"""How many alerts of which kind each school had in a month: too many of one kind, and nobody hears the one that matters (F9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from security_center.foundation.notifications import kinds
from security_center.foundation.notifications.queries import volume
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.queries import organizations_for

MONTHS = 12


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
    lines: list[Line]
    by_kind: list[Line]  # of all schools together, the most frequent first


def months_until(today: date) -> list[date]:
    """The first days of the last twelve months, this one first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        last = found[-1]
        found.append(last.replace(year=last.year - 1, month=12) if last.month == 1 else last.replace(month=last.month - 1))
    return found


def alerts_of(person: Person, first: date, zone: ZoneInfo) -> Month:
    places = organizations_for(person, Permission.STATISTICS_VIEW)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first, following))
    rows = volume(places, begins, ends)
    names = dict(places.values_list("pk", "name"))
    lines = [Line(names[row.organization_id], _words(row.kind), row.messages, row.people, row.unopened) for row in rows]
    together: dict[str, Line] = {}
    for line in lines:
        before = together.get(line.kind, Line("", line.kind, 0, 0, 0))
        together[line.kind] = Line("", line.kind, before.messages + line.messages, before.people + line.people, before.unopened + line.unopened)
    return Month(first, lines, sorted(together.values(), key=lambda line: -line.messages))


def _words(kind: str) -> str:
    """The subject of many messages together: what differs from one to the other is left open."""
    return kinds.completed(kinds.get(kind).subject, dict.fromkeys(kinds.PLACEHOLDERS, "…")) if kinds.is_known(kind) else kind
