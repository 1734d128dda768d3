"""Reads single settings from the environment, and remembers which were asked for: any other name is one that
somebody mistyped."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

# The launcher's, and what our programs tell their children.
_NOT_IN_SETTINGS = {"SSC_EXTRAS", "SSC_SUPERVISOR_PROCESS", "SSC_SERVER_PROCESS", "SSC_WORKER_QUEUE"}
_OF_TESTS = ("SSC_TEST_", "SSC_BENCH_")
_asked: set[str] = set()


def stop(sentence: str) -> NoReturn:
    """A wrong setting ends the start with one sentence instead of a traceback."""
    sys.stderr.write(f"ssc: {sentence}\n")
    raise SystemExit(2)


def text(name: str, default: str = "") -> str:
    """The setting `name`, or the content of the file that `name`_FILE points to (so that a secret need not be
    in the environment)."""
    _asked.add(name)
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", "it is no text in UTF-8")
            stop(
                f"{name}_FILE points to {file}, which cannot be read ({why}). Give a readable file "
                "or unset it."
            )
    return os.environ.get(name, default)


def truth(name: str, default: bool = False) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0"}:
        stop(f"{name} is “{value}”, but it must be yes or no.")
    return value in {"yes", "true", "1"}


def whole(name: str, default: int, low: int, high: int) -> int:
    value = text(name, str(default))
    if not value.isdigit() or not low <= int(value) <= high:
        stop(f"{name} is “{value}”, but it must be a whole number from {low} to {high}.")
    return int(value)


def mistyped() -> list[tuple[str, str]]:
    """Names of the environment that look like settings and are none, each with the nearest setting, or "".
    Never a value: it may be a password."""
    import difflib

    known = _asked | _NOT_IN_SETTINGS
    others = [name for name in os.environ if name.startswith("SSC_") and not name.startswith(_OF_TESTS)]
    none = sorted(name for name in others if name not in known and name.removesuffix("_FILE") not in known)
    every = known | {f"{name}_FILE" for name in known}
    return [(name, next(iter(difflib.get_close_matches(name, every, 1)), "")) for name in none]
