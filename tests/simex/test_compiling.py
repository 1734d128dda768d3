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
from simex.compiling import inner, kept, outermost
from simex.first_run import NOT_KEPT, SENTENCE


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


def test_kept_code_is_not_found_once_any_file_of_the_engine_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
    print(
        whole_of_a_test.halves(numpy.arange(3.0)).tolist(),
        len(compiled.buffer),
        "numba.np.arraymath" in sys.modules,
    )
"""


@pytest.mark.long
def test_a_process_that_waits_for_a_whole_neither_compiles_nor_loads_what_compiling_takes(
    tmp_path: Path,
) -> None:
    (tmp_path / "whole_of_a_test.py").write_text(WHOLE, encoding="utf-8")
    places = os.pathsep.join([str(tmp_path), str(Path(compiling.__file__).parents[1])])
    settings = {**os.environ, "PYTHONPATH": places, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    said = [
        subprocess.run(
            [sys.executable, "-c", ASKING], env=settings, check=True, capture_output=True, text=True
        )
        for _ in range(2)
    ]
    assert [one.stdout for one in said] == ["[0.0, 0.5, 1.0] 0 False\n"] * 2
    assert [one.stderr for one in said] == [SENTENCE, ""]


def test_a_whole_of_a_script_is_compiled_where_it_stands() -> None:
    def alone() -> None:
        pass

    alone.__module__ = "__main__"
    assert not compiling.compile_elsewhere(alone, ())


def compiled_by(place: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """The whole of a test, asked for by a new process that keeps its code below `place`; before: lines of
    shell that come first."""
    (place / "whole_of_a_test.py").write_text(WHOLE, encoding="utf-8")
    places = os.pathsep.join([str(place), str(Path(compiling.__file__).parents[1])])
    settings = {**os.environ, "PYTHONPATH": places, "NUMBA_CACHE_DIR": str(place / "kept")}
    command = ["sh", "-c", "\n".join([*before, 'exec "$0" -P -c "$1"']), sys.executable, ASKING]
    return subprocess.run(command, env=settings, check=False, capture_output=True, text=True, cwd=place)


def kept_files(place: Path, end: str) -> list[Path]:
    return sorted((place / "kept").rglob(f"*.{end}"))


RESULT = "[0.0, 0.5, 1.0] 0 False\n"


def test_kept_code_that_is_cut_off_or_turned_or_could_be_another_user_s_is_as_if_it_were_not_there(
    tmp_path: Path,
) -> None:
    files = compiling._Files(str(tmp_path), "whole", "of this source", __file__)
    index, code = tmp_path / "whole.nbi", tmp_path / "whole.1.nbc"

    def turned(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[:60] + bytes([content[60] ^ 1]) + content[61:])

    for damage in (
        lambda: index.write_bytes(b""),
        lambda: index.write_bytes(index.read_bytes()[:20]),
        lambda: code.write_bytes(b""),
        lambda: code.write_bytes(code.read_bytes()[:50]),
        lambda: turned(code),
        lambda: code.chmod(0o666),
        lambda: index.chmod(0o664),
        code.unlink,
    ):
        files.save("signature", b"machine code" * 10)
        assert files.load("signature") == b"machine code" * 10
        assert not (code.stat().st_mode | index.stat().st_mode) & 0o022
        damage()
        assert files.load("signature") is None
        index.unlink(missing_ok=True)


@pytest.mark.long
def test_half_an_index_costs_a_process_a_compilation_and_no_more(tmp_path: Path) -> None:
    compiled_by(tmp_path)
    (index,) = kept_files(tmp_path, "nbi")
    index.write_bytes(index.read_bytes()[:60])
    again = compiled_by(tmp_path)
    assert (again.stdout, again.stderr) == (RESULT, SENTENCE)
    assert compiled_by(tmp_path).stderr == ""


@pytest.mark.long
def test_a_folder_that_everybody_may_write_to_is_passed_over(tmp_path: Path) -> None:
    compiled_by(tmp_path)
    for folder in (tmp_path / "kept").iterdir():
        folder.chmod(0o777)
    before = [path.stat().st_mtime_ns for path in kept_files(tmp_path, "nb?")]
    assert compiled_by(tmp_path).stderr == SENTENCE  # kept beside the source instead
    assert [path.stat().st_mtime_ns for path in kept_files(tmp_path, "nb?")] == before
    assert list((tmp_path / "__pycache__").glob("*.nbc"))


def test_a_result_comes_on_a_full_disk_too_with_a_sentence_about_what_is_not_kept(tmp_path: Path) -> None:
    full = compiled_by(tmp_path, "ulimit -f 0")
    assert full.returncode == 0, full.stderr
    assert full.stdout.startswith("[0.0, 0.5, 1.0]")
    assert full.stderr.count(NOT_KEPT) == 1


def test_where_no_folder_is_ours_the_code_is_compiled_and_not_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiling, "_is_ours", lambda *_: False)
    monkeypatch.setattr("simex.first_run._not_kept", [])

    @kept
    def one_more(number: Any) -> Any:
        return number + 1

    assert one_more(1) == 2
    assert capsys.readouterr().err.count(NOT_KEPT) == 1


def test_a_module_in_the_folder_one_stands_in_is_not_taken_for_numba(tmp_path: Path) -> None:
    (tmp_path / "stand").mkdir()
    (tmp_path / "stand" / "numba.py").write_text(
        "from pathlib import Path\nPath('taken').touch()\nraise SystemExit"
    )
    assert compiled_by(tmp_path, "cd stand").stdout == RESULT
    assert not (tmp_path / "stand" / "taken").exists()
