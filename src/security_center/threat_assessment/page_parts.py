"""What the rooms above show on the pages of cases: parts with what each reads for itself, and what a case
asks for next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Ask:
    """Something that a case asks for now, and the page where it is done."""

    sentence: str | Promise
    url: str
    label: str | Promise


_parts: defaultdict[str, list[tuple[str, Callable[..., Any]]]] = defaultdict(list)
# Each is asked with the case; what it answers comes before what the case's state asks for.
next_steps: list[Callable[[Any], Ask | None]] = []


def register(place: str, template: str, reads: Callable[..., Any]) -> None:
    """`place`: "case_top" and "case_origin" (`reads` gets case, opened), "cases_top" (person). Nothing is
    shown where `reads` finds nothing."""
    _parts[place].append((template, reads))


def parts_of(place: str, **about: Any) -> list[tuple[str, Any]]:
    """(template, what it shows as `part`), in the order of the rooms."""
    return [(template, found) for template, reads in _parts[place] if (found := reads(**about))]
