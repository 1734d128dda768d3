"""Signed heads outside the database: one JSON line each, in the data folder and, where configured, in a folder elsewhere.

Whoever can rewrite the database can rewrite the rows of SignedHead too; a copy that lies elsewhere is what finds it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from .chain import canonical, head_statement, moment_text

FILE_NAME = "signed-heads.jsonl"
PURPOSE = "ledger-head-signing"


@dataclass(frozen=True)
class Head:
    sequence: int
    hash: str
    signed_at: datetime
    public_key: str
    signature: str

    def line(self) -> str:
        return canonical(
            {
                "sequence": self.sequence,
                "hash": self.hash,
                "signed_at": moment_text(self.signed_at),
                "public_key": self.public_key,
                "signature": self.signature,
            }
        )

    def is_signed_by(self, public_key: str) -> bool:
        """Whether the signature is `public_key`'s own. The key that the head itself names is not believed."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            key.verify(bytes.fromhex(self.signature), head_statement(sequence=self.sequence, hash=self.hash, signed_at=self.signed_at))
        except (ValueError, InvalidSignature):
            return False
        return True


def signing_key() -> Ed25519PrivateKey:
    """The worker's key, derived from the vault's. Raises VaultLocked where there is no key file."""
    from security_center.foundation.vault.provider import provider

    return Ed25519PrivateKey.from_private_bytes(provider().derive(PURPOSE))


def public_text(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def signed(key: Ed25519PrivateKey, *, sequence: int, entry_hash: str, signed_at: datetime) -> Head:
    signature = key.sign(head_statement(sequence=sequence, hash=entry_hash, signed_at=signed_at))
    return Head(sequence, entry_hash, signed_at, public_text(key), signature.hex())


def data_file() -> Path:
    return Path(settings.SSC_DATA) / FILE_NAME


def outside_file() -> Path | None:
    folder = settings.SSC_SIGNED_HEADS_DIR
    return Path(folder) / FILE_NAME if folder else None


def append(file: Path, head: Head) -> None:
    """Add one line and wait until the disk has it. A line that a power cut tore is taken away first: its row never committed."""
    fresh = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "rb+") as handle:
        handle.seek(_whole_lines(handle.fileno()))
        handle.truncate()
        handle.write(head.line().encode("ascii") + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    if fresh:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _whole_lines(descriptor: int) -> int:
    """Length of the file up to the end of its last whole line, found from the end (the file may be long)."""
    end = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - 4096)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def read(file: Path, size: int | None = None) -> Iterator[Head | int]:
    """The heads in the first `size` bytes of `file` (all), in order, one at a time; for a line that cannot be read, its number."""
    with file.open("rb") as handle:
        number = 0
        while (size is None or handle.tell() < size) and (raw := handle.readline(4096)):
            number += 1
            head = _parsed(raw)
            if head is not None or raw.endswith(b"\n"):
                yield number if head is None else head


def _parsed(raw: bytes) -> Head | None:
    try:
        held = json.loads(raw)
        head = Head(
            int(held["sequence"]), str(held["hash"]), datetime.fromisoformat(held["signed_at"]), str(held["public_key"]), str(held["signature"])
        )
    except (ValueError, KeyError, TypeError):
        return None
    return head if head.signed_at.tzinfo is not None else None
