"""Signed heads outside the database: one JSON line each, in the data folder and, where configured, in a
folder elsewhere.

Whoever can rewrite the database can rewrite the rows of SignedHead too; a copy that lies elsewhere is what
finds it."""

from __future__ import annotations

import filecmp
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from security_center.foundation.clock import now

from .chain import canonical, head_statement, moment_text
from .models import SignedHead

if TYPE_CHECKING:
    from security_center.foundation.vault.provider import KeyProvider

log = logging.getLogger("security_center.ledger")

FILE_NAME = "signed-heads.jsonl"
PURPOSE = "ledger-head-signing"
INSTALLATION = "installation"
HANDED_OVER = "ledger.key_handed_over"  # the entry that names the next key, signed by the one before it


@dataclass(frozen=True)
class Head:
    """previous: digest of the head before it, "" for heads from before they were chained. entries: how many
    there were. resumes: signed although the chain was found broken, by a person who has seen what was
    found."""

    sequence: int
    hash: str
    signed_at: datetime
    public_key: str
    signature: str
    previous: str = ""
    entries: int = 0
    resumes: bool = False

    def line(self) -> str:
        held: dict[str, object] = {
            "sequence": self.sequence,
            "hash": self.hash,
            "signed_at": moment_text(self.signed_at),
            "public_key": self.public_key,
            "signature": self.signature,
        }
        if self.previous:
            held |= {"previous": self.previous, "entries": self.entries, "resumes": self.resumes}
        return canonical(held)

    @property
    def digest(self) -> str:
        """What the next head names as `previous`: over the signature too, so that no other signature of the
        same place fits."""
        return hashlib.sha256(self.line().encode("ascii")).hexdigest()

    def is_signed_by(self, public_key: str) -> bool:
        """Whether the signature is `public_key`'s own. The key that the head itself names is not believed."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            key.verify(bytes.fromhex(self.signature), self._statement())
        except (ValueError, InvalidSignature):
            return False
        return True

    def signer(self, public_keys: Sequence[str]) -> int:
        """Which of `public_keys` signed it; -1 for none."""
        return next((place for place, key in enumerate(public_keys) if self.is_signed_by(key)), -1)

    def _statement(self) -> bytes:
        return head_statement(
            sequence=self.sequence,
            hash=self.hash,
            signed_at=self.signed_at,
            previous=self.previous,
            entries=self.entries,
            resumes=self.resumes,
        )


def signing_key() -> Ed25519PrivateKey:
    """The worker's key, derived from the vault's. Raises VaultLocked where there is no key file."""
    from security_center.foundation.vault.provider import provider

    return Ed25519PrivateKey.from_private_bytes(provider().derive(PURPOSE))


def believed_keys() -> list[str]:
    """The public halves of the keys that signed, one after the other; the last signs now. Raises VaultLocked
    where there is no key file."""
    from security_center.foundation.vault.provider import provider

    keys = provider()
    return [public_half(one) for one in (*reversed(keys.former), keys)]


def keys_that_sign() -> list[str]:
    """Without those whose time is over: the former one is believed for as long as the vault's key is being
    exchanged."""
    from security_center.foundation.vault.provider import provider

    return [public_half(one) for one in provider().openers()]


def public_half(keys: KeyProvider) -> str:
    return public_text(Ed25519PrivateKey.from_private_bytes(keys.derive(PURPOSE)))


def handed_on(found: Iterable[Head], announced: Mapping[str, int]) -> list[str]:
    """For whoever has no key file: the key of the first head, and each that an entry named (`announced`: its
    number) and the one before it signed."""
    keys: list[str] = []
    signed = 0
    for head in found:
        if not keys or (head.public_key not in keys and announced.get(head.public_key, signed + 1) <= signed):
            keys.append(head.public_key)
        if head.public_key == keys[-1]:
            signed = head.sequence
    return keys


def public_text(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def signed(
    key: Ed25519PrivateKey,
    *,
    sequence: int,
    entry_hash: str,
    signed_at: datetime,
    previous: str = "",
    entries: int = 0,
    resumes: bool = False,
) -> Head:
    unsigned = Head(sequence, entry_hash, signed_at, public_text(key), "", previous, entries, resumes)
    return replace(unsigned, signature=key.sign(unsigned._statement()).hex())


def of_row(row: SignedHead) -> Head:
    return Head(
        row.sequence,
        row.hash,
        row.signed_at,
        row.public_key,
        row.signature,
        row.previous,
        row.entries,
        row.resumes,
    )


def to_row(head: Head) -> SignedHead:
    return SignedHead(**asdict(head))


def data_file() -> Path:
    return Path(settings.SSC_DATA) / FILE_NAME


def remembered_file() -> Path:
    """The newest head beside the key: whoever can write the database and the data folder, but not `keys/`,
    cannot take it back."""
    return Path(settings.SSC_DATA) / "keys" / "ledger-head.jsonl"


def outside_file() -> Path | None:
    folder = settings.SSC_SIGNED_HEADS_DIR
    return Path(folder) / FILE_NAME if folder else None


def append(file: Path, head: Head) -> None:
    """Add one line and wait until the disk has it. A line that a power cut tore is taken away first: its row
    never committed."""
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


def write_anew(file: Path, found: Iterator[Head]) -> None:
    """Write the heads of the table into `file`, where it does not hold just them; what stood there is kept
    beside it."""
    draft = file.with_suffix(".part")
    with draft.open("wb") as handle:
        os.fchmod(handle.fileno(), 0o600)
        for head in found:
            handle.write(head.line().encode("ascii") + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    if file.exists() and filecmp.cmp(file, draft, shallow=False):
        draft.unlink()
        return
    if file.exists():
        file.rename(file.with_name(f"{file.name}.before-{now():%Y%m%d-%H%M%S}"))
    draft.rename(file)


def remember(head: Head) -> None:
    """Called once the head's row is committed: remembered earlier, a crash in between would look like a head
    that was taken away."""
    file = remembered_file()
    try:
        draft = file.with_suffix(".part")
        draft.unlink(missing_ok=True)
        append(draft, head)
        draft.replace(file)
    except OSError as error:  # the folder may be mounted so that nothing can be written
        log.error("signed head was not remembered beside the key: %s", type(error).__name__)


def last(file: Path) -> Head | None:
    """The head of the last whole line; None where there is no such file or that line is no head."""
    try:
        with file.open("rb") as handle:
            end = _whole_lines(handle.fileno())
            start = max(0, end - 4096)
            lines = os.pread(handle.fileno(), end - start, start).splitlines()
    except OSError:
        return None
    return _parsed(lines[-1]) if lines else None


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
    """The heads in the first `size` bytes of `file` (all), in order, one at a time; for a line that cannot be
    read, its number."""
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
            int(held["sequence"]),
            str(held["hash"]),
            datetime.fromisoformat(held["signed_at"]),
            str(held["public_key"]),
            str(held["signature"]),
            str(held.get("previous", "")),
            int(held.get("entries", 0)),
            held.get("resumes", False) is True,
        )
        # One text for one head: a line that reads the same and is written in another way was written by
        # somebody else.
        return (
            head
            if head.signed_at.tzinfo is not None and head.line() == raw.decode("ascii").rstrip("\n")
            else None
        )
    except (ValueError, KeyError, TypeError):
        return None
