"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, OURS

SEALED = {
    "threat_assessment.Amendment.answer",
    "threat_assessment.Amendment.hearing",
    "threat_assessment.Amendment.name",
    "threat_assessment.Amendment.statement",
    "threat_assessment.Amendment.what",
    "threat_assessment.BreakGlass.reason",
    "threat_assessment.Disclosure.name",
    "threat_assessment.Disclosure.relied_on",
    "threat_assessment.EarlyEnd.reason",
    "threat_assessment.Inspection.answer",
    "threat_assessment.Inspection.checked_note",
    "threat_assessment.Inspection.name",
    "threat_assessment.Segment.wording",
}

# room.Model.column → why it may be clear
CLEAR = {
    "threat_assessment.Amendment.part": OURS,
    "threat_assessment.Amendment.relation": CODE,
    "threat_assessment.Amendment.state": CODE,
    "threat_assessment.Certificate.rule": CODE,
    "threat_assessment.Disclosure.ground": CODE,
    "threat_assessment.Disclosure.receiver": CODE,
    "threat_assessment.Disclosure.way": CODE,
    "threat_assessment.Inspection.custody": CODE,
    "threat_assessment.Inspection.identity": CODE,
    "threat_assessment.Inspection.relation": CODE,
    "threat_assessment.Inspection.state": CODE,
    "threat_assessment.Segment.about": CODE,
    "threat_assessment.Segment.of": OURS,
    "threat_assessment.Segment.part": OURS,
    "threat_assessment.Segment.withheld": CODE,
}
