"""A reader in a process of its own, with limits on its memory and its time: what a hostile file does there ends there."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from .problems import Unimportable

MOST_SECONDS = 120
MOST_BYTES = 3 * 1024**3


def read_bounded(reader: str, path: Path, *, seconds: int = MOST_SECONDS, bytes_of_memory: int = MOST_BYTES) -> Any:
    """What `reader` ("module:function" of this package) gives for a path. Raises `Unimportable`, also where a limit stopped the child."""
    words = [sys.executable, "-c", "from simex.importing.bounded import child; child()", reader, str(path), str(seconds), str(bytes_of_memory)]
    import simex

    folder = str(Path(simex.__file__).parents[1])
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module; the path is one word, no shell
            words,
            capture_output=True,
            timeout=seconds + 30,
            check=False,
            env={"PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"},
        )
    except subprocess.TimeoutExpired:
        raise _too_much(path, f"more than {seconds} seconds") from None
    if ended.returncode == 3:
        raise Unimportable(ended.stderr.decode("utf-8", "replace").strip()[:2000])
    if ended.returncode != 0:
        if b"MemoryError" in ended.stderr or ended.returncode == -9:
            raise _too_much(path, f"more than {bytes_of_memory // 1024**3} GB of memory or {seconds} seconds")
        raise Unimportable(
            f"{path.name} cannot be read: its content is not what it says it is. Open it in the program that made it and export it again."
        )
    return pickle.loads(ended.stdout)  # noqa: S301 - written by our own child


def _too_much(path: Path, what: str) -> Unimportable:
    return Unimportable(f"{path.name} needs {what} to be read: too much for a floor plan. Export one building, without furniture and terrain.")


def child() -> None:
    """The child's side: sets its own limits, reads, writes the result as bytes. Exit code 3: a sentence is on standard error."""
    import importlib
    import resource

    reader, path, seconds, bytes_of_memory = sys.argv[1:5]
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(bytes_of_memory), int(bytes_of_memory)))
    module, function = reader.split(":")
    try:
        result = getattr(importlib.import_module(f"simex.importing.{module}"), function)(Path(path))
        content = pickle.dumps(result)
    except Unimportable as error:
        sys.stderr.write(str(error))
        sys.exit(3)
    except RecursionError:
        sys.stderr.write(f"{Path(path).name} cannot be read: its parts hold each other in a circle.")
        sys.exit(3)
    sys.stdout.buffer.write(content)
