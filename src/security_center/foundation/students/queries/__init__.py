"""What pages and rooms above read of the register."""

from .classes import counts_by_grade, has_students, students_by_id, students_in, students_there
from .imports import (
    Changed,
    ImportPage,
    districts_to_import_at,
    import_page,
    imports_visible_to,
    register_page,
)
from .look_ups import (
    AlikeBy,
    Identity,
    Match,
    NothingToLookFor,
    has_register,
    identities_of,
    look_up,
    student_of_identifier,
)
from .one_student import StudentFile, file_of, match_of, student_by_uuid

__all__ = [
    "AlikeBy",
    "Changed",
    "Identity",
    "ImportPage",
    "Match",
    "NothingToLookFor",
    "StudentFile",
    "counts_by_grade",
    "districts_to_import_at",
    "file_of",
    "has_register",
    "has_students",
    "identities_of",
    "import_page",
    "imports_visible_to",
    "look_up",
    "match_of",
    "register_page",
    "student_by_uuid",
    "student_of_identifier",
    "students_by_id",
    "students_in",
    "students_there",
]
