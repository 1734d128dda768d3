"""What comes of a file that somebody wants to import: a plan, or a sentence that says why not."""

from __future__ import annotations

from dataclasses import dataclass

from simex.plan import Plan

from .summary import Summary


@dataclass(frozen=True, slots=True)
class Imported:
    """plan: with notes on what was guessed or left out; it may have faults. summary: what the file held."""

    plan: Plan
    summary: Summary


class Unimportable(Exception):
    """The file cannot be imported; the sentence says why and what to do. No ValueError: a part that is broken
    must not hide it."""


# What a part of a file can raise that is not what it says it is. Such a part is left out and listed; the rest
# is imported.
BROKEN_PART = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
