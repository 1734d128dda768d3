"""Someone is in danger now: four presses, each stamped with time and name. Nothing is typed; the ledger is
the record."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission

from ..models import Report
from ..report_ledger import to_ledger
from .desk import locked_for, take_on
from .subjects import TwoIdentifiersNeeded, known_identifiers

STEPS = ("called_911", "officer_told", "lockdown", "no_lockdown", "student_found")
VERB = "imminent."


class UnknownStep(Exception):
    """No such step."""


@transaction.atomic
def stamp(*, actor: Person, report: Report, step: str, compared: Sequence[str] = ()) -> None:
    """Stamp a step. The first press of anybody also says *I have it*.

    compared: for `student_found`, what was compared to be sure that it is the right student: two at least
    (reporting.md R6)."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    if step not in STEPS:
        raise UnknownStep(step)
    codes = known_identifiers(compared)
    if step == "student_found" and len(codes) < 2:
        raise TwoIdentifiersNeeded
    if fresh.acknowledged_at is None and fresh.closed_at is None:
        take_on(report=fresh, actor=actor)
    detail: dict[str, int | str | bool | None] = {"compared": "+".join(codes)} if codes else {}
    to_ledger(fresh, actor, f"{VERB}{step}", **detail)


@transaction.atomic
def withdraw(*, actor: Person, report: Report, step: str) -> None:
    """A press was a mistake: others must not believe that 911 was called when it was not."""
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    if step not in STEPS:
        raise UnknownStep(step)
    to_ledger(fresh, actor, f"{VERB}withdrawn", step=step)
