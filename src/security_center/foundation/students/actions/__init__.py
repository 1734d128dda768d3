"""What may be done with the register."""

from .entering import IdentifierTaken, enter_student
from .looking import look_up

__all__ = ["IdentifierTaken", "enter_student", "look_up"]
