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
    "case_records.Amendment.part": OURS,
    "case_records.Amendment.relation": CODE,
    "case_records.Amendment.state": CODE,
    "case_records.Certificate.rule": CODE,
    "case_records.Disclosure.ground": CODE,
    "case_records.Disclosure.receiver": CODE,
    "case_records.Disclosure.way": CODE,
    "case_records.Inspection.custody": CODE,
    "case_records.Inspection.identity": CODE,
    "case_records.Inspection.relation": CODE,
    "case_records.Inspection.state": CODE,
    "case_records.Segment.about": CODE,
    "case_records.Segment.of": OURS,
    "case_records.Segment.part": OURS,
    "case_records.Segment.withheld": CODE,
}
