"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import OURS

# room.Model.column → why it may be clear
CLEAR = {
    "duties.Duty.*": OURS,
    "duties.DutyStep.*": OURS,
    "duties.Heartbeat.*": OURS,
    "duties.Job.*": OURS,
    "duties.PeriodicRun.*": OURS,
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {"duties_duty", "duties_heartbeat"}
