"""Does it behave like the reference experiment and the literature? V1 to V8, E1 to E8, and F1 to F5 that try
to break it, on the frozen numbers.

Nothing is tuned to pass: the first result of a parameter set is archived in docs/simex/validation whatever it
shows."""

from .every import every_test
from .table import Judged, Statement, as_json, as_markdown

__all__ = ["Judged", "Statement", "as_json", "as_markdown", "every_test"]
