"""The designed experiment: design files, cells, chunks of runs that can be stopped and resumed, and where
they are computed."""

from .cells import Cell
from .design import Design, Form
from .faults import CannotRun, DiskFull, FaultyDesign, OtherStudy
from .release import Release
from .study import Study

__all__ = [
    "CannotRun",
    "Cell",
    "Design",
    "DiskFull",
    "FaultyDesign",
    "Form",
    "OtherStudy",
    "Release",
    "Study",
]
