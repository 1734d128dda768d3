"""What can be wrong with a file that somebody wants to import."""

from __future__ import annotations


class Unimportable(Exception):
    """The file cannot be imported; the sentence says why and what to do. No ValueError: a part that is broken must not hide it."""


# What a part of a file can raise that is not what it says it is. Such a part is left out and listed; the rest is imported.
BROKEN_PART = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
