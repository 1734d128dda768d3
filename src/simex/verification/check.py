"""One check: who asks for it, what it measures, and what it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Engine(StrEnum):
    CONTINUOUS = "continuous"
    NETWORK = "network"
    BOTH = "both"


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    EXPECTED = "expected failure"  # fails for a reason that is stated; never counted as passed
    REPORTED = "reported"  # the source asks for a record and names no threshold
    NOT_APPLICABLE = "does not apply"


@dataclass(frozen=True)
class Extent:
    """How much is run. seeds: repetitions with other positions and speeds; the median is judged, the range
    printed."""

    quick: bool = False

    @property
    def seeds(self) -> int:
        return 3 if self.quick else 10


@dataclass(frozen=True)
class Finding:
    """measured: the number with its unit, in words. passed: None where there is no threshold."""

    measured: str
    passed: bool | None


@dataclass(frozen=True)
class Check:
    """codes: every guideline's name for it, the first is shown. expected_failure: why it fails, where that is
    known and the model's own limit."""

    codes: tuple[str, ...]
    title: str
    target: str
    tolerance: str
    engine: Engine
    run: Callable[[Extent], Finding]
    long: bool = False  # left out of a quick run
    expected_failure: str = ""


class Checks:
    """The checks of one module, in its order.

    >>> checks = Checks(Engine.CONTINUOUS)
    >>> @checks.add("RiMEA 1", "IMO 1", title="Corridor speed", target="26 to 34 s", tolerance="as stated")
    ... def corridor_speed(extent: Extent) -> Finding: ...
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept: list[Check] = []

    def add(
        self,
        *codes: str,
        title: str,
        target: str,
        tolerance: str,
        long: bool = False,
        expected_failure: str = "",
    ) -> Callable[[Callable[[Extent], Finding]], Callable[[Extent], Finding]]:
        def keep(run: Callable[[Extent], Finding]) -> Callable[[Extent], Finding]:
            self._kept.append(
                Check(codes, title, target, tolerance, self.engine, run, long, expected_failure)
            )
            return run

        return keep

    def __iter__(self) -> Iterator[Check]:
        return iter(self._kept)
