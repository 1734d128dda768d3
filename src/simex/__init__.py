"""SIMEX: a simulation experiment on a school's own floor plan.

It stands alone: no web system, no database. A notebook needs four nouns, each with explicit seeds and pandas
out:

    from simex import Plan, Population, Study, Results

`Plan` is the building, `Population` who is in it and when, `Study` a designed experiment over defenders'
levers, `Results` what came of its runs. Only defenders' levers exist: nothing about the assailant can be set,
read or drawn (docs/simex/guard-rail.md)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analysis import Results
    from .experiment import Study
    from .plan import Plan
    from .population import Population

__all__ = ["Plan", "Population", "Results", "Study"]
_HOMES = {
    "Plan": "simex.plan",
    "Population": "simex.population",
    "Results": "simex.analysis",
    "Study": "simex.experiment",
}


def __getattr__(name: str) -> Any:
    # Only on the first use: the command line's help must not wait for the statistics to be loaded.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
