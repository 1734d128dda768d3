from tests.reporting.acts import valley
from tests.students.people import register

__all__ = ["register", "valley"]
