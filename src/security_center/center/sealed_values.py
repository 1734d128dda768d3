"""Opens every sealed value that is stored, once: what shows that a copy, a move or a new key left everything
readable.

Nothing that is opened is kept, shown or logged: what comes back are counts and the names of columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.apps import apps
from django.db import models
from django_scopes import scopes_disabled

from security_center.foundation.vault import queries as vault
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.errors import VaultError
from security_center.foundation.vault.fields import SealedTextField
from security_center.foundation.vault.records import OpenRecord, SealBroken

DEEPEST = 3  # from a row to the one that names its record: a note of an interview of a case
KEPT_OPEN = 256  # records; the rows of one lie side by side


@dataclass
class Opened:
    """values: how many opened. destroyed: those of records whose keys are gone, as they should be. closed:
    those that did not open, by column."""

    values: int = 0
    destroyed: int = 0
    closed: Counter[str] = field(default_factory=Counter)


def open_every_value() -> Opened:
    """Raises VaultLocked without the key file."""
    found = Opened()
    opened_of = lru_cache(maxsize=KEPT_OPEN)(_open)
    with scopes_disabled():  # all tenants; nothing leaves this function but counts
        for model, names in sealed_columns():
            for row in model._base_manager.order_by("pk").iterator(chunk_size=500):
                written = [name for name in names if getattr(row, name)]
                records = {record: opened_of(record) for record in _records_of(row)} if written else {}
                for name in written:
                    if any(opened and _opens(opened, row, name) for opened in records.values()):
                        found.values += 1
                    elif not any(records.values()):
                        found.destroyed += 1
                    else:
                        found.closed[f"{model._meta.label}.{name}"] += 1
    return found


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    for model in apps.get_models():
        if names := [each.name for each in model._meta.concrete_fields if isinstance(each, SealedTextField)]:
            yield model, names


def _opens(opened: OpenRecord, row: models.Model, name: str) -> bool:
    try:
        unseal(opened, row, name)
    except SealBroken:
        return False
    return True


def _open(record: UUID) -> OpenRecord | None:
    """With the key of any desk that it is sealed to; None where no desk has one: it was destroyed."""
    desks = [name for name in vault.recipients_of(record) if name != vault.RECEIPT]
    try:
        return vault.open_record(record, *desks) if desks else None
    except VaultError:
        return None


def _records_of(row: models.Model) -> set[UUID]:
    """The record that the row names, or those that the rows above it name."""
    found: set[UUID] = set()
    level = [row]
    for _depth in range(DEEPEST):
        found |= {named for one in level if isinstance(named := getattr(one, "record", None), UUID)}
        if found:
            return found
        level = [above for one in level for above in _above(one)]
    return found


def _above(row: models.Model) -> Iterator[models.Model]:
    for each in row._meta.concrete_fields:
        if isinstance(each, models.ForeignKey) and getattr(row, each.attname) is not None:
            yield getattr(row, each.name)
