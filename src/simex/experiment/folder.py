"""The folder of a study: a manifest that says what its runs are of, and one file for each chunk, each there
as a whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simex import files
from simex.files import PART

from .faults import CannotRun, DiskFull, OtherStudy

MANIFEST = "study.json"
RECORDS = ("validation.json", "validation.md")
LOCK = ".lock"
CHUNKS = "chunks"
CELL_LETTERS = len("cell-0000")
LARGEST_MANIFEST = 4_000_000
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is there as a whole or not at all, also after a power cut. Raises `DiskFull`
    or `CannotRun`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, content)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(
                f"There is no room left for {path.name} in {path.parent} ({len(content):,} bytes). "
                "What is finished is whole and kept. "
                "Free some space, then go on with ./ssc simex resume."
            ) from None
        raise CannotRun(f"{path} cannot be written: {error.strerror}.") from None


class Folder:
    """A study's folder. Only one process writes into it at a time."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def manifest_path(self) -> Path:
        return self.path / MANIFEST

    def manifest(self) -> dict[str, Any]:
        """Raises `CannotRun` when there is none."""
        try:
            return dict(json.loads(files.read_ordinary(self.manifest_path, LARGEST_MANIFEST)))
        except FileNotFoundError:
            raise CannotRun(
                f"{self.path} holds no study. Start one with ./ssc simex run design.toml --out {self.path}."
            ) from None
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise CannotRun(
                f"{self.manifest_path} cannot be read: {getattr(error, 'strerror', None) or error}."
            ) from None

    def begin(self, manifest: dict[str, Any], copies: Mapping[str, bytes]) -> None:
        """Writes copies of the inputs, by file name, and last the manifest; or checks that the one there is
        of the same runs.

        Raises `OtherStudy` with what differs.
        """
        if not self.manifest_path.exists():
            # A start that was cut off leaves no more than its own; a record of one's own validation may lie
            # there before (decision 0022).
            own = {LOCK, *copies, *RECORDS}
            if self.path.exists() and any(place.name not in own for place in self.path.iterdir()):
                raise OtherStudy(f"{self.path} is not empty and holds no study. Choose a new folder.")
            for name, content in copies.items():
                write_whole(self.path / name, content)
            write_whole(
                self.manifest_path, json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n"
            )
            return
        there = self.manifest()
        differing = [name for name in manifest if there.get(name) != manifest[name]]
        if differing:
            raise OtherStudy(
                f"{self.path} holds runs of another study ({', '.join(differing)} differ). Choose a "
                "new folder."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes from writing here; the lock falls with the process, however it ends."""
        if self.path.exists() and not self.path.is_dir():
            raise CannotRun(f"{self.path} is a file. Choose a new folder.")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / LOCK).open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise CannotRun(
                        f"Another run is writing into {self.path}. Wait for it, or stop it."
                    ) from None
                self._sweep()
                yield
        except OSError as error:
            if error.errno in NO_ROOM:
                raise DiskFull(
                    f"There is no room left in {self.path}. Free some space, then start again."
                ) from None
            raise CannotRun(f"{self.path} cannot be written to: {error.strerror}.") from None

    def _sweep(self) -> None:
        """Takes away what a killed run left half-written."""
        for part in self.path.rglob("*" + PART):
            part.unlink(missing_ok=True)

    def chunk_path(self, name: str) -> Path:
        return self.path / CHUNKS / name

    def has(self, name: str) -> bool:
        return self.chunk_path(name).exists()

    def chunk(self, name: str) -> bytes:
        return self.chunk_path(name).read_bytes()

    def digests(self) -> dict[str, str]:
        """By layer and cell, a SHA-256 over the names and bytes of its chunks: what was exchanged later is
        found."""
        found: dict[str, Any] = {}
        for path in sorted((self.path / CHUNKS).glob("*/cell-*.parquet")):
            own = found.setdefault(f"{path.parent.name}/{path.name[:CELL_LETTERS]}", hashlib.sha256())
            own.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return {name: digest.hexdigest() for name, digest in found.items()}

    def keep(self, name: str, content: bytes) -> None:
        write_whole(self.chunk_path(name), content)
