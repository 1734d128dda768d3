"""What pages and rooms above read of the register."""

from .classes import counts_by_grade, students_by_id, students_in, students_there
from .imports import Changed, ImportPage, RegisterPage, districts_to_import_at, import_page, imports_visible_to, register_page
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
    "Changed",
    "Identity",
    "ImportPage",
    "LookAlike",
    "Match",
    "NothingToLookFor",
    "RegisterPage",
    "Supports",
    "counts_by_grade",
    "districts_to_import_at",
    "has_register",
    "households_of",
    "identities_of",
    "identity_of",
    "import_page",
    "imports_visible_to",
    "look_alikes_of",
    "look_up",
    "register_page",
    "student_of_identifier",
    "students_by_id",
    "students_in",
    "students_there",
    "supports_of",
]
