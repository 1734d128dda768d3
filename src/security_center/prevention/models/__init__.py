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

__all__ = [
    "Absence",
    "Alternate",
    "Check",
    "CoverageShift",
    "Holiday",
    "Plan",
    "PublishedForm",
    "PublishedPlan",
    "TrustedAdult",
    "VersionStands",
    "default_languages",
    "default_school_hours",
]
