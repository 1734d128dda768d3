"""How a person is named where no name may stand: in the ledger, in tasks, in logs."""

from __future__ import annotations

from .models import Person


def actor_string(person: Person | None) -> str:
    """`person:12`, or `system` when no person acted."""
    return "system" if person is None else f"person:{person.pk}"
