"""Who reaches the team's meetings, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from datetime import timedelta

from tests.house.addresses import DESK, Kwargs, Row, Things
from tests.threat_assessment.addresses import TEAM

from security_center.team_meetings.actions import decisions, meetings
from security_center.team_meetings.models import Meeting

ASK = {"team_meetings": ("tess", "ada", "ivy", "omar", "rosa", "aud", "dana")}
STAFF = {
    "team_meetings:practice": Row("get", DESK - {"sam"}, own=True),
    "team_meetings:practice_at": Row("get", DESK - {"sam"}),
    "team_meetings:practice_end": Row("post", TEAM),
    "team_meetings:meetings": Row("get", DESK, own=True),
    "team_meetings:meetings_of": Row("get", DESK),
    "team_meetings:meeting": Row("get", DESK),
    "team_meetings:meeting_new": Row("get", DESK - {"sam"}),
    "team_meetings:meeting_rhythm": Row("get", DESK - {"sam"}),
    "team_meetings:meeting_case": Row("get", TEAM),
    "team_meetings:meeting_change": Row("get", DESK - {"sam"}),
    "team_meetings:meeting_hold": Row("post", DESK - {"sam"}),
    "team_meetings:meeting_minutes": Row("get", DESK - {"sam"}),
    "team_meetings:decision": Row("get", DESK),
    "team_meetings:decision_new": Row("get", DESK - {"sam"}),
}


def made(things: Things) -> tuple[Meeting, dict[str, Kwargs]]:
    valley, tess = things.valley, things.cast.tess
    meeting = meetings.call_meeting(actor=tess, place=valley.school, starts_at=valley.at + timedelta(hours=1))
    decided = decisions.decide(
        actor=tess,
        meeting=meeting,
        what="Ask.",
        owner=things.cast.ben,
        due_on=valley.at.date(),
    )
    number = things.of("threat_assessment").cases["managed"].number
    return meeting, {key: {"pk": meeting.uuid, "decision": decided.uuid, "number": number} for key in STAFF}
