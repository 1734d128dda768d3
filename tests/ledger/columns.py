"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import DIGEST, OURS

# room.Model.column → why it may be clear
CLEAR = {
    "ledger.Entry.*": OURS,
    "ledger.SignedHead.*": DIGEST,
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {"ledger_entry"}
