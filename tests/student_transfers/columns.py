"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, OURS

SEALED = {
    "threat_assessment.Transfer.prior_school",
    "threat_assessment.Transfer.student",
    "threat_assessment.Transfer.student_facts",
    "threat_assessment.TransferItem.note",
    "threat_assessment.TransferItem.who",
}

# room.Model.column → why it may be clear
CLEAR = {
    "threat_assessment.Transfer.number": OURS,
    "threat_assessment.TransferItem.answer": CODE,
    "threat_assessment.TransferItem.key": CODE,
}
