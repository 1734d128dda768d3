"""What pages read of reports, always through `visible_to`."""

from .counts import NeverZero, never_zero
from .desk import Desk, desk_page, visible_to
from .report_page import ReportPage, report_page
from .thread_page import ThreadPage, report_of, thread_page

__all__ = [
    "Desk",
    "NeverZero",
    "ReportPage",
    "ThreadPage",
    "desk_page",
    "never_zero",
    "report_of",
    "report_page",
    "thread_page",
    "visible_to",
]
