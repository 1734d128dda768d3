"""Who reads the page that is being made. An officer on a team is told of no fact that only the school's
records hold (threat-assessment.md 10): not in a sentence
of a gate either, whichever page shows it. Asked in one place, so that no page can forget it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from security_center.foundation.organizations.models import Person

from .. import policies
from ..models import Case

_officer: ContextVar[bool] = ContextVar("an_officer_reads", default=False)


@contextmanager
def read_by(person: Person, case: Case) -> Iterator[None]:
    """Inside, sentences are those for this person."""
    token = _officer.set(policies.is_officer(person, case))
    try:
        yield
    finally:
        _officer.reset(token)


def officer_reads() -> bool:
    return _officer.get()
