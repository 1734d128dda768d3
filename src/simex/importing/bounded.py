"""A reader in a process of its own, with limits on its memory and its time: what a hostile file does there ends there."""

from __future__ import annotations

import os
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
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module; the path is one word, no shell
            words, capture_output=True, timeout=seconds + 30, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise _too_much(path, f"more than {seconds} seconds") from None
    if ended.returncode == 3:
        raise Unimportable(ended.stderr.decode("utf-8", "replace").strip()[:2000])
    if ended.returncode < 0 or any(words in ended.stderr for words in (b"MemoryError", b"Cannot allocate memory", b"failed to map")):
        raise _too_much(path, f"more than {bytes_of_memory // 1024**2:,} MB of memory or {seconds} seconds")
    if ended.returncode != 0:
        raise Unimportable(
            f"{path.name} cannot be read: its content is not what it says it is. Open it in the program that made it and export it again."
        )
    return pickle.loads(ended.stdout)  # noqa: S301 - written by our own child


def _environment() -> dict[str, str]:
    """Only what Python needs: a reader of strangers' files gets no settings and no secrets. One thread, or threads' stacks take the address space."""
    import simex

    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(simex.__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1", "HOME": "/nonexistent"}


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
