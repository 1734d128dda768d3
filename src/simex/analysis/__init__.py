"""The statistics of a study: a fixed plan, written before the runs (simex.md 4.5)."""

from .effects import Effect, Verdict
from .results import Results

__all__ = ["Effect", "Results", "Verdict"]
