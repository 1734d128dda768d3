"""The nouns of this room."""

from .case import Case, CaseReport, Member, Move, Screening, State
from .containment import LawEnforcementDecision, Press
from .inquiry import Finding, Interview, Source
from .judgement import Judgement, Notice, Signature
from .management import Action, Closure, Confirmation, Plan, Review

__all__ = [
    "Action",
    "Case",
    "CaseReport",
    "Closure",
    "Confirmation",
    "Finding",
    "Interview",
    "Judgement",
    "LawEnforcementDecision",
    "Member",
    "Move",
    "Notice",
    "Plan",
    "Press",
    "Review",
    "Screening",
    "Signature",
    "Source",
    "State",
]
