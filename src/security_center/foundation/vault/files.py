"""Sealed files: <data>/files/<aa>/<uuid>, or below SSC_FILES_DIR, which several machines share. Each is
sealed under its own random key, in segments of 64 KiB so that memory stays constant.

A segment's nonce is its number and whether it is the last; the file's id and the format's version are
associated data. A file that is cut, put in another order, joined from two, or copied over another does not
open. A file is written beside its place, fsynced and renamed, and then never changed: a row that names it can
only commit after it is whole on the disk."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from security_center.foundation import clock
from security_center.foundation.vault import sealing
from security_center.foundation.vault.errors import SealBroken, VaultError

SEGMENT = 64 * 1024
# Bytes left free on the disk for text: a file that would eat into them is refused, so that the words are not
RESERVE = 64 * 1024 * 1024
_HEADER = b"SSCF\x01"
_LOOK_AT_DISK_EVERY = 64  # segments
# The umask of whoever starts the programs narrows these: `./ssc up` to the owner alone, a service manager
# that gives the public program a system user of its own to both users' group, since one writes what the other
# opens.
_FILE_MODE, _FOLDER_MODE = 0o660, 0o770
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNFINISHED = ".part"


class FileGone(VaultError):
    """There is no such sealed file (any more)."""


class NoSpace(VaultError):
    """The disk is full, or so nearly full that what is left is kept for text."""


def folder() -> Path:
    return Path(settings.SSC_FILES_DIR) if settings.SSC_FILES_DIR else Path(settings.SSC_DATA) / "files"


def mark() -> Path:
    """Says whose shared folder this is. Where a mount is gone, its empty place lies on the machine's own
    disk, which nobody shares or backs up."""
    return folder() / ".installation"


def _require_shared_folder() -> None:
    if settings.SSC_FILES_DIR and not mark().is_file():
        raise OSError(errno.ESTALE, "the shared folder of files is not mounted")


def path_of(file_id: uuid.UUID) -> Path:
    name = str(file_id)
    return folder() / name[:2] / name


class FileWriter:
    """Seals a stream to a new file. `write` as it comes, then `finish`; `abandon` (also when it is forgotten)
    leaves nothing behind.

    Raises `NoSpace` for a full disk and OSError for another fault of it.
    """

    def __init__(self) -> None:
        self.file_id = uuid.uuid4()
        self.file_key = os.urandom(sealing.KEY_BYTES)
        self.size = 0
        self._cipher = AESGCM(self.file_key)
        self._buffer = bytearray()
        self._number = 0
        self._path = path_of(self.file_id)
        self._draft = self._path.with_name(self._path.name + _UNFINISHED)
        self._handle: BinaryIO | None = None
        try:
            _require_shared_folder()
            for parent in (folder(), self._path.parent):
                parent.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            self._handle = os.fdopen(
                os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb", buffering=0
            )
            self._put(_HEADER)
        except OSError as error:
            self.abandon()
            raise _named(error) from error

    def write(self, plain: bytes) -> None:
        self.size += len(plain)
        self._buffer += plain
        # Strictly longer: the last segment must carry the mark of the last, so one is kept back until it is
        # known that more follows.
        while len(self._buffer) > SEGMENT:
            self._seal_segment(bytes(self._buffer[:SEGMENT]), last=False)
            del self._buffer[:SEGMENT]

    def finish(self) -> None:
        """Seal what is left and put the whole file in its place, safe against a loss of power."""
        self._seal_segment(bytes(self._buffer), last=True)
        self._buffer.clear()
        try:
            handle = self._open_handle()
            os.fsync(handle.fileno())
            handle.close()
            self._handle = None
            self._draft.rename(self._path)
            _sync_folder(self._path.parent)
            _sync_folder(folder())
        except OSError as error:
            self.abandon()
            raise _named(error) from error

    def abandon(self) -> None:
        """Close and remove the unfinished file. Harmless after `finish`."""
        self._buffer.clear()
        if self._handle is not None:
            self._handle.close()
            self._handle = None
            self._draft.unlink(missing_ok=True)

    def __del__(self) -> None:
        self.abandon()

    def _seal_segment(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, _place(self.file_id))
        try:
            self._put(sealed)
        except OSError as error:
            self.abandon()
            raise _named(error) from error
        self._number += 1

    def _put(self, raw: bytes) -> None:
        handle = self._open_handle()
        if self._number % _LOOK_AT_DISK_EVERY == 0:
            disk = os.fstatvfs(handle.fileno())
            if disk.f_bavail * disk.f_frsize < RESERVE:
                raise OSError(errno.ENOSPC, "the rest of the disk is kept for text")
        view = memoryview(raw)
        while view:
            view = view[handle.write(view) :]

    def _open_handle(self) -> BinaryIO:
        if self._handle is None:
            raise ValueError("This file was finished or abandoned.")
        return self._handle


def write(chunks: Iterable[bytes]) -> tuple[uuid.UUID, bytes, int]:
    """Seal a stream as a new file; returns its id, its key (to be sealed in a record) and its length in
    bytes. Raises `NoSpace`, OSError."""
    writer = FileWriter()
    try:
        for chunk in chunks:
            writer.write(chunk)
        writer.finish()
    finally:
        writer.abandon()
    return writer.file_id, writer.file_key, writer.size


def read(file_id: uuid.UUID, file_key: bytes) -> Iterator[bytes]:
    """The file's bytes, at most 64 KiB at a time. Raises `FileGone` at once, `SealBroken` at the first
    segment that is not what was written.

    A cut is noticed at the end: who needs the whole file must read to the end before trusting it.
    """
    try:
        handle = path_of(file_id).open("rb")
    except FileNotFoundError:
        raise FileGone("This file is not here any more.") from None
    return _segments(handle, file_id, AESGCM(file_key))


def delete(file_id: uuid.UUID) -> bool:
    """Remove a sealed file. False when it was not there, or when a backup is running: then it stays as an
    orphan, which the sweep removes."""
    with backups_wait() as allowed:
        if not allowed:
            return False
        try:
            path_of(file_id).unlink()
        except FileNotFoundError:
            return False
        return True


class BackupRuns(Exception):
    """A backup, or what takes turns with it, did not end in time."""


@contextmanager
def deletions_wait(*, patience: float = float("inf")) -> Iterator[None]:
    """Inside the block (a backup) no program removes a sealed file: what the copied database names must still
    be there when it is copied.

    One at a time. Raises BackupRuns after `patience` seconds."""
    until = time.monotonic() + patience
    with _backup_lock() as descriptor:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BackupRuns from None
                time.sleep(0.05)
        yield


@contextmanager
def backups_wait() -> Iterator[bool]:
    """Inside the block no backup begins; False where one is running."""
    with _backup_lock() as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _backup_lock() -> Iterator[int]:
    place = folder() / ".backup.lock" if settings.SSC_FILES_DIR else Path(settings.SSC_DATA) / "backup.lock"
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, _FILE_MODE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


_namers: list[Callable[[set[uuid.UUID]], set[uuid.UUID]]] = []


def named_by(namer: Callable[[set[uuid.UUID]], set[uuid.UUID]]) -> None:
    """Register a function that is given ids and returns those that a row of its room names. Called at
    start."""
    _namers.append(namer)


def named(file_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those of `file_ids` that a row of any room names: the rest are orphans of forms that never ended."""
    if not _namers:
        raise RuntimeError(
            "No room has said which files its rows name: a sweep would take every file for an orphan."
        )
    return {found for namer in _namers for found in namer(file_ids)}


def sweep(
    known: Callable[[set[uuid.UUID]], set[uuid.UUID]],
    older_than: timedelta = timedelta(days=1),
    at: datetime | None = None,
) -> int:
    """Remove files older than `older_than` at the moment `at` (now) that no row names, and unfinished ones;
    returns how many.

    `known` is given some ids and returns those that a row names. A young file is left alone: its row may be
    about to commit."""
    if not folder().is_dir():
        return 0
    cutoff = ((at or clock.now()) - older_than).timestamp()
    removed = 0
    for shelf in sorted(folder().iterdir()):
        if not shelf.is_dir():
            continue
        old: set[uuid.UUID] = set()
        for entry in sorted(shelf.iterdir()):
            if not _is_older(entry, cutoff):
                continue
            if entry.name.endswith(_UNFINISHED):
                entry.unlink(missing_ok=True)
                removed += 1
            elif re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", entry.name):
                old.add(uuid.UUID(entry.name))
        for orphan in old - known(old) if old else ():
            removed += delete(orphan)
    return removed


def _segments(handle: BinaryIO, file_id: uuid.UUID, cipher: AESGCM) -> Iterator[bytes]:
    with handle:
        if handle.read(len(_HEADER)) != _HEADER:
            raise SealBroken("This file is damaged or of an unknown version.")
        sealed = handle.read(SEGMENT + sealing.TAG_BYTES)
        number = 0
        while True:
            following = handle.read(SEGMENT + sealing.TAG_BYTES)
            try:
                plain = cipher.decrypt(_nonce(number, last=not following), sealed, _place(file_id))
            except (InvalidTag, ValueError):
                raise SealBroken("This file was changed, cut, or moved.") from None
            yield plain
            if not following:
                return
            sealed = following
            number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    return b"\0\0\0" + number.to_bytes(8, "big") + bytes((last,))


def _place(file_id: uuid.UUID) -> bytes:
    return sealing.place("file", _HEADER, file_id.bytes)


def _is_older(entry: Path, cutoff: float) -> bool:
    try:
        return datetime.fromtimestamp(entry.stat().st_mtime, UTC).timestamp() < cutoff
    except FileNotFoundError:  # swept by another worker
        return False


def _named(error: OSError) -> Exception:
    return NoSpace("There is no space left for files.") if error.errno in _NO_SPACE else error


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
