"""The nouns of this room."""

from .case import Case, CaseReport, Member, Move, Screening, State
from .containment import ContainmentStep, LawEnforcementDecision
from .convening import ClassReturn, Convening
from .incoming import Incoming, StudentToken
from .inquiry import Finding, Interview, InterviewVersion, Source, SourceFile
from .judgement import Judgement, Notice, Signature
from .management import Action, Closure, Confirmation, Plan, Review
from .outside import Evaluation, OutsideReview, StepAnswer
from .paths import AgencyAnswer, PathStep
from .removals import PlacementQuestion, Removal
from .responsibility import Hold, LeadOffer
from .service import Service

__all__ = [
    "Action",
    "AgencyAnswer",
    "Case",
    "CaseReport",
    "ClassReturn",
    "Closure",
    "Confirmation",
    "ContainmentStep",
    "Convening",
    "Evaluation",
    "Finding",
    "Hold",
    "Incoming",
    "Interview",
    "InterviewVersion",
    "Judgement",
    "LawEnforcementDecision",
    "LeadOffer",
    "Member",
    "Move",
    "Notice",
    "OutsideReview",
    "PathStep",
    "PlacementQuestion",
    "Plan",
    "Removal",
    "Review",
    "Screening",
    "Service",
    "Signature",
    "Source",
    "SourceFile",
    "State",
    "StepAnswer",
    "StudentToken",
]
