"""Many messages: see tests/house/rows.py."""

from __future__ import annotations

from tests.house.addresses import Things
from tests.house.rows import Added

from security_center.foundation.notifications.actions import notify


def add_rows(things: Things, added: list[Added]) -> None:
    cast = things.cast
    for one in added:
        for person in (cast.rosa, cast.ada, cast.ivy):
            notify(
                person=person,
                kind="reporting.acknowledge",
                organization=one.school,
                path="/desk/",
                extra={"number": "AAAAAA"},
            )
