"""The sealed columns of a row: which place is bound to which row. Every sealed text column is written and
read through here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import models

from security_center.foundation.vault import damage
from security_center.foundation.vault.records import OpenRecord, SealBroken


def seal(opened: OpenRecord, row: models.Model, **texts: str | None) -> None:
    """Set sealed columns of `row` (which has its own `uuid`) to `texts`. An empty text is kept as nothing at
    all."""
    for name, sealed in sealed_texts(opened, type(row), row.uuid, texts).items():  # type: ignore[attr-defined]
        setattr(row, name, sealed)


def sealed_texts(
    opened: OpenRecord, model: type[models.Model], row: UUID, texts: Mapping[str, str | None]
) -> dict[str, bytes | None]:
    """What `seal` sets, for a row of which no object is made."""
    own = str(row)
    return {
        name: opened.seal(_place(model, name), own, text) if text else None for name, text in texts.items()
    }


def unseal(opened: OpenRecord, row: models.Model, name: str) -> str:
    """The text of one sealed column; "" where there is none. Raises `SealBroken` for a ciphertext that was
    moved here."""
    sealed = getattr(row, name)
    return opened.open(_place(row, name), str(row.uuid), bytes(sealed)) if sealed else ""  # type: ignore[attr-defined]


def unseal_all(opened: OpenRecord, row: models.Model, names: Iterable[str]) -> dict[str, str]:
    return {name: unseal(opened, row, name) for name in names}


def shown(opened: OpenRecord, row: models.Model, name: str) -> str:
    """As `unseal`, for people to read: what is damaged is said in its place, so that it hides nothing else of
    a page."""
    try:
        return unseal(opened, row, name)
    except SealBroken:
        damage.note(_place(row, name))
        return damage.sentence()


def shown_all(opened: OpenRecord, row: models.Model, names: Iterable[str]) -> dict[str, str]:
    return {name: shown(opened, row, name) for name in names}


def seal_file(opened: OpenRecord, row: models.Model, name: str, file_key: bytes) -> None:
    seal(opened, row, **{name: json.dumps({"file_key": file_key.hex()})})


def unseal_file(opened: OpenRecord, row: models.Model, name: str) -> bytes:
    return bytes.fromhex(json.loads(unseal(opened, row, name))["file_key"])


def _place(row: models.Model | type[models.Model], name: str) -> str:
    return row._meta.get_field(name).place  # type: ignore[no-any-return, union-attr]
