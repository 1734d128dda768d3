"""What an organization still lacks to work by its plan, each with what to do about it. Rooms above add what
they know of (meetings, training).

register("no_training", _("Somebody has no training that counts."), _("Enter it"), lacking,
link="training:people", needs=Permission.TRAINING_VIEW)"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Field, QuerySet, Value, When
from django.urls import reverse

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has

# Ids of those that lack it, asked once for all of a person's desks, a state's thousands too: a fixed number
# of queries that read rows, not objects.
Test = Callable[[QuerySet[Organization]], set[int]]


@dataclass(frozen=True)
class Item:
    """`sentence` says what is missing, `what_to_do` is the label of the way to mend it, `link` the name of an
    address that takes a slug, and `needs` what that address asks of a person."""

    key: str
    sentence: Any
    what_to_do: Any
    test: Test
    link: str
    needs: Permission
    order: int

    def address(self, organization: Organization, person: Person | None) -> str:
        """ "" for whom it would turn away."""
        return (
            reverse(self.link, kwargs={"slug": organization.slug})
            if person is not None and has(person, self.needs, organization)
            else ""
        )


@dataclass(frozen=True)
class Lacking:
    item: Item
    address: str


@dataclass(frozen=True)
class Line:
    """One organization, and what it lacks, the most important first."""

    organization: Organization
    lacking: list[Lacking]

    @property
    def ready(self) -> bool:
        return not self.lacking


_items: dict[str, Item] = {}


def register(
    key: str, sentence: Any, what_to_do: Any, test: Test, *, link: str, needs: Permission, order: int = 50
) -> None:
    """Called once by a room's ready(). `order`: what has to be there first stands first (this room's own are
    10 to 40)."""
    _items[key] = Item(key, sentence, what_to_do, test, link, needs, order)


def items() -> list[Item]:
    return sorted(_items.values(), key=lambda item: (item.order, item.key))


_asked: ContextVar[dict[Hashable, Any] | None] = ContextVar(
    "what the items of one list have asked already", default=None
)


def once[T](key: Hashable, ask: Callable[[], T]) -> T:
    """For the tests of several items that need the same answer: asked once for each list."""
    answers = _asked.get()
    if answers is None:
        return ask()
    if key not in answers:
        answers[key] = ask()
    found: T = answers[key]
    return found


def by_zone[T](
    of_day: Callable[[date, ZoneInfo], T], output: Field[Any, Any], zone: str = "time_zone"
) -> Case:
    """For a query of places: what `of_day` makes of the day that it is now at each. `zone` is the path to the
    time zone."""
    zones = once(
        "zones",
        lambda: list(
            Organization.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct()
        ),
    )
    whens = [
        When(
            **{zone: name},
            then=Value(of_day(now().astimezone(ZoneInfo(name)).date(), ZoneInfo(name)), output_field=output),
        )
        for name in zones
    ]
    return Case(*whens, output_field=output)


def missing(places: QuerySet[Organization], **known: Any) -> dict[Item, set[int]]:
    """Of each item the ids of the places that lack it, in the order of importance. As many queries as the
    items need, however many places. `known`: what the caller has asked already, by the key that `once` would
    ask for."""
    answers: dict[Hashable, Any] = dict(known.items())
    remembered = _asked.set(answers)
    try:
        return {item: item.test(places) for item in items()}
    finally:
        _asked.reset(remembered)


def lines(
    organizations: Iterable[Organization],
    person: Person | None = None,
    without: dict[Item, set[int]] | None = None,
) -> list[Line]:
    """One line for each, which come with their parents, in the order given, with the ways to mend that are
    open to `person`. `without`: what `missing` found of them, where it was asked already."""
    places = list(organizations)
    if without is None:
        without = (
            missing(Organization.objects.filter(pk__in=[place.pk for place in places])) if places else {}
        )
    return [
        Line(
            place,
            [
                Lacking(item, item.address(place, person))
                for item, lacking in without.items()
                if place.pk in lacking
            ],
        )
        for place in places
    ]
