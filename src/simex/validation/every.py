"""All tests of validation in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simex.parameters import Parameters

from .directions import REPLICATES, REPLICATIONS, SEED, validate
from .falsification import falsification
from .literature import literature
from .plausible import plausibility
from .size import size
from .table import Statement


def every_test(
    parameters: Parameters | None = None,
    *,
    replicates: int = REPLICATES,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    tell: Callable[[str], None] = lambda line: None,
) -> tuple[list[Statement], dict[str, Any]]:
    """V1 to V8, E1 to E8 and F1 to F5 on a parameter set (the frozen defaults without one). Returns the rows
    and what they were made from."""
    parameters = parameters or Parameters.defaults()
    rows, about = validate(parameters, replicates=replicates, replications=replications, seed=seed, tell=tell)
    rows += literature(parameters, replicates, seed + 2, tell)
    rows.append(size(parameters, replicates, seed + 4, tell))
    rows += falsification(parameters, seed + 3, tell)
    rows += plausibility(parameters, replicates, seed + 5, tell)
    return rows, about
