import os
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit, types

from simex import compiling
from simex.compiling import inner, outermost
from simex.first_run import SENTENCE


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


WHOLE = """from simex.compiling import inner, outermost

@inner
def half(number):
    return number / 2

@outermost
def halves(numbers):
    kept = numbers.copy()
    for k in range(numbers.size):
        kept[k] = half(numbers[k])
    return kept
"""
ASKING = """import sys, numpy
from numba.core import event
import whole_of_a_test
with event.install_recorder("numba:compile") as compiled:
    print(whole_of_a_test.halves(numpy.arange(3.0)).tolist(), len(compiled.buffer), "numba.np.arraymath" in sys.modules)
"""


def test_a_process_that_waits_for_a_whole_neither_compiles_nor_loads_what_compiling_takes(tmp_path: Path) -> None:
    (tmp_path / "whole_of_a_test.py").write_text(WHOLE, encoding="utf-8")
    places = os.pathsep.join([str(tmp_path), str(Path(compiling.__file__).parents[1])])
    settings = {**os.environ, "PYTHONPATH": places, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    said = [subprocess.run([sys.executable, "-c", ASKING], env=settings, check=True, capture_output=True, text=True) for _ in range(2)]
    assert [one.stdout for one in said] == ["[0.0, 0.5, 1.0] 0 False\n"] * 2
    assert [one.stderr for one in said] == [SENTENCE, ""]


def test_a_whole_of_a_script_is_compiled_where_it_stands() -> None:
    def alone() -> None:
        pass

    alone.__module__ = "__main__"
    assert not compiling.compile_elsewhere(alone, ())
