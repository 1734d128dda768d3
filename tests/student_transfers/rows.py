"""Many transfers: see tests/house/rows.py."""

from __future__ import annotations

from tests.house.addresses import Things
from tests.house.rows import Added

from security_center.student_transfers.actions import records_request


def add_rows(things: Things, added: list[Added]) -> None:
    for one in added:
        student = f"Lou {one.number} Park"
        records_request.begin_transfer(
            actor=things.cast.tess,
            school=things.valley.school,
            student=student,
            prior_school="Lakeside",
        )
