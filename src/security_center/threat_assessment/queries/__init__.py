"""What the pages of this room read."""

from ..policies import is_officer
from .case_page import CasePage, board, case_by_number, known_case
from .inquiry import earlier_versions, visible_files, visible_interviews, visible_sources
from .list import CaseList, Filters, case_list

__all__ = [
    "CaseList",
    "CasePage",
    "Filters",
    "board",
    "case_by_number",
    "case_list",
    "earlier_versions",
    "is_officer",
    "known_case",
    "visible_files",
    "visible_interviews",
    "visible_sources",
]
