"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE

SEALED = {
    "threat_assessment.Decision.outcome",
    "threat_assessment.Decision.what",
    "threat_assessment.Discussed.note",
    "threat_assessment.Meeting.minutes",
    "threat_assessment.Meeting.others_present",
    "threat_assessment.Meeting.reason",
}

# room.Model.column → why it may be clear
CLEAR = {
    "team_meetings.Decision.state": CODE,
    "team_meetings.Discussed.state": CODE,
    "team_meetings.Meeting.state": CODE,
    "team_meetings.Rhythm.every": CODE,
}
