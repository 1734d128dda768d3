"""What can be read of the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Max, QuerySet

from . import heads
from .models import Entry, SignedHead
from .verification import Verification, verify, without_copy_elsewhere

__all__ = [
    "State",
    "Verification",
    "entries_about",
    "first_at",
    "first_hash",
    "last_about_each",
    "outside_copy_at",
    "state",
    "things_to_which",
    "verify",
    "without_copy_elsewhere",
]


def entries_about(thing: str) -> QuerySet[Entry]:
    """Everything that was done to `thing` ("report:7F3K2M"), oldest first."""
    return Entry.objects.filter(thing=thing).order_by("sequence")


def things_to_which(things: Collection[str], verbs: Collection[str]) -> set[str]:
    """Those of `things` to which one of the `verbs` was ever done."""
    return set(
        Entry.objects.filter(thing__in=list(things), verb__in=verbs)
        .order_by()
        .values_list("thing", flat=True)
        .distinct()
    )


def last_about_each(things: Collection[str]) -> dict[str, int]:
    """For each thing the number of the newest entry about it, 0 where there is none: whether anything was
    done to it meanwhile."""
    newest = Entry.objects.filter(thing__in=things).values_list("thing").annotate(newest=Max("sequence"))
    return {**dict.fromkeys(things, 0), **dict(newest)}


@dataclass(frozen=True)
class State:
    """Where the ledger stands, without verifying it."""

    last_sequence: int
    last_at: datetime | None
    signed_sequence: int
    signed_at: datetime | None


def state() -> State:
    last = Entry.objects.order_by("-sequence").first()
    head = SignedHead.objects.order_by("-sequence").first()
    return State(
        last_sequence=last.sequence if last else 0,
        last_at=last.at if last else None,
        signed_sequence=head.sequence if head else 0,
        signed_at=head.signed_at if head else None,
    )


def first_at() -> datetime | None:
    """When the ledger began: how old this installation is."""
    return Entry.objects.order_by("sequence").values_list("at", flat=True).first()


def first_hash() -> str:
    """What tells one installation from another: the hash of its ledger's first entry, "" before there is
    one."""
    return Entry.objects.order_by("sequence").values_list("hash", flat=True).first() or ""


def outside_copy_at() -> datetime | None:
    """When the copy of the signed heads outside the data folder was last written to; None where none is kept.
    Raises OSError."""
    file = heads.outside_file()
    return None if file is None else datetime.fromtimestamp(file.stat().st_mtime, UTC)
