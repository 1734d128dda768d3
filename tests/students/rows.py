"""Many students: see tests/house/rows.py."""

from __future__ import annotations

from tests.house.addresses import Things
from tests.house.rows import Added
from tests.students.people import Register

from security_center.foundation.students.actions import enter_student


def add_rows(things: Things, added: list[Added]) -> None:
    for one in added:
        number = one.number
        enter_student(
            actor=None,
            school=things.cast.school_a,
            identifier=f"71{number}",
            name=f"Alex Poe {number}",
            grade="9",
        )
        Register(things.valley).enter(f"Jo Row {number}", school=one.school, identifier=f"row {number}")
