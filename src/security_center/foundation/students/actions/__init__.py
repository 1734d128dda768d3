"""What may be done with the register."""

from .entering import IdentifierTaken, enter_student
from .importing import (
    CannotBeUndone,
    ManyWouldLeave,
    NothingToChange,
    NotOfThisDistrict,
    NotReady,
    OpenImport,
    RowsWouldBeLeftOut,
    apply_import,
    begin_import,
    begin_single,
    can_be_undone,
    discard_import,
    keep_those_named_by,
    many_would_leave,
    undo_import,
)
from .looking import look_at_import, look_up, open_student

__all__ = [
    "CannotBeUndone",
    "IdentifierTaken",
    "ManyWouldLeave",
    "NotOfThisDistrict",
    "NotReady",
    "NothingToChange",
    "OpenImport",
    "RowsWouldBeLeftOut",
    "apply_import",
    "begin_import",
    "begin_single",
    "can_be_undone",
    "discard_import",
    "enter_student",
    "keep_those_named_by",
    "look_at_import",
    "look_up",
    "many_would_leave",
    "open_student",
    "undo_import",
]
