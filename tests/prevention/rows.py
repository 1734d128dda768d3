"""Many absences, holidays and readers on call: see tests/house/rows.py."""

from __future__ import annotations

from datetime import timedelta

from tests.house.addresses import Things
from tests.house.rows import Added
from tests.reporting.acts import every_hour

from security_center.prevention import actions as plan_actions


def add_rows(things: Things, added: list[Added]) -> None:
    cast = things.cast
    for one in added:
        at = things.valley.at + timedelta(days=20 + one.number)
        plan_actions.add_absence(
            actor=None,
            organization=cast.school_a,
            person=one.reader,
            starts_at=at,
            ends_at=at + timedelta(days=1),
        )
        plan_actions.add_holiday(
            actor=None,
            organization=cast.school_a,
            first_day=at.date(),
            last_day=at.date(),
            name=f"Day {one.number}",
        )
    readers = [cast.rosa, cast.ben, cast.tess, *(one.reader for one in added)]
    plan_actions.set_coverage(actor=None, organization=cast.school_a, rows=every_hour(*readers[:8]))
