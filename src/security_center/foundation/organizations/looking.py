"""Who looks at what in this request. A page's door makes one `Looking` and asks the policy for it once;
whatever the page shows answers from it. It holds for that person and that very object alone: a row that is
read anew, as under a lock, is asked about anew. Where nobody is known to look, a page shows the least that
anybody may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import Model

from .models import Person
from .permissions import Permission


@dataclass(frozen=True)
class Looking:
    """A person, what they look at, and everything that they may do with it."""

    person: Person
    thing: Model
    permissions: frozenset[Permission]


_looking: ContextVar[Looking | None] = ContextVar("looking", default=None)


@contextmanager
def made_for(looking: Looking) -> Iterator[None]:
    """Inside, pages are made for this person."""
    token = _looking.set(looking)
    try:
        yield
    finally:
        _looking.reset(token)


def who_looks() -> Looking | None:
    return _looking.get()


def looking_of(person: Person, thing: Model) -> Looking | None:
    """What was asked for the page, if it is this person's and about this very object."""
    looking = _looking.get()
    return (
        looking if looking is not None and looking.thing is thing and looking.person.pk == person.pk else None
    )
