"""The nouns of this room."""

from .case import Case, CaseReport, Member, Move, Screening, State
from .containment import LawEnforcementDecision, Press
from .inquiry import Finding, Interview, Source
from .judgement import Judgement, Notice, Signature
from .management import Action, Closure, Confirmation, Plan, Review
from .meeting import Attendance, Decision, Discussed, Meeting, Rhythm

__all__ = [
    "Action",
    "Attendance",
    "Case",
    "CaseReport",
    "Closure",
    "Confirmation",
    "Decision",
    "Discussed",
    "Finding",
    "Interview",
    "Judgement",
    "LawEnforcementDecision",
    "Meeting",
    "Member",
    "Move",
    "Notice",
    "Plan",
    "Press",
    "Review",
    "Rhythm",
    "Screening",
    "Signature",
    "Source",
    "State",
]
