"""What attackers, wrong clocks and crowds were seen to break, repeated at a length that no test run can
afford. One module a kind, each with a `run`; the short forms stand in tests/attacks/."""

from __future__ import annotations

import importlib
import pkgutil

from ..figures import Figure


def run() -> list[Figure]:
    kinds = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [figure for kind in kinds for figure in importlib.import_module(f".{kind}", __name__).run()]
