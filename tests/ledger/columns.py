"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import DIGEST, OURS

# room.Model.column → why it may be clear
CLEAR = {
    "ledger.Entry.*": OURS,
    "ledger.SignedHead.*": DIGEST,
}
