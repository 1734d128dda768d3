"""Lists of schools and districts that stay one page however many there are: at most 50 at a time, by
district, found by name.

All places that a person sees are read as light rows in one query, so that every figure is true of all of them
and what needs somebody can stand first; whatever costs more is read for the rows shown alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from django.db.models import QuerySet

from .models import Organization
from .queries import LARGEST_ID_DIGITS, LONGEST_SOUGHT

PAGE = 50


class HasId(Protocol):
    @property
    def pk(self) -> int: ...


class Place(NamedTuple):
    """What a list says of an organization without asking for anything more."""

    pk: int
    kind: str
    name: str
    slug: str
    city: str
    parent_id: int | None
    parent_name: str | None
    parent_slug: str | None

    @classmethod
    def of(cls, organization: Organization) -> Place:
        """Of one that was read already, with its parent."""
        above = organization.parent
        facts = (organization.pk, organization.kind, organization.name, organization.slug, organization.city)
        return cls(
            *facts, organization.parent_id, above.name if above else None, above.slug if above else None
        )

    @property
    def district(self) -> tuple[int, str, str]:
        """Id, name and short address of its district: its own, where it is none's school."""
        if self.kind == Organization.Kind.SCHOOL:
            return self.parent_id or self.pk, self.parent_name or "", self.parent_slug or ""
        return self.pk, self.name, self.slug

    def says(self, words: list[str]) -> bool:
        text = f"{self.name} {self.city}".casefold()
        return all(word in text for word in words)


@dataclass(frozen=True)
class District:
    """A district with those of its places that the person sees, its own desk among them."""

    pk: int
    name: str
    slug: str
    places: list[Place] = field(default_factory=list)

    @property
    def schools(self) -> int:
        return sum(1 for place in self.places if place.kind == Organization.Kind.SCHOOL)

    def count(self, among: set[int]) -> int:
        return sum(1 for place in self.places if place.pk in among)


@dataclass(frozen=True)
class Wanted:
    """What stands in the address of a list."""

    words: str = ""
    district: str = ""
    after: int | None = None
    more: tuple[tuple[str, str], ...] = ()  # what else stands there and stays

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Wanted:
        after = query.get("after", "")
        known = after.isdecimal() and len(after) <= LARGEST_ID_DIGITS
        more = tuple(
            (name, value) for name, value in query.items() if name not in {"q", "district", "after", "lang"}
        )
        return cls(
            query.get("q", "").strip()[:LONGEST_SOUGHT],
            query.get("district", "")[:80],
            int(after) if known else None,
            more,
        )

    def url(self, after: int | None) -> str:
        asked = {**dict(self.more), "q": self.words, "district": self.district, "after": after}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True)
class Listed:
    """One page. Districts stand alone where they are many; beside their desks where all desks fit on it; with
    what was found where one searched."""

    wanted: Wanted
    total: int  # of all places, whatever is shown
    districts: list[District]
    desks: list[Place]
    all_districts: int
    chosen: District | None = None
    next_after: int | None = None

    @property
    def searchable(self) -> bool:
        return self.total > PAGE

    @property
    def next_url(self) -> str:
        return self.wanted.url(self.next_after) if self.next_after else ""

    @property
    def previous_url(self) -> str:
        """Back to the first page: there are no numbers of pages."""
        return self.wanted.url(None) if self.wanted.after else ""

    @property
    def is_empty(self) -> bool:
        return not self.desks and not self.districts


class NoSuchDistrict(Exception):
    """The address names a district of which the person sees nothing."""


def light(places: QuerySet[Organization]) -> list[Place]:
    """One query, and no object of the models for any of them."""
    rows = places.order_by("name", "pk").values_list(
        "pk", "kind", "name", "slug", "city", "parent_id", "parent__name", "parent__slug"
    )
    return [Place(*row) for row in rows]


def by_district(places: Iterable[Place]) -> list[District]:
    found: dict[int, District] = {}
    for place in places:
        pk, name, slug = place.district
        found.setdefault(pk, District(pk, name, slug)).places.append(place)
    return list(found.values())


def listed(
    places: list[Place],
    wanted: Wanted,
    *,
    desk_order: Callable[[Place], Any] = lambda place: place.name,
    district_order: Callable[[District], Any] = lambda district: district.name,
    most: int = PAGE,
) -> Listed:
    """The page that `wanted` asks for, each list in the order given, of desks `most` at a time. Raises
    NoSuchDistrict."""
    districts = by_district(places)
    several, words = len(districts) > 1, wanted.words.casefold().split()
    chosen: District | None = None
    shown: list[District] = []
    desks: list[Place] = []
    if wanted.district:
        chosen = next((one for one in districts if one.slug == wanted.district), None)
        if chosen is None:
            raise NoSuchDistrict
        desks = [place for place in chosen.places if place.says(words)]
    elif words:
        desks = [place for place in places if place.says(words)]
        shown = [one for one in districts if several and all(word in one.name.casefold() for word in words)]
    else:
        desks = places if len(places) <= most or not several else []
        shown = districts if several else []
    shown, desks = sorted(shown, key=district_order), sorted(desks, key=desk_order)
    more: int | None = None
    if desks:
        desks, more = after_page(desks, str(wanted.after), most)
        shown = shown[:PAGE]
    else:
        shown, more = after_page(shown, str(wanted.after))
    return Listed(wanted, len(places), shown, desks, len(districts), chosen, more)


def after_page[T: HasId](rows: list[T], after: str, most: int = PAGE) -> tuple[list[T], int | None]:
    """The `most` that follow the one with this id (all from the first without one), and the id of the last of
    them where there are more."""
    begin = (
        next((number for number, row in enumerate(rows, start=1) if str(row.pk) == after), 0) if after else 0
    )
    shown = rows[begin : begin + most]
    return shown, shown[-1].pk if len(rows) > begin + most else None


def whole(places: Iterable[Place]) -> list[Organization]:
    """The organizations behind light rows, in their order, each with all above it. One query."""
    wanted = [place.pk for place in places]
    found = Organization.objects.select_related("parent__parent").in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]
