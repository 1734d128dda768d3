"""The reader in a process of its own, with limits on its memory and its time: what a hostile file does there
ends there.

What comes back is text that is checked like any plan's file, so that nothing of the child is trusted.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from simex.plan import LockType, UnreadablePlan
from simex.plan.file import parse_plan, plan_bytes

from .assembly import Wishes
from .problems import Imported, Unimportable
from .summary import Summary

MOST_SECONDS = 60
MOST_BYTES = 2 * 1024**3
MOST_ANSWER = 64 * 1024**2
WAITING = 3  # seconds of the clock for one of the processor, on a machine that is busy
NO_MEMORY = (b"MemoryError", b"bad_alloc", b"Cannot allocate memory", b"failed to map")


def read_bounded(
    path: Path, wishes: Wishes, *, seconds: int = MOST_SECONDS, bytes_of_memory: int = MOST_BYTES
) -> Imported:
    """What `reading.read_here` gives. seconds: of the processor. Raises `Unimportable`, also where a limit
    stopped the child."""
    words = [
        sys.executable,
        "-c",
        "from simex.importing.bounded import child; child()",
        str(path.absolute()),
        json.dumps(dataclasses.asdict(wishes)),
    ]
    words += [str(seconds), str(bytes_of_memory)]
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter and module; the path is one word, no shell
                words,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=said,
                timeout=WAITING * seconds,
                check=False,
                env=_environment(),
            )
        except subprocess.TimeoutExpired:
            raise _too_much(path, bytes_of_memory, seconds) from None
        said.seek(max(0, said.seek(0, os.SEEK_END) - 4000))
        last_words = said.read()
        if ended.returncode == 3:
            raise Unimportable(last_words.decode("utf-8", "replace").strip()[:2000])
        if ended.returncode < 0 or any(words in last_words for words in NO_MEMORY):
            raise _too_much(path, bytes_of_memory, seconds)
        if ended.returncode == 0 and answer.seek(0, os.SEEK_END) <= MOST_ANSWER:
            answer.seek(0)
            return _understood(path, json.loads(answer.read()))
    raise Unimportable(
        f"{path.name} cannot be read: its content is not what it says it is. Open it in the program "
        "that made it and export it again."
    )


def _understood(path: Path, found: dict[str, Any]) -> Imported:
    try:
        plan = parse_plan(found["plan"].encode(), path.name)
    except UnreadablePlan as error:
        raise Unimportable(
            f"{path.name} holds what no floor plan can. Export the building alone, in metres or "
            f"feet.\n{error}"
        ) from None
    return Imported(plan, Summary(**found["summary"]))


def _environment() -> dict[str, str]:
    """Only what Python needs: a reader of strangers' files gets no settings and no secrets. One thread, or
    threads' stacks take the address space."""
    import simex

    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(Path(simex.__file__).parents[1]),
        "PYTHONSAFEPATH": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "HOME": "/nonexistent",
    }


def _too_much(path: Path, bytes_of_memory: int, seconds: int) -> Unimportable:
    return Unimportable(
        f"{path.name} needs more than {bytes_of_memory // 1024**2:,} MB of memory or {seconds} "
        "seconds to be read: too much for a floor plan. "
        "Export one building, without furniture and terrain."
    )


def child() -> None:
    """The child's side: sets its own limits, reads, writes the result as text. Exit code 3: a sentence is on
    standard error."""
    import resource

    path, wishes, seconds, bytes_of_memory = (
        Path(sys.argv[1]),
        json.loads(sys.argv[2]),
        int(sys.argv[3]),
        int(sys.argv[4]),
    )
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (bytes_of_memory, bytes_of_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from .reading import read_here

    try:
        found = read_here(path, Wishes(**{**wishes, "lock": LockType(wishes["lock"])}))
    except Unimportable as error:
        _end(str(error))
    except RecursionError:
        _end(f"{path.name} cannot be read: its parts hold each other in a circle.")
    else:
        json.dump(
            {"plan": plan_bytes(found.plan).decode(), "summary": dataclasses.asdict(found.summary)},
            sys.stdout,
        )
        sys.stdout.flush()


def _end(sentence: str) -> None:
    sys.stderr.buffer.write(sentence.encode("utf-8", "replace"))
    sys.stderr.flush()
    sys.exit(3)
