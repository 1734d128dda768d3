from enum import IntEnum
from typing import Any

import numpy as np
import pytest
from numba import njit, types

from simex import compiling
from simex.compiling import inner, outermost


class Row(IntEnum):
    SECOND = 2


@inner
def twice(number: Any) -> Any:
    return number + number


@inner
def four_times(number: Any) -> Any:
    return twice(number) + twice(np.int32(number)) + twice(1) - twice(Row.SECOND) + 2


@inner(makes_arrays=True)  # type: ignore[untyped-decorator]
def middle(numbers: Any) -> Any:
    left = numbers.copy()
    left[0] = 0.0
    return left[1]


@outermost
def whole(number: Any, numbers: Any) -> Any:
    return four_times(number) + middle(numbers)


def test_parts_of_parts_come_together_in_the_whole_and_give_what_python_gives() -> None:
    assert whole(5, np.array([1.0, 0.5])) == 4 * 5 + 0.5


def test_one_compiled_function_serves_constants_enumerations_and_every_width_of_whole_number() -> None:
    four_times.compile((types.int64,))
    assert [str(kinds[0]) for kinds in twice.overloads] == ["int64"]


def test_kept_code_is_not_found_once_any_file_of_the_engine_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    signature, code = (int,), whole.targetctx.codegen()
    before = whole._cache._index_key(signature, code)
    monkeypatch.setattr(compiling, "source_fingerprint", lambda *_: "of another version")
    assert whole._cache._index_key(signature, code) != before


def test_linear_algebra_still_works_in_numba_though_the_engines_load_without_it() -> None:
    assert njit(lambda a, b: np.dot(a, b))(np.eye(2), np.array([3.0, 4.0])).tolist() == [3.0, 4.0]
