"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE

SEALED = {
    "prevention.TrainingRecord.name",
    "training.TrainingRecord.token",
    "prevention.TrainingRecord.trainer",
}

# room.Model.column → why it may be clear
CLEAR = {
    "training.TrainingRecord.kind": CODE,
    "training.TrainingRecord.of": CODE,
}
