"""The columns that hold sealed or blinded values. A test compares every one of them with the inventory;
nothing else may hold what a person typed."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db import models

from security_center.foundation.vault import sealing

TOKEN_BYTES = 32
_GIVE_A_PLACE = 'Name what its values are bound to, for ever: SealedTextField("room.Model.column").'


class ClearTextInSealedColumn(TypeError):
    """Something that the vault did not seal was about to be stored in a sealed column."""


class _BytesField(models.BinaryField):  # type: ignore[type-arg]
    """A binary column that always reads as `bytes` (drivers give memoryview too)."""

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else bytes(value)


class SealedTextField(_BytesField):
    """What `OpenRecord.seal` returned. Empty bytes mean that nothing was written there.

    Storing anything else fails: a forgotten `seal` must be an error in a test, never a clear text on a disk.

    `place` is what every value of the column is bound to. It is given once, as "room.Model.column" is on that
    day, and then never changes: not when the model is renamed, nor when it moves to another app. Otherwise
    nothing that was sealed before would open. In an abstract model it is ".column", and each model made from
    it says what goes before that as `SEALED_AS`."""

    def __init__(self, place: str = "", **kwargs: Any) -> None:
        # Optional only because migrations make columns without it: it says nothing of the table, so
        # `deconstruct` leaves it out, and giving one is no change of a table. That every model gives one is
        # asked by `check`.
        self.place = place
        super().__init__(**kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if self.place.startswith("."):
            self.place = getattr(cls, "SEALED_AS", "") + self.place

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = super().check(**kwargs)
        if not self.place or self.place.startswith("."):
            found.append(
                checks.Error("A sealed column has no place.", hint=_GIVE_A_PLACE, obj=self, id="vault.E003")
            )
        return found

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if not isinstance(value, bytes | bytearray | memoryview):
            raise ClearTextInSealedColumn(
                f"{self.model._meta.label}.{self.name} takes only what the vault sealed."
            )
        raw = bytes(value)
        if raw and (len(raw) < sealing.OVERHEAD or raw[0] != sealing.VERSION):
            raise ClearTextInSealedColumn(
                f"{self.model._meta.label}.{self.name} takes only what the vault sealed."
            )
        return raw


class BlindedTokenField(_BytesField):
    """What `tokens.blind` returned: 32 bytes (one more after an exchange of the key) that can be looked up
    and tell nothing without the key file.

    Empty bytes mean that there is none.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TOKEN_BYTES)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if not isinstance(value, bytes | bytearray | memoryview) or len(value) not in {
            0,
            TOKEN_BYTES,
            TOKEN_BYTES + 1,
        }:
            raise ClearTextInSealedColumn(
                f"{self.model._meta.label}.{self.name} takes only a token of the vault."
            )
        return bytes(value)
