"""The nouns of this room."""

from .connectedness import Check, TrustedAdult
from .plan import (
    Absence,
    Alternate,
    CoverageShift,
    Holiday,
    Plan,
    PublishedForm,
    PublishedPlan,
    VersionStands,
    default_languages,
    default_school_hours,
)
from .training import TrainingRecord, TrainingRegister, TrainingRule

__all__ = [
    "Absence",
    "Alternate",
    "Check",
    "CoverageShift",
    "Holiday",
    "Plan",
    "PublishedForm",
    "PublishedPlan",
    "TrainingRecord",
    "TrainingRegister",
    "TrainingRule",
    "TrustedAdult",
    "VersionStands",
    "default_languages",
    "default_school_hours",
]
