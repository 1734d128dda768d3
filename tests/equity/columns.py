"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, OURS

SEALED = {
    "equity.Import.content",
    "equity.ProtectedRow.token",
    "equity.ProtectedRow.values",
}

# room.Model.column → why it may be clear
CLEAR = {
    "equity.Enrolment.axis": CODE,
    "equity.Enrolment.group": CODE,
    "equity.Figures.kind": CODE,
    "equity.Figures.period": OURS,
    "equity.Import.kind": CODE,
    "equity.Import.school_year": CODE,
    "equity.Import.state": CODE,
    "equity.Reading.month": OURS,
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {"equity_figures"}
