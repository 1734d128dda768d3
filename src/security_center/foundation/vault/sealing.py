"""The two primitives that everything here is made of: AES-256-GCM bound to a place, and HKDF with a named
purpose.

A sealed value is  version (1 byte) | nonce (12) | ciphertext and tag.  The place (for a field: record, field,
row) and the version are the associated data, each part preceded by its length, so that no two places ever
read as the same bytes."""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from security_center.foundation.vault.errors import SealBroken

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD = 1 + NONCE_BYTES + TAG_BYTES
_PAD_TO = 64


def place(*parts: str | bytes) -> bytes:
    """The parts as one unambiguous byte string."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join([len(each).to_bytes(4, "big") + each for each in raw])


def derive(secret: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256 of a high-entropy `secret` for one named purpose."""
    return HKDF(
        algorithm=SHA256(), length=length, salt=b"security-center vault", info=purpose.encode()
    ).derive(secret)


@lru_cache(maxsize=64)
def derive_from_setting(secret: str, purpose: str) -> bytes:
    """A key from one of the settings' secrets; kept, since these do not change while a program runs."""
    return derive(secret.encode(), purpose)


def seal(key: bytes, plain: bytes, where: bytes) -> bytes:
    """Seal `plain` under `key` (32 bytes) for the place `where`."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes((VERSION,)) + nonce + AESGCM(key).encrypt(nonce, plain, bytes((VERSION,)) + where)


def open_sealed(key: bytes, sealed: bytes, where: bytes) -> bytes:
    """What `seal` sealed for the same place, else `SealBroken`."""
    if len(sealed) < OVERHEAD or sealed[0] != VERSION:
        raise SealBroken("This sealed value is damaged or of an unknown version.")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], sealed[:1] + where)
    except InvalidTag:
        raise SealBroken("This sealed value was changed, moved, or sealed under another key.") from None


def pad(plain: bytes) -> bytes:
    """Filled up to a multiple of 64 bytes: without this, the length of a sealed “yes”, “no” or “unsure” would
    tell a thief the answer."""
    return plain + b"\x80" + b"\0" * (-(len(plain) + 1) % _PAD_TO)


def unpad(padded: bytes) -> bytes:
    plain = padded.rstrip(b"\0")
    if not plain.endswith(b"\x80"):
        raise SealBroken("This sealed value is damaged.")
    return plain[:-1]
