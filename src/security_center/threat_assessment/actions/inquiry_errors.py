"""What several verbs refuse in the same way."""

from __future__ import annotations

from typing import Any


class Unknown(Exception):
    """No such prompt, kind of source or answer."""


class ChangedMeanwhile(Exception):
    """Somebody else saved in between. `theirs` is the row as it lies there now, with its `version`; what was typed is still on the page."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs


def require_version(row: Any, version: int) -> None:
    """Whether the page showed what lies there now: 0 where nothing did. Raises ChangedMeanwhile."""
    if row.version != version:
        raise ChangedMeanwhile(row)
