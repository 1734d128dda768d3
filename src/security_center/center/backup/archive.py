"""The archive: a tar of the data folder's parts, encrypted while it is written. Nothing of it touches the disk in one piece unencrypted."""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyrage
from django.conf import settings
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.vault import files as vault_files
from security_center.reporting.models import Report

from . import database, kit

# What is kept beside the database and the sealed files. Never the keys: those are in the recovery kit.
LOOSE = ("signed-heads.jsonl", "signing-secret", "backup-recipient.txt")
SHREDDED = "shredded-reports.txt"
STAMP = "backup-stamp.json"


class ArchiveUnreadable(Exception):
    """The archive is damaged, or encrypted to another kit."""


class NotEmpty(Exception):
    """A restore goes into a folder that holds nothing yet."""


class NoVaultKey(Exception):
    """The kit holds no vault key: what reporters wrote could never be opened."""


@dataclass(frozen=True)
class Written:
    archive: Path
    size: int
    kit: Path | None  # where the recovery kit was written, at the first backup


def write(folder: Path, kit_place: Path) -> Written:
    """Write one backup into `folder`. The database is copied first, then the files; deletions wait until it ends."""
    to, made_now = kit.recipient(kit_place)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = now()
    archive = folder / f"ssc-backup-{moment:%Y%m%d-%H%M%S}.age"
    draft = archive.with_suffix(".part")
    with vault_files.deletions_wait(), tempfile.TemporaryDirectory(dir=settings.SSC_DATA, prefix="backup-") as work:
        copy = database.dump(Path(work))
        with draft.open("wb") as out:
            os.fchmod(out.fileno(), 0o600)
            _through_pipe(lambda stream: _pack(stream, copy), lambda stream: pyrage.encrypt_io(stream, out, [to]))
            out.flush()
            os.fsync(out.fileno())
    draft.rename(archive)
    _write_shredded(folder / SHREDDED)
    stamp = Path(settings.SSC_DATA) / STAMP
    stamp.write_text(json.dumps({"at": moment.isoformat(), "bytes": archive.stat().st_size}), encoding="ascii")
    return Written(archive, archive.stat().st_size, kit_place if made_now else None)


def _pack(stream: IO[bytes], copy: Path) -> None:
    data = Path(settings.SSC_DATA)
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        tar.add(copy, arcname=copy.name)
        for name in LOOSE:
            if (data / name).is_file():
                tar.add(data / name, arcname=name)
        shelves = sorted((data / "files").glob("??")) if (data / "files").is_dir() else []
        for shelf in shelves:
            for file in sorted(shelf.iterdir()):
                # A file that is still being written has no row yet, so this backup's database does not name it.
                if file.suffix != ".part" and file.is_file():
                    tar.add(file, arcname=f"files/{shelf.name}/{file.name}")


def _through_pipe(produce: Callable[[IO[bytes]], None], consume: Callable[[IO[bytes]], None]) -> None:
    """Run both ends of a pipe at once, so that memory stays constant; an error of the producer is raised here."""
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


def _write_shredded(place: Path) -> None:
    """Which reports were destroyed: beside the archives, so that restoring an older one destroys them again."""
    with scopes_disabled():  # numbers only, of all tenants
        numbers = Report.objects.filter(shredded_at__isnull=False).order_by("pk").values_list("number", flat=True)
        text = "".join(f"{number}\n" for number in numbers.iterator())
    draft = place.with_suffix(".part")
    draft.write_text(text, encoding="ascii")
    draft.replace(place)


def unpack(archive: Path, kit_place: Path) -> None:
    """Fill the empty data folder from an archive: files first, the database last, so that a cut-off restore is no half system."""
    data = Path(settings.SSC_DATA)
    if any((data / name).exists() for name in ("files", "keys", "signed-heads.jsonl")) or database.has_tables():
        raise NotEmpty
    opened = kit.read(kit_place)
    if opened.vault_key is None:
        raise NoVaultKey
    with tempfile.TemporaryDirectory(dir=data, prefix="restore-") as work, archive.open("rb") as stored:
        try:
            _through_pipe(
                lambda stream: pyrage.decrypt_io(stored, stream, [opened.identity]),
                lambda stream: _extract(stream, Path(work)),
            )
        except (pyrage.DecryptError, tarfile.TarError, OSError) as error:
            raise ArchiveUnreadable from error
        for name in LOOSE:
            if (Path(work) / name).is_file():
                (Path(work) / name).replace(data / name)
        if (Path(work) / "files").is_dir():
            (Path(work) / "files").rename(data / "files")
        place = kit.vault_key_file()
        place.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(opened.vault_key)
        dumped = next((Path(work) / name for name in (database.SQLITE_NAME, database.POSTGRES_NAME) if (Path(work) / name).is_file()), None)
        if dumped is None:
            raise ArchiveUnreadable
        database.restore(dumped)


def _extract(stream: IO[bytes], into: Path) -> None:
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        tar.extractall(into, filter="data")
    while stream.read(io.DEFAULT_BUFFER_SIZE):
        continue


def shredded_numbers(archive: Path) -> list[str]:
    """Numbers of the reports that were destroyed since, from the list beside the archive."""
    place = archive.parent / SHREDDED
    return place.read_text(encoding="ascii").split() if place.is_file() else []
