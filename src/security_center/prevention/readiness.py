"""What an organization still lacks to work by its plan, each with what to do about it. Rooms above add what they know of (meetings, training).

register("no_training", _("Somebody has no training that counts."), _("Enter it"), lacking, link="training:people", needs=Permission.TRAINING_VIEW)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has

# Ids of those that lack it. Asked once for all desks of a page: it takes a fixed number of queries, and the organizations come with their parents.
Test = Callable[[Sequence[Organization]], set[int]]


@dataclass(frozen=True)
class Item:
    """`sentence` says what is missing, `what_to_do` is the label of the way to mend it, `link` the name of an address that takes a slug, and `needs`
    what that address asks of a person."""

    key: str
    sentence: Any
    what_to_do: Any
    test: Test
    link: str
    needs: Permission
    order: int

    def address(self, organization: Organization, person: Person | None) -> str:
        """ "" for whom it would turn away."""
        return reverse(self.link, kwargs={"slug": organization.slug}) if person is not None and has(person, self.needs, organization) else ""


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


def register(key: str, sentence: Any, what_to_do: Any, test: Test, *, link: str, needs: Permission, order: int = 50) -> None:
    """Called once by a room's ready(). `order`: what has to be there first stands first (this room's own are 10 to 40)."""
    _items[key] = Item(key, sentence, what_to_do, test, link, needs, order)


def items() -> list[Item]:
    return sorted(_items.values(), key=lambda item: (item.order, item.key))


_asked: ContextVar[dict[Hashable, Any] | None] = ContextVar("what the items of one list have asked already", default=None)


def once[T](key: Hashable, ask: Callable[[], T]) -> T:
    """For the tests of several items that need the same answer: asked once for each list."""
    answers = _asked.get()
    if answers is None:
        return ask()
    if key not in answers:
        answers[key] = ask()
    found: T = answers[key]
    return found


def lines(organizations: Iterable[Organization], person: Person | None = None) -> list[Line]:
    """One line for each, in the order given, with the ways to mend that are open to `person`. As many queries as the items need, however many."""
    places = list(organizations)
    remembered = _asked.set({})
    try:
        missing = [(item, item.test(places)) for item in items()] if places else []
    finally:
        _asked.reset(remembered)
    return [Line(place, [Lacking(item, item.address(place, person)) for item, without in missing if place.pk in without]) for place in places]
