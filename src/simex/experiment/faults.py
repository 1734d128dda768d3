"""What can be wrong with a design or stop a run, each as a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

NOT_SETTABLE = (
    "Nothing about an assailant can be set: the engine holds a fixed, abstract hazard "
    "(docs/simex/guard-rail.md)."
)


class FaultyDesign(ValueError):
    """A design that cannot be run; `faults` holds a sentence for each thing that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class CannotRun(Exception):
    """The runs cannot go on or cannot be written; what is finished is kept. The sentence says what to do."""


class DiskFull(CannotRun):
    """No room for another file. Nothing half-written stays behind."""


class OtherStudy(CannotRun):
    """The folder holds runs of another design, code or parameter set."""
