"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, OURS

SEALED = {
    "threat_assessment.Departure.contact",
    "threat_assessment.Departure.looked_again",
    "threat_assessment.Departure.note",
    "threat_assessment.Handoff.answer",
    "threat_assessment.Handoff.note",
    "threat_assessment.Handoff.outside_school",
    "threat_assessment.Handoff.packet",
    "threat_assessment.Handoff.student",
    "threat_assessment.Transfer.prior_school",
    "threat_assessment.Transfer.student",
    "threat_assessment.Transfer.student_facts",
    "threat_assessment.TransferItem.note",
    "threat_assessment.TransferItem.who",
}

# room.Model.column → why it may be clear
CLEAR = {
    "student_transfers.Departure.kind": CODE,
    "student_transfers.Handoff.came_from": CODE,
    "student_transfers.Handoff.outcome": CODE,
    "student_transfers.Transfer.number": OURS,
    "student_transfers.TransferItem.answer": CODE,
    "student_transfers.TransferItem.key": CODE,
}
