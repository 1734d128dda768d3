"""The columns that hold sealed or blinded values. A test compares every one of them with the inventory; nothing else may hold what a person typed."""

from __future__ import annotations

from typing import Any

from django.db import models

from security_center.foundation.vault import sealing

TOKEN_BYTES = 32


class ClearTextInSealedColumn(TypeError):
    """Something that the vault did not seal was about to be stored in a sealed column."""


class _BytesField(models.BinaryField):  # type: ignore[type-arg]
    """A binary column that always reads as `bytes` (drivers give memoryview too)."""

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else bytes(value)


class SealedTextField(_BytesField):
    """What `OpenRecord.seal` returned. Empty bytes mean that nothing was written there.

    Storing anything else fails: a forgotten `seal` must be an error in a test, never a clear text on a disk.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if not isinstance(value, bytes | bytearray | memoryview):
            raise ClearTextInSealedColumn(f"{self.model._meta.label}.{self.name} takes only what the vault sealed.")
        raw = bytes(value)
        if raw and (len(raw) < sealing.OVERHEAD or raw[0] != sealing.VERSION):
            raise ClearTextInSealedColumn(f"{self.model._meta.label}.{self.name} takes only what the vault sealed.")
        return raw


class BlindedTokenField(_BytesField):
    """What `tokens.blind` returned: 32 bytes (one more after an exchange of the key) that can be looked up and tell nothing without the key file.

    Empty bytes mean that there is none.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TOKEN_BYTES)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if not isinstance(value, bytes | bytearray | memoryview) or len(value) not in {0, TOKEN_BYTES, TOKEN_BYTES + 1}:
            raise ClearTextInSealedColumn(f"{self.model._meta.label}.{self.name} takes only a token of the vault.")
        return bytes(value)
