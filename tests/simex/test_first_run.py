import importlib.util
from pathlib import Path
from typing import Any

import pytest
from numba import njit

from simex.first_run import LISTENER, SENTENCE

KEPT = "from numba import njit\n@njit(cache=True)\ndef one_more(x):\n    return x + 1\n"


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LISTENER, "told", False)


def of_module(name: str) -> Any:
    def one_more(x: Any) -> Any:
        return x + 1

    one_more.__module__ = name
    return njit(one_more)


def test_whoever_waits_for_an_engine_to_be_compiled_is_told_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    of_module("somewhere.else")(1)
    assert capsys.readouterr().err == ""
    of_module("simex.space.step")(1)
    of_module("simex.network.engine")(1)
    assert capsys.readouterr().err == SENTENCE


def test_nobody_is_told_of_compiling_where_compiled_code_was_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept.py").write_text(KEPT, encoding="utf-8")
    said = []
    for _ in range(2):
        spec = importlib.util.spec_from_file_location("simex.network.kept", tmp_path / "kept.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr(LISTENER, "told", False)
        assert module.one_more(1) == 2
        said.append(capsys.readouterr().err)
    assert said == [SENTENCE, ""]
