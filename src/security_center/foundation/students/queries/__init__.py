"""What pages and rooms above read of the register."""

from .classes import counts_by_grade, students_by_id, students_in, students_there
from .look_ups import (
    AlikeBy,
    Identity,
    LookAlike,
    Match,
    NothingToLookFor,
    Supports,
    has_register,
    households_of,
    identities_of,
    identity_of,
    look_alikes_of,
    look_up,
    student_of_identifier,
    supports_of,
)

__all__ = [
    "AlikeBy",
    "Identity",
    "LookAlike",
    "Match",
    "NothingToLookFor",
    "Supports",
    "counts_by_grade",
    "has_register",
    "households_of",
    "identities_of",
    "identity_of",
    "look_alikes_of",
    "look_up",
    "student_of_identifier",
    "students_by_id",
    "students_in",
    "students_there",
    "supports_of",
]
