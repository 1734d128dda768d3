"""Is it built right? The movement tests of RiMEA, NIST and ISO and our own logic tests, each with what was
measured, the target and a verdict.

Verification says that the code does what the model says. Whether the model resembles people is another
question (`simex validate`)."""

from .check import Check, Checks, Engine, Extent, Finding, Verdict
from .table import Row, as_json, as_markdown, every_check, judge

__all__ = [
    "Check",
    "Checks",
    "Engine",
    "Extent",
    "Finding",
    "Row",
    "Verdict",
    "as_json",
    "as_markdown",
    "every_check",
    "judge",
]
