"""The chapters of the after-action report, in its order (simex.md 4.7); each a function from a `Context` to
blocks."""

from collections.abc import Callable, Iterable

from ..blocks import Block
from ..context import Context
from .annexes import annexes
from .comparison import comparison
from .options import limitations, next_experiments, observations, options
from .results import results, robustness
from .setting import design, measures, purpose, site
from .summary import summary

Chapter = Callable[[Context], Iterable[Block]]
CHAPTERS: tuple[Chapter, ...] = (
    summary,
    purpose,
    design,
    site,
    measures,
    results,
    robustness,
    comparison,
    observations,
    options,
    limitations,
    next_experiments,
    annexes,
)
