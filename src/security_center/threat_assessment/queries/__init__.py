"""What the pages of this room read."""

from .case_page import Board, CasePage, Tile, case_page, known_case
from .inquiry import is_officer, visible_interviews, visible_sources
from .list import CaseList, Filters, case_list, visible_to

__all__ = [
    "Board",
    "CaseList",
    "CasePage",
    "Filters",
    "Tile",
    "case_list",
    "case_page",
    "is_officer",
    "known_case",
    "visible_interviews",
    "visible_sources",
    "visible_to",
]
