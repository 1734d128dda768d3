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
]
