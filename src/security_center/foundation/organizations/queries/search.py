"""What somebody typed to search for, or what stands in an address: how much of it is looked for."""

from __future__ import annotations

LONGEST_SOUGHT = 100
LARGEST_ID_DIGITS = 18
PAGE = 50


def sought(text: str) -> str:
    """What somebody typed to search for, no longer than a name can be: a database refuses to compare with a
    whole page."""
    return text.strip()[:LONGEST_SOUGHT]


def is_id(text: str) -> bool:
    """Whether what stands in an address can be a row's id: a longer number, or a raised 2 (a digit that is no
    number), would be a fault of ours."""
    return text.isdecimal() and len(text) <= LARGEST_ID_DIGITS
