"""Drills as data: stop-watch records replace assumptions, and the latest drill tests the result
(simex.md 6)."""

from .check import hold_out_check
from .file import as_toml
from .fit import calibrated, drill_summary, fit, hold_out
from .records import FaultyRecords, Record, read_records

__all__ = [
    "FaultyRecords",
    "Record",
    "as_toml",
    "calibrated",
    "drill_summary",
    "fit",
    "hold_out",
    "hold_out_check",
    "read_records",
]
