"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import OURS

# room.Model.column → why it may be clear
CLEAR = {
    "vault.KeyExchange.key": OURS,
    "vault.RecipientKey.name": OURS,
    "vault.RecordHold.*": OURS,
    "vault.SealedKey.recipient": OURS,
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {"vault_recipientkey", "vault_sealedkey"}
