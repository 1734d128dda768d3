"""Many trainings: see tests/house/rows.py."""

from __future__ import annotations

from tests.house.addresses import Things
from tests.house.rows import Added

from security_center.training import actions


def add_rows(things: Things, added: list[Added]) -> None:
    school, day = things.cast.school_a, things.valley.at.date()
    for one in added:
        for place, kind in ((one.school, "reporting"), (school, "reporting"), (school, "team")):
            staff = [] if kind == "team" else [f"Kim {one.number}"]
            actions.enter_training(
                actor=None,
                place=place,
                kind=kind,
                trained_on=day,
                people=[one.reader],
                staff=staff,
            )
