"""Who reaches the team's meetings, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from datetime import timedelta

from tests.house.addresses import DESK, Kwargs, Row, Things
from tests.threat_assessment.addresses import TEAM

from security_center.threat_assessment.actions import deciding, meetings
from security_center.threat_assessment.models import Meeting

STAFF = {
    "threat_assessment:meetings": Row("get", DESK, own=True),
    "threat_assessment:meetings_of": Row("get", DESK),
    "threat_assessment:meeting": Row("get", DESK),
    "threat_assessment:meeting_new": Row("get", DESK - {"sam"}),
    "threat_assessment:meeting_rhythm": Row("get", DESK - {"sam"}),
    "threat_assessment:meeting_case": Row("get", TEAM),
    "threat_assessment:meeting_change": Row("get", DESK - {"sam"}),
    "threat_assessment:meeting_hold": Row("post", DESK - {"sam"}),
    "threat_assessment:meeting_minutes": Row("get", DESK - {"sam"}),
    "threat_assessment:decision": Row("get", DESK),
    "threat_assessment:decision_new": Row("get", DESK - {"sam"}),
}


def made(things: Things) -> tuple[Meeting, dict[str, Kwargs]]:
    valley, tess = things.valley, things.cast.tess
    meeting = meetings.call_meeting(actor=tess, place=valley.school, starts_at=valley.at + timedelta(hours=1))
    decided = deciding.decide(
        actor=tess,
        meeting=meeting,
        what="Ask.",
        owner=things.cast.ben,
        due_on=valley.at.date(),
    )
    number = things.of("threat_assessment").cases["managed"].number
    return meeting, {key: {"pk": meeting.uuid, "decision": decided.uuid, "number": number} for key in STAFF}
