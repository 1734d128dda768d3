"""A record that is open: its data key in memory, and the sealing of its fields under it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from security_center.foundation.vault import sealing
from security_center.foundation.vault.errors import SealBroken

__all__ = ["DamagedRecord", "OpenRecord", "SealBroken"]


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record and its data key (32 bytes, never stored or shown).

    Each value is bound to its place: record, field, row and version. `row` is the stable id of the row as
    text (its uuid), so that a ciphertext copied over another, in the same column or elsewhere, does not open.
    Lengths are padded to 64 bytes."""

    record: uuid.UUID
    data_key: bytes = field(repr=False)

    def seal(self, field: str, row: str, text: str) -> bytes:
        """Seal `text` for the place (`field`, `row`), e.g. ("reporting.report.who", str(report.uuid))."""
        return self.seal_bytes(field, row, text.encode("utf-8", "surrogatepass"))

    def open(self, field: str, row: str, sealed: bytes) -> str:
        """The text sealed for that place; "" for empty bytes (nothing was written). Raises `SealBroken`."""
        if not sealed:
            return ""
        return self.open_bytes(field, row, sealed).decode("utf-8", "surrogatepass")

    def seal_bytes(self, field: str, row: str, plain: bytes) -> bytes:
        """As `seal`, for bytes, e.g. the key of a file."""
        return sealing.seal(self.data_key, sealing.pad(plain), self._place(field, row))

    def open_bytes(self, field: str, row: str, sealed: bytes) -> bytes:
        """As `open`, for bytes. Raises `SealBroken`, for empty bytes too."""
        return sealing.unpad(sealing.open_sealed(self.data_key, bytes(sealed), self._place(field, row)))

    def _place(self, field: str, row: str) -> bytes:
        return sealing.place("field", self.record.bytes, field, row)


class DamagedRecord(OpenRecord):
    """A record whose key does not open: a page shows what stands beside it. Whatever opens or seals a value
    of it raises `SealBroken`."""

    __slots__ = ()

    def __init__(self, record: uuid.UUID) -> None:
        object.__setattr__(self, "record", record)

    def __getattribute__(self, name: str) -> object:
        if name == "data_key":
            raise SealBroken("The key of this record is damaged.")
        return super().__getattribute__(name)
