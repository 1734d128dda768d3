"""What pages read of reports, always through `visible_to`."""

from .beside import (
    attachment_of,
    custodians_of,
    entries_of,
    identity_of,
    is_custodian,
    open_handoff,
    subjects_seen_by,
)
from .counts import (
    Arrival,
    Changes,
    DeskCounts,
    NeverZero,
    by_desk,
    changes_since,
    last_arrivals,
    never_zero,
    undecided_everywhere,
)
from .desk import Desk, Filters, desk_page, next_in_queue, things_kept_from, visible_to
from .lookup import (
    ReportUnknown,
    desks_to_hand_to,
    districts_that_need_another_alternate,
    known_report,
    numbers_of_destroyed,
    report_by_number,
    staff_near,
    who_may_hold,
)
from .report_page import report_page
from .thread_page import report_of, thread_page

__all__ = [
    "Arrival",
    "Changes",
    "Desk",
    "DeskCounts",
    "Filters",
    "NeverZero",
    "ReportUnknown",
    "attachment_of",
    "by_desk",
    "changes_since",
    "custodians_of",
    "desk_page",
    "desks_to_hand_to",
    "districts_that_need_another_alternate",
    "entries_of",
    "identity_of",
    "is_custodian",
    "known_report",
    "last_arrivals",
    "never_zero",
    "next_in_queue",
    "numbers_of_destroyed",
    "open_handoff",
    "report_by_number",
    "report_of",
    "report_page",
    "staff_near",
    "subjects_seen_by",
    "things_kept_from",
    "thread_page",
    "undecided_everywhere",
    "visible_to",
    "who_may_hold",
]
