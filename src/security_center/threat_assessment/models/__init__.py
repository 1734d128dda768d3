"""The nouns of this room."""

from .case import Case, CaseReport, Member, Move, Screening, State
from .containment import LawEnforcementDecision, Press
from .convening import ClassReturn, Convening
from .inquiry import Finding, Interview, InterviewVersion, Source
from .judgement import Judgement, Notice, Signature
from .management import Action, Closure, Confirmation, Plan, Review
from .meeting import Attendance, Decision, Discussed, Meeting, Rhythm
from .outside import Evaluation, OutsideReview, StepAnswer
from .paths import PathStep
from .privacy import Amendment, BreakGlass, Certificate, Disclosure, EarlyEnd, Inspection, Release, Segment
from .removals import PlacementQuestion, Removal
from .service import Service

__all__ = [
    "Action",
    "Amendment",
    "Attendance",
    "BreakGlass",
    "Case",
    "CaseReport",
    "Certificate",
    "ClassReturn",
    "Closure",
    "Confirmation",
    "Convening",
    "Decision",
    "Disclosure",
    "Discussed",
    "EarlyEnd",
    "Evaluation",
    "Finding",
    "Inspection",
    "Interview",
    "InterviewVersion",
    "Judgement",
    "LawEnforcementDecision",
    "Meeting",
    "Member",
    "Move",
    "Notice",
    "OutsideReview",
    "PathStep",
    "PlacementQuestion",
    "Plan",
    "Press",
    "Release",
    "Removal",
    "Review",
    "Rhythm",
    "Screening",
    "Segment",
    "Service",
    "Signature",
    "Source",
    "State",
    "StepAnswer",
]
