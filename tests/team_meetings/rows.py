"""Many meetings, and much of everything in one of them: see tests/house/rows.py."""

from __future__ import annotations

from datetime import timedelta

from tests.house.addresses import Things
from tests.house.rows import Added

from security_center.team_meetings.actions import decisions, meetings


def add_rows(things: Things, added: list[Added]) -> None:
    valley, tess, ben = things.valley, things.cast.tess, things.cast.ben
    case, meeting = things.of("threat_assessment").cases["managed"], things.of("team_meetings")
    task = {"actor": tess, "owner": ben, "due_on": (valley.at + timedelta(days=7)).date()}
    for one in added:
        decisions.decide(meeting=meeting, what=f"Call {one.number}.", **task)
        decisions.decide(meeting=meeting, case=case, what=f"Ask {one.number}.", **task)
        later = valley.at + timedelta(days=one.number)
        another = meetings.call_meeting(actor=tess, place=valley.school, starts_at=later)
        decisions.decide(meeting=another, case=case, what=f"Write {one.number}.", **task)
