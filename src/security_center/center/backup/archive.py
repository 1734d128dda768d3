"""The archive: a tar of the data folder's parts, encrypted while it is written. Nothing of it touches the
disk in one piece unencrypted.

Anybody who has the public half could encrypt something to the kit, so the archive's last member is a seal
under the vault's key over all others: what this system did not write is not restored."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyrage
from django.conf import settings
from django.db import DatabaseError

from security_center.foundation.clock import now
from security_center.foundation.ledger import heads
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.provider import KeyProvider, VaultLocked, exchange_under_way, provider

from . import database, destroyed, kit

# What is kept beside the database and the sealed files. Never the keys: those are in the recovery kit.
LOOSE = (heads.FILE_NAME, "signing-secret", "backup-recipient.txt")
DATABASES = (database.SQLITE_NAME, database.POSTGRES_NAME)
SEAL = "seal"
STAMP = "backup-stamp.json"
UNFINISHED = "restore-unfinished"  # the preparation of a start refuses a folder that holds it
# What a start of the restore itself leaves in a new folder.
OURS = re.compile(r"signing-secret|in-use\.lock|center\.sqlite3(-wal|-shm|\.turn|\.next)?|\.probe-\d+|locale")
_FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_CHUNK = 256 * 1024


class ArchiveUnreadable(Refusal):
    """The archive is damaged, or encrypted to another kit."""

    sentence = (
        "The backup could not be opened: it is damaged or cut off, or belongs to another recovery "
        "kit (one from before an exchange of the vault's "
        "key opens with the kit of then). Nothing was restored."
    )


class NotOurs(Refusal):
    """The archive opens, but this system did not write it, or something was put into it."""

    sentence = (
        "The backup was not written by the system whose key is in this kit, or something was put into "
        "it. Nothing was restored."
    )


class Unsealed(Refusal):
    """The archive carries no seal: it was written while the key file was away. Nothing proves who wrote
    it."""

    sentence = (
        "The backup was written while the key file was away, so nothing proves who wrote it. If you "
        "know it is yours, give --unsealed."
    )


class NotEmpty(Refusal):
    """A restore goes into a folder that holds nothing yet."""

    sentence = (
        "The data folder (--data) or the database that DATABASE_URL names is not empty. Give new, "
        "empty ones: a restore never overwrites anything."
    )


class KeyChanges(Exception):
    """The vault's key is being exchanged: neither the kit of before nor the one of afterwards would open this
    backup."""


class NoVaultKey(Refusal):
    """The kit holds no vault key: what reporters wrote could never be opened."""

    sentence = (
        "This kit holds no vault key. Put the copy of keys/vault.key into it after “vault key: ” (as "
        "base64), then try again."
    )


@dataclass(frozen=True)
class Written:
    archive: Path
    size: int
    kit: Path | None  # where the recovery kit was written, at the first backup
    sealed: bool
    whole: bool  # False: the database's file is damaged, and was copied as it is


def write(folder: Path, kit_place: Path) -> Written:
    """Write one backup into `folder`. The database is copied first, then the files; deletions wait until it
    ends. Raises KeyChanges, kit's and database's."""
    with (
        vault_files.deletions_wait(),
        tempfile.TemporaryDirectory(dir=settings.SSC_DATA, prefix="backup-") as work,
    ):
        if exchange_under_way():
            raise KeyChanges
        to, made_now = kit.recipient(kit_place)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        moment = now()
        archive = folder / f"ssc-backup-{moment:%Y%m%d-%H%M%S}.age"
        draft = archive.with_suffix(".part")
        # The signed heads before the database: a head that is signed in between would name an entry that the
        # copy has not, as if it had been cut.
        signed = heads.data_file().read_bytes() if heads.data_file().is_file() else None
        copy, whole = database.dump(Path(work))
        if not whole:
            archive = archive.with_name(f"{archive.stem}-damaged.age")
        try:
            with draft.open("wb") as out:
                os.fchmod(out.fileno(), 0o600)
                _through_pipe(
                    lambda stream: _pack(stream, copy, signed),
                    lambda stream: pyrage.encrypt_io(stream, out, [to]),
                )
                out.flush()
                os.fsync(out.fileno())
            draft.rename(archive)
        finally:
            draft.unlink(missing_ok=True)
    try:
        destroyed.write_list(folder)
    except DatabaseError:
        if whole:
            raise
    if whole:  # the first page goes on naming the last good one
        _stamp(moment.isoformat(), archive)
    return Written(
        archive,
        archive.stat().st_size,
        kit_place if made_now else None,
        sealed=_provider() is not None,
        whole=whole,
    )


def stamp_place() -> Path:
    """With the files where several machines share them: each machine's first page tells of the one backup."""
    return Path(settings.SSC_FILES_DIR or settings.SSC_DATA) / STAMP


def _stamp(at: str, archive: Path) -> None:
    """What the administrator's home reads. Beside its place first, so that it is never half written."""
    place = stamp_place()
    draft = place.with_suffix(".part")
    draft.write_text(
        json.dumps({"at": at, "bytes": archive.stat().st_size, "archive": str(archive)}), encoding="utf-8"
    )
    draft.replace(place)


def _provider() -> KeyProvider | None:
    try:
        return provider()
    except VaultLocked:
        return None


@dataclass
class _Sum:
    """A digest over names, lengths and contents, in the order of the archive."""

    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def begin(self, name: str, size: int) -> None:
        self._digest.update(f"{name}\0{size}\0".encode())

    def take(self, chunk: bytes) -> None:
        self._digest.update(chunk)

    def sealed_by(self, keys: KeyProvider) -> str:
        return hmac.digest(keys.derive("backup-archive"), self._digest.digest(), "sha256").hex()


class _Summed(io.RawIOBase):
    """A file that adds what is read of it to a sum."""

    def __init__(self, inner: IO[bytes], total: _Sum) -> None:
        self._inner, self._total = inner, total

    def read(self, size: int = -1) -> bytes:
        chunk = self._inner.read(size)
        self._total.take(chunk)
        return chunk


def _pack(stream: IO[bytes], copy: Path, signed: bytes | None) -> None:
    data = Path(settings.SSC_DATA)
    total = _Sum()
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        _add(tar, total, copy.name, copy)
        for name in LOOSE:
            if name == heads.FILE_NAME:
                if signed is not None:
                    _add_bytes(tar, name, signed, total)
            elif (data / name).is_file():
                _add(tar, total, name, data / name)
        shelves = sorted(vault_files.folder().glob("??")) if vault_files.folder().is_dir() else []
        for shelf in shelves:
            for file in sorted(shelf.iterdir()):
                # A file that is still being written has no row yet, so this backup's database does not name
                # it.
                name = f"files/{shelf.name}/{file.name}"
                if _FILE.fullmatch(name):
                    _add(tar, total, name, file)
        keys = _provider()
        _add_bytes(tar, SEAL, (total.sealed_by(keys) if keys else "").encode())


def _add(tar: tarfile.TarFile, total: _Sum, name: str, file: Path) -> None:
    with file.open("rb") as handle:
        member = tar.gettarinfo(arcname=name, fileobj=handle)
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        total.begin(name, member.size)
        tar.addfile(member, _Summed(handle, total))


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes, total: _Sum | None = None) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    if total is not None:
        total.begin(name, len(content))
        total.take(content)
    tar.addfile(member, io.BytesIO(content))


def _through_pipe(produce: Callable[[IO[bytes]], None], consume: Callable[[IO[bytes]], None]) -> None:
    """Run both ends of a pipe at once, so that memory stays constant; an error of the producer is raised
    here."""
    reader, writer = os.pipe()
    fault: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(writer, "wb") as stream:
                produce(stream)
        except BaseException as error:  # handed to the other thread, which raises it
            fault.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with os.fdopen(reader, "rb") as stream:
            consume(stream)
    finally:
        thread.join()
    if fault and not isinstance(fault[0], BrokenPipeError):
        raise fault[0]


def unpack(archive: Path, kit_place: Path, *, unsealed: bool = False) -> None:
    """Fill the empty data folder from an archive. A folder in which this was cut off is marked, and no start
    takes it for a whole one.

    unsealed: take an archive without a seal. Raises `NotEmpty`, `ArchiveUnreadable`, `NotOurs`, `Unsealed`,
    `NoVaultKey`, kit's and database's."""
    data = Path(settings.SSC_DATA)
    shared = list(vault_files.folder().glob("??")) if settings.SSC_FILES_DIR else []
    if shared or any(not OURS.fullmatch(entry.name) for entry in data.iterdir()) or database.has_tables():
        raise NotEmpty
    opened = kit.read(kit_place)
    if opened.vault_key is None:
        raise NoVaultKey
    with tempfile.TemporaryDirectory(dir=data, prefix="restore-") as folder, archive.open("rb") as stored:
        work = Path(folder)
        total = _Sum()
        try:
            _through_pipe(
                lambda stream: pyrage.decrypt_io(stored, stream, [opened.identity]),
                lambda stream: _extract(stream, work, total),
            )
        except (pyrage.DecryptError, tarfile.TarError, OSError) as error:
            raise ArchiveUnreadable from error
        _check_seal(work, total, opened, unsealed=unsealed)
        _put_in_place(work, data, opened.vault_key)


def _check_seal(work: Path, total: _Sum, opened: kit.Kit, *, unsealed: bool) -> None:
    seal = (work / SEAL).read_text(encoding="ascii", errors="replace") if (work / SEAL).is_file() else None
    if seal is None:
        raise ArchiveUnreadable
    if not seal and not unsealed:
        raise Unsealed
    if seal and not hmac.compare_digest(seal.encode(), total.sealed_by(opened.provider()).encode()):
        raise NotOurs


def _put_in_place(work: Path, data: Path, vault_key: bytes) -> None:
    dumped = next((work / name for name in DATABASES if (work / name).is_file()), None)
    if dumped is None:
        raise ArchiveUnreadable
    database.require_same_kind(dumped)
    mark = data / UNFINISHED
    mark.touch(mode=0o600)
    for name in LOOSE:
        if (work / name).is_file():
            (work / name).replace(data / name)
    if (work / "files").is_dir():
        vault_files.folder().mkdir(mode=0o700, exist_ok=True)
        for shelf in (work / "files").iterdir():
            shutil.move(shelf, vault_files.folder() / shelf.name)  # a shared folder is another file system
    place = kit.vault_key_file()
    place.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(vault_key)
        handle.flush()
        os.fsync(handle.fileno())
    database.restore(dumped)


def finished() -> None:
    """The restore is whole: the folder may be started."""
    with contextlib.suppress(FileNotFoundError):
        (Path(settings.SSC_DATA) / UNFINISHED).unlink()


def _extract(stream: IO[bytes], into: Path, total: _Sum) -> None:
    """Plain files under the names that `_pack` gives, and nothing else: no folder, link or path that an
    archive could be made to write to."""
    seen: set[str] = set()
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            name = member.name
            if (
                not member.isreg()
                or name in seen
                or SEAL in seen
                or not (name in (*LOOSE, *DATABASES, SEAL) or _FILE.fullmatch(name))
            ):
                raise NotOurs
            seen.add(name)
            content = tar.extractfile(member)
            if content is None:
                raise NotOurs
            place = into / name
            for parent in (*([into / "files"] if "/" in name else []), place.parent):
                parent.mkdir(exist_ok=True, mode=0o700)
            if name != SEAL:
                total.begin(name, member.size)
            with place.open("xb") as out:
                os.fchmod(out.fileno(), 0o600)
                while chunk := content.read(_CHUNK):
                    out.write(chunk)
                    if name != SEAL:
                        total.take(chunk)
            os.utime(place, (member.mtime, member.mtime))
    while stream.read(io.DEFAULT_BUFFER_SIZE):
        continue
