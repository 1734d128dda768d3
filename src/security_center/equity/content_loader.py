"""The groups that figures are given by (content/groups.yaml), as typed values."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from security_center.foundation.content_folder import ContentFolder
from security_center.foundation.content_reader import Entry, Text
from security_center.foundation.organizations.pasted_rows import folded
from security_center.prevention.doctrine.kinds import Sourced

CONTENT = ContentFolder(Path(__file__).parent / "content")
SCHOOL = "school"
UNKNOWN = "unknown"  # a case whose student is not known, or of whom no file says anything
# Which grades of the register stand in which group. (Pre-kindergarten counts with the youngest.)
GRADES = {
    **dict.fromkeys(("PK", "K", "1", "2"), "k_2"),
    **dict.fromkeys(("3", "4", "5"), "g3_5"),
    **dict.fromkeys(("6", "7", "8"), "g6_8"),
    **dict.fromkeys(("9", "10", "11", "12"), "g9_12"),
}


class Group(Entry):
    label: Text
    words: tuple[str, ...]


class Axis(Sourced):
    key: str
    label: Text
    apart: bool
    groups: dict[str, Group]

    def group_of(self, cell: str) -> str | None:
        """The group that a cell of a file names, by its key or one of its words; None when it names none."""
        word = folded(cell)
        return next(
            (key for key, group in self.groups.items() if word in {folded(key), *map(folded, group.words)}),
            None,
        )


@cache
def axes() -> dict[str, Axis]:
    """By key, without the schools: those are a district's own."""
    return CONTENT.keyed(Axis, "groups.yaml", "axes")


def protected() -> dict[str, Axis]:
    return {key: axis for key, axis in axes().items() if axis.apart}


class Column(Entry):
    label: Text
    meaning: Text


class Layout(Sourced):
    """A file for a state: its columns, and the states that ask for something of the kind."""

    key: str
    label: Text
    meaning: Text
    states: tuple[str, ...]
    columns: dict[str, Column]


@cache
def layouts() -> dict[str, Layout]:
    return CONTENT.keyed(Layout, "state_export.yaml", "layouts")
