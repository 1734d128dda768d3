"""What an archive may put where: only plain files under the names that a backup gives them."""

from __future__ import annotations

import hashlib
import io
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from security_center.center.backup import archive
from security_center.foundation.vault import files as vault_files

FILE_ID = uuid.UUID("0badc0de-0000-4000-8000-000000000001")
GOOD = f"files/0b/{FILE_ID}"


def member(
    name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"x", target: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, target
    found.size = len(content) if kind == tarfile.REGTYPE else 0
    return found, content


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    stream.seek(0)
    return stream


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    into = tmp_path / "into"
    into.mkdir()
    yield into
    assert {path.name for path in tmp_path.iterdir()} == {"into"}, "something was written beside the folder"


def test_what_a_backup_holds_comes_out_under_its_names_for_the_owner_alone(folder: Path) -> None:
    archive._extract(
        packed(
            member("center.sqlite3"),
            member("signing-secret"),
            member(GOOD, content=b"sealed"),
            member("seal"),
        ),
        folder,
        archive._Sum(),
    )
    assert (folder / GOOD).read_bytes() == b"sealed"
    assert [path for path in folder.rglob("*") if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(
    "hostile",
    [
        member("../outside"),
        member("/etc/ssc-outside"),
        member("files/../../outside"),
        member("files/0b/../../../outside"),
        member(f"files/0c/{FILE_ID}"),
        member(f"{GOOD}.part"),
        member("keys/vault.key"),
        member("in-use.lock"),
        member("files", tarfile.DIRTYPE),
        member(GOOD, tarfile.SYMTYPE, target="/etc/passwd"),
        member(GOOD, tarfile.LNKTYPE, target="signing-secret"),
        member(GOOD, tarfile.FIFOTYPE),
        member(GOOD, tarfile.CHRTYPE),
    ],
    ids=lambda found: f"{found[0].name}-{found[0].type.decode()}",
)
def test_a_hostile_member_is_refused_and_nothing_of_it_is_written(
    folder: Path, hostile: tuple[tarfile.TarInfo, bytes]
) -> None:
    with pytest.raises(archive.NotOurs):
        archive._extract(packed(member("signing-secret"), hostile), folder, archive._Sum())
    assert [path.name for path in folder.rglob("*")] == ["signing-secret"]


def test_a_name_that_comes_twice_and_a_member_after_the_seal_are_refused(folder: Path) -> None:
    with pytest.raises(archive.NotOurs):
        archive._extract(packed(member(GOOD), member(GOOD)), folder, archive._Sum())
    with pytest.raises(archive.NotOurs):
        archive._extract(packed(member("seal"), member("signing-secret")), folder, archive._Sum())


def test_the_sum_of_what_is_packed_is_the_sum_of_what_is_taken_out_and_tells_names_and_bounds_apart() -> None:
    def of(*pairs: tuple[str, bytes]) -> bytes:
        total = archive._Sum()
        for name, content in pairs:
            total.begin(name, len(content))
            total.take(content)
        return hashlib.sha256(total._digest.digest()).digest()

    sums = [
        of(("a", b"xy")),
        of(("b", b"xy")),
        of(("a", b"x"), ("y", b"")),
        of(("a", b"yx")),
        of(("a", b"xy"), ("b", b"")),
    ]
    assert len(set(sums)) == len(sums)


def test_a_deletion_waits_while_a_backup_runs_and_the_sweep_takes_the_orphan_later(
    settings: Any, tmp_path: Path
) -> None:
    settings.SSC_DATA = tmp_path
    file_id, _key, _size = vault_files.write([b"words"])
    with vault_files.deletions_wait():
        assert not vault_files.delete(file_id)
        assert vault_files.path_of(file_id).exists()
    from datetime import timedelta

    assert vault_files.sweep(lambda _ids: set(), timedelta(days=0)) == 1
    assert not vault_files.path_of(file_id).exists()
