"""The nouns of this room."""

from .case import Case, CaseReport, Member, Move, Screening, State
from .containment import LawEnforcementDecision, Press
from .convening import ClassReturn, Convening
from .inquiry import Finding, Interview, InterviewVersion, Source
from .judgement import Judgement, Notice, Signature
from .management import Action, Closure, Confirmation, Plan, Review
from .meeting import Attendance, Decision, Discussed, Meeting, Rhythm
from .removals import PlacementQuestion, Removal

__all__ = [
    "Action",
    "Attendance",
    "Case",
    "CaseReport",
    "ClassReturn",
    "Closure",
    "Confirmation",
    "Convening",
    "Decision",
    "Discussed",
    "Finding",
    "Interview",
    "InterviewVersion",
    "Judgement",
    "LawEnforcementDecision",
    "Meeting",
    "Member",
    "Move",
    "Notice",
    "PlacementQuestion",
    "Plan",
    "Press",
    "Removal",
    "Review",
    "Rhythm",
    "Screening",
    "Signature",
    "Source",
    "State",
]
