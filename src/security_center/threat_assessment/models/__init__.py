"""The nouns of this room."""

from .case import Case, CaseReport, Member, Move, Screening, State
from .containment import LawEnforcementDecision, Press
from .convening import ClassReturn, Convening
from .incoming import Incoming, StudentToken
from .inquiry import Finding, Interview, InterviewVersion, Source, SourceFile
from .judgement import Judgement, Notice, Signature
from .management import Action, Closure, Confirmation, Plan, Review
from .meeting import Attendance, Decision, Discussed, Meeting, Rhythm
from .moving_school import Departure, Handoff
from .outside import Evaluation, OutsideReview, StepAnswer
from .paths import AgencyAnswer, PathStep
from .privacy import Amendment, BreakGlass, Certificate, Disclosure, EarlyEnd, Inspection, Release, Segment
from .removals import PlacementQuestion, Removal
from .responsibility import Hold, LeadOffer
from .service import Service
from .transfer import Transfer, TransferItem

__all__ = [
    "Action",
    "AgencyAnswer",
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
    "Departure",
    "Disclosure",
    "Discussed",
    "EarlyEnd",
    "Evaluation",
    "Finding",
    "Handoff",
    "Hold",
    "Incoming",
    "Inspection",
    "Interview",
    "InterviewVersion",
    "Judgement",
    "LawEnforcementDecision",
    "LeadOffer",
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
    "SourceFile",
    "State",
    "StepAnswer",
    "StudentToken",
    "Transfer",
    "TransferItem",
]
