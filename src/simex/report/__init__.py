"""The after-action report (simex.md 4.7), and the model's description by ODD and STRESS-ABS (4.6), made from
code, parameters and results."""

from .build import build, write
from .context import Context
from .credibility import Evidence

__all__ = ["Context", "Evidence", "build", "write"]
