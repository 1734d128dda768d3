"""How one entry is bound to the one before it: canonical JSON over every column, SHA-256 over that."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

GENESIS = "0" * 64  # what the first entry names as the hash before it


class CanonicalEncoder(json.JSONEncoder):
    """One text for one value, so that any other text in the column is a change that verification finds."""

    def __init__(self, **options: object) -> None:
        options.update(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        super().__init__(**options)  # type: ignore[arg-type]


def canonical(value: object) -> str:
    return json.dumps(value, cls=CanonicalEncoder)


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def entry_hash(
    *,
    sequence: int,
    at: datetime,
    actor: str,
    verb: str,
    thing: str,
    organization_id: int | None,
    detail: object,
    previous_hash: str,
) -> str:
    """SHA-256 (hex) over every column but the hash itself. A column left out here could be changed without
    anybody finding it."""
    columns = {
        "sequence": sequence,
        "at": moment_text(at),
        "actor": actor,
        "verb": verb,
        "thing": thing,
        "organization_id": organization_id,
        "detail": detail,
        "previous_hash": previous_hash,
    }
    return hashlib.sha256(canonical(columns).encode("ascii")).hexdigest()


def head_statement(
    *,
    sequence: int,
    hash: str,  # noqa: A002 - the column's own name
    signed_at: datetime,
    previous: str = "",
    entries: int = 0,
    resumes: bool = False,
) -> bytes:
    """The bytes that the worker signs: where the chain stood, and when; since heads are chained also the head
    before it and the count of entries."""
    stood: dict[str, object] = {"sequence": sequence, "hash": hash, "signed_at": moment_text(signed_at)}
    if not previous:
        return b"ssc-ledger-head-1\n" + canonical(stood).encode("ascii")
    return b"ssc-ledger-head-2\n" + canonical(
        {**stood, "previous": previous, "entries": entries, "resumes": resumes}
    ).encode("ascii")
