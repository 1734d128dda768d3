"""Sealing a data key to a recipient: HPKE (RFC 9180) base mode, X25519 / HKDF-SHA256 / AES-256-GCM.

`info` binds record, recipient and key version: a sealed key copied to another record or another recipient
does not open."""

from __future__ import annotations

import uuid
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from security_center.foundation.vault import sealing
from security_center.foundation.vault.errors import SealBroken

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@lru_cache(maxsize=4096)
def public_key(raw: bytes) -> X25519PublicKey:
    """The key of these 32 bytes. Kept by its bytes, so the memory can never disagree with the database about
    whose key it is."""
    return X25519PublicKey.from_public_bytes(raw)


def seal_key(
    data_key: bytes, to: X25519PublicKey, *, record: uuid.UUID, recipient: str, version: int
) -> bytes:
    return SUITE.encrypt(data_key, to, _info(record, recipient, version))


def open_key(
    sealed: bytes, private: X25519PrivateKey, *, record: uuid.UUID, recipient: str, version: int
) -> bytes:
    try:
        opened = SUITE.decrypt(bytes(sealed), private, _info(record, recipient, version))
    except (InvalidTag, ValueError):
        raise SealBroken("This record's key was changed, moved, or sealed to another key.") from None
    if len(opened) != sealing.KEY_BYTES:
        raise SealBroken("This record's key is damaged.")
    return opened


def _info(record: uuid.UUID, recipient: str, version: int) -> bytes:
    return sealing.place("record key 1", record.bytes, recipient, version.to_bytes(4, "big"))
