"""The nouns of this room."""

from .connectedness import Check, TrustedAdult
from .plan import (
    Absence,
    Alternate,
    CoverageShift,
    Holiday,
    Plan,
    PublishedForm,
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
    "TrainingRecord",
    "TrainingRegister",
    "TrainingRule",
    "TrustedAdult",
    "default_languages",
    "default_school_hours",
]
