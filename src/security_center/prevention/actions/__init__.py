"""Verbs of plan and calendar. Each is one transaction: policy, change, ledger, and what is published renewed,
so that the public page is true."""

from ..shift_rows import ShiftRow
from .adopting import ChangedMeanwhile, LooserThanAbove, adopt_draft, adopt_plan, save_step, throw_draft_away
from .coverage import (
    add_absence,
    add_holiday,
    add_shifts,
    remove_absence,
    remove_holiday,
    remove_shifts,
    set_alternate,
    set_coverage,
)
from .faults import PlanFault
from .publishing import publish_form

__all__ = [
    "ChangedMeanwhile",
    "LooserThanAbove",
    "PlanFault",
    "ShiftRow",
    "add_absence",
    "add_holiday",
    "add_shifts",
    "adopt_draft",
    "adopt_plan",
    "publish_form",
    "remove_absence",
    "remove_holiday",
    "remove_shifts",
    "save_step",
    "set_alternate",
    "set_coverage",
    "throw_draft_away",
]
